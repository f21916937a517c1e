import { isIndicator } from './indicator-catalogue.js';
import { inputFields } from './indicator-inputs.js';
import { indicatorSearch } from './indicator-search.js';
import { chosenMarket } from './market.js';
import { areInputs, rawInputs } from './raw-inputs.js';
import { catalogue, isEmpty } from './values.js';

const own = catalogue('tv-indicator');
const part = (name) => $(`#node-input-${name}`);
const typed = (name) => String(part(name).val() ?? '').trim();
let form;

const isOpen = () => part('indicator').length > 0;
const isObject = (value) => typeof value === 'object' && value !== null;

/** What the chosen indicator sends: the titles of its values, and of its alerts. */
function showPlots(plots) {
  const titles = (wanted) => plots.filter(({ type }) => wanted(type)).map(({ title }) => $('<li>').text(title));
  const values = titles((type) => type !== 'alertcondition' && !/colorer$|^dataoffset$/.test(type));
  const alerts = titles((type) => type === 'alertcondition');
  part('plots').toggle(values.length + alerts.length > 0);
  part('plots-values').empty().append(values);
  part('plots-alerts')
    .empty()
    .append(alerts)
    .parent()
    .toggle(alerts.length > 0);
}

function indicatorForm(node) {
  const byDefault = node._def.defaults.indicator.value;
  const chosen = () => typed('indicator') || byDefault;
  let inputs = isEmpty(node.indicatorInputs) ? {} : node.indicatorInputs;
  let shown = chosen();
  let info;
  let fields;
  let request;
  /** What was asked last: to show the answer anew would take the field away in which somebody types. */
  let question;
  let asJson = false;
  const raw = rawInputs(part('inputs-value'), part('inputs-problem'));

  /** What the form says at the moment. */
  const read = () => (fields ? fields.read() : raw.read());

  function showInputs() {
    const canBeForm = info?.script === true && isObject(inputs);
    const isForm = canBeForm && !asJson;
    part('inputs-fields').toggle(isForm);
    part('inputs-raw').toggle(!isForm);
    part('inputs-switch')
      .toggle(info?.script === true)
      .text(own(isForm ? 'label.as-json' : 'label.as-form'));
    fields = isForm ? inputFields(part('inputs-fields'), info.inputs, inputs) : undefined;
    if (!isForm) raw.show(inputs);
  }

  function tell(sentence, problem = false) {
    part('indicator-about')
      .text(sentence)
      .toggleClass('livetick-problem', problem)
      .toggleClass('livetick-hint', !problem);
  }

  function settle(found, sentence, problem) {
    inputs = read();
    info = found;
    tell(sentence, problem);
    showPlots(found?.plots ?? []);
    part('version-pin').toggle(Boolean(found?.version));
    showPin();
    showInputs();
  }

  function ask() {
    const indicator = chosen();
    const { query, hint } = chosenMarket();
    const version = typed('version') || 'last';
    const before = question;
    question = JSON.stringify([indicator, version, query, hint]);
    if (question === before) return undefined;
    request?.abort();
    request = undefined;
    if (indicator !== shown) {
      // The inputs of another indicator mean something else, even where they are called the same.
      inputs = indicator === (node.indicator || byDefault) ? (node.indicatorInputs ?? {}) : {};
      info = undefined;
      shown = indicator;
      showInputs();
    }
    if (!isIndicator(indicator)) return settle(undefined, own('hint.indicator'));
    if (hint) return settle(undefined, own(`hint.inputs-${hint}`));
    const asked = $.getJSON(`livetick/tradingview/indicators/${encodeURIComponent(indicator)}`, {
      ...query,
      version,
    });
    request = asked;
    asked.then(
      (found) => {
        if (request !== asked || !isOpen()) return;
        const script = indicator.includes(';');
        const about = found.version ? own('hint.about', found) : found.name;
        settle({ ...found, script }, script ? about : own('hint.inputs-built-in', found));
      },
      ({ responseJSON }) => {
        if (request !== asked || !isOpen()) return;
        question = undefined;
        settle(
          undefined,
          responseJSON?.error ?? own('hint.inputs-unknown'),
          responseJSON?.code?.startsWith('INDICATOR'),
        );
      },
    );
    return undefined;
  }

  function showPin() {
    const isLast = ['', 'last'].includes(typed('version'));
    const label = isLast ? own('label.pin', { version: info?.version }) : own('label.follow');
    part('version-pin').text(label);
  }

  indicatorSearch(part('indicator'));
  for (const name of ['indicator', 'version', 'connection']) part(name).on('change', ask);
  part('version-pin').on('click', () => {
    const isLast = ['', 'last'].includes(typed('version'));
    part('version')
      .val(isLast ? info.version : 'last')
      .trigger('change');
  });
  part('inputs-switch').on('click', () => {
    inputs = read();
    if (!areInputs(inputs)) return;
    // All of them from a variable is nothing that the fields could show.
    if (asJson || !fields) inputs = isObject(inputs) ? inputs : {};
    asJson = Boolean(fields);
    showInputs();
  });
  part('version-pin').hide();
  showPlots([]);
  showInputs();
  ask();

  return { read };
}

export const indicatorSettings = {
  open(node) {
    form = indicatorForm(node);
  },
  save(node) {
    node.indicatorInputs = form.read();
  },
};
