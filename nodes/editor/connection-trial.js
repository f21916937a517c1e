import { isDeployed } from './market.js';
import { text } from './values.js';

const SECRETS = ['token', 'sessionId', 'sessionSign'];
/** What the editor shows in place of a stored password. */
const STORED = '__PWRD__';

const field = (property) => $(`#node-config-input-${property}`);
const typed = (property) => String(field(property).val() ?? '').trim();

/** Whether the form says what Node-RED runs, as far as a trial depends on it. */
function isAsDeployed(node) {
  if (!isDeployed(node)) return false;
  const deployed = RED.nodes.originalFlow().find(({ id }) => id === node.id);
  const proxy = typed('proxy') === '_ADD_' ? '' : typed('proxy');
  const had = (secret) => Boolean(node.credentials?._?.[`has_${secret}`]);
  return (
    typed('server') === (deployed.server || 'live') &&
    ['url', 'httpUrl'].every((property) => typed(property) === (deployed[property] ?? '')) &&
    proxy === (deployed.proxy ?? '') &&
    SECRETS.every((secret) => typed(secret) === (had(secret) ? STORED : ''))
  );
}

/** What to ask for, and what that leaves out; nothing to ask for where only a deployed connection can be tried. */
function question(node) {
  if (isAsDeployed(node)) return { body: { connection: node.id }, without: [] };
  const server = typed('server');
  if (!['live', 'practice'].includes(server)) return undefined;
  const given = SECRETS.filter((secret) => typed(secret) !== '' && typed(secret) !== STORED);
  const without = [];
  if (SECRETS.some((secret) => typed(secret) === STORED)) without.push('without-stored');
  if (server === 'live' && !['', '_ADD_'].includes(typed('proxy'))) without.push('without-proxy');
  return { body: { server, ...Object.fromEntries(given.map((secret) => [secret, typed(secret)])) }, without };
}

/**
 * The button that tries the connection, and the words beside it that say how that went.
 * @returns what ends a trial that is under way
 */
export function connectionTrial(node, button, words) {
  let request;

  function say(icon, sentences) {
    const spoken = sentences.filter(Boolean).join(' ');
    words.empty().append($('<i aria-hidden="true">').addClass(`fa ${icon}`), ' ', $('<span>').text(spoken));
  }

  function settle() {
    request = undefined;
    button.attr('aria-disabled', 'false');
    words.attr('aria-busy', 'false');
  }

  button.on('click', () => {
    if (request) return;
    const asked = question(node);
    if (!asked) return say('fa-info-circle', [text('test.deploy-first')]);
    const notes = asked.without.map((key) => text(`test.${key}`));
    button.attr('aria-disabled', 'true');
    words.attr('aria-busy', 'true');
    say('fa-spinner fa-spin', [text('test.busy')]);
    request = $.ajax({
      url: 'livetick/tradingview/test',
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(asked.body),
    });
    request.always(settle).then(
      ({ ok, text: sentence }) =>
        say(ok ? 'fa-check' : 'fa-exclamation-triangle', [text(ok ? 'test.works' : 'test.fails'), sentence, ...notes]),
      ({ responseJSON, statusText }) => {
        if (statusText !== 'abort') say('fa-exclamation-triangle', [text('test.impossible'), responseJSON?.error]);
      },
    );
  });

  // What was found out holds for what was typed then.
  for (const property of ['server', 'url', 'httpUrl', 'proxy', ...SECRETS]) {
    field(property).on('input change', () => {
      request?.abort();
      words.empty();
    });
  }

  return () => request?.abort();
}
