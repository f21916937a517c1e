import { reachableChoice } from './accessible.js';
import { connectionLife } from './connection-life.js';
import { connectionTrial } from './connection-trial.js';
import { allowVariable } from './fields.js';
import { PLANS } from './plans.js';
import { explainFields } from './problems.js';
import { isEmpty, text } from './values.js';

const MARKETS = ['live', 'practice', 'custom'];
const field = (property) => $(`#node-config-input-${property}`);
let closeForm = () => {};

/** The choice of the market. The property's own field is shown only for what is none of the three. */
function marketChoice() {
  const server = field('server');
  const choices = $('input[name="livetick-market"]');
  const chosen = () => choices.filter(':checked').val();
  const known = MARKETS.includes(server.val() || 'live');
  choices.filter(`[value="${known ? server.val() || 'live' : 'variable'}"]`).prop('checked', true);

  function show() {
    const market = chosen();
    server.toggle(market === 'variable');
    const matters = {
      address: market === 'custom' || market === 'variable',
      proxy: market !== 'practice',
      // The practice market needs none, but looks at one that is there.
      secret: market !== 'practice',
    };
    for (const [kind, isShown] of Object.entries(matters)) $(`.livetick-of-${kind}`).toggle(isShown);
    $('.livetick-of-secret').each((_index, row) => {
      if (!isEmpty($(row).find('input').val())) $(row).show();
    });
  }

  choices.on('change', () => {
    server.val(chosen() === 'variable' ? '${}' : chosen()).trigger('change');
    if (chosen() !== 'variable') return;
    server.trigger('focus');
    server[0].setSelectionRange(2, 2);
  });
  server.on('change', show);
  show();
}

/** Shows what each plan allows, and that of the chosen one where a limit of one's own can be set. */
function planLimits(node) {
  const plan = field('plan');
  const figure = (count) => count.toLocaleString(RED.i18n.lang());
  for (const [name, { studies, candles }] of Object.entries(PLANS)) {
    const limits = text('plan.limits', { studies: figure(studies), candles: figure(candles) });
    $('<option>')
      .val(name)
      .text(`${text(`plan.${name}`)}: ${limits}`)
      .appendTo(plan);
  }
  allowVariable(node, 'node-config-input', 'plan');
  const show = () => {
    const limits = PLANS[plan.val()];
    const hint = (count) => (limits ? text('hint.limit', { count: figure(count) }) : text('hint.limit-unknown'));
    field('maxStudies').attr('placeholder', hint(limits?.studies));
    field('maxCandles').attr('placeholder', hint(limits?.candles));
  };
  plan.on('change', show);
  show();
}

export const connectionForm = {
  open(node) {
    marketChoice();
    planLimits(node);
    reachableChoice('node-config-input', 'proxy', 'http proxy');
    explainFields(node, 'node-config-input');
    const endTrial = connectionTrial(node, $('#livetick-test'), $('#livetick-test-words'));
    const endLife = connectionLife(node, $('#livetick-life'), $('#livetick-life-line'));
    closeForm = () => {
      endTrial();
      endLife();
    };
  },
  close() {
    closeForm();
  },
};
