import { reachableChoice } from './accessible.js';
import { text } from './values.js';

const NONE = '_ADD_';

/** Gives a node that is just being made the only connection that it could have. */
export function takeOnlyConnection(node) {
  if (node.connection || RED.nodes.node(node.id)) return;
  const known = [];
  RED.nodes.eachConfig(({ id, type, z }) => {
    if (type === 'tv-connection' && (!z || z === node.z)) known.push(id);
  });
  if (known.length === 1) node.connection = known[0];
}

/** Makes a connection to the practice market, as the editor itself makes one. */
function addPracticeMarket() {
  const _def = RED.nodes.getType('tv-connection');
  const values = Object.entries(_def.defaults).map(([property, { value }]) => [property, value]);
  const scope = RED.nodes.subflow(RED.workspaces.active())?.id ?? '';
  const type = 'tv-connection';
  const own = { id: RED.nodes.id(), type, z: scope, users: [], changed: true, _def, _: _def._ };
  const node = RED.nodes.add({ ...Object.fromEntries(values), ...own, server: 'practice' });
  RED.editor.validateNode(node);
  RED.history.push({ t: 'add', nodes: [node.id], dirty: RED.nodes.dirty() });
  RED.nodes.dirty(true);
  return node;
}

/** The choice of the connection in a node's form: takes the only one; where there is none, offers the practice market. */
export function connectionChoice(node) {
  const select = $('#node-input-connection');
  const known = () =>
    select
      .find('option')
      .toArray()
      .map(({ value }) => value)
      .filter((value) => value !== NONE);
  reachableChoice('node-input', 'connection', 'tv-connection');
  if (!node.connection && known().length === 1) select.val(known()[0]).trigger('change');
  if (known().length > 0) return;

  const button = $('<button type="button" class="red-ui-button">').append(
    $('<i class="fa fa-flask" aria-hidden="true">'),
    ' ',
    $('<span>').text(text('label.use-practice')),
  );
  const hint = $('<span class="livetick-hint">').text(text('hint.use-practice'));
  const row = select.closest('.form-row');
  const offer = $('<div class="livetick-below livetick-offer">').append(button, hint).appendTo(row);
  button.on('click', () => {
    const { id } = addPracticeMarket();
    select.find(`option[value="${NONE}"]`).text(RED._('editor.inputs.none'));
    $('<option>')
      .val(id)
      .text(RED.utils.getNodeLabel(RED.nodes.node(id), id))
      .prependTo(select);
    select.val(id).trigger('change');
    row.nextAll('.form-row').find('input:visible, select:visible').first().trigger('focus');
  });
  // It may have got one in another way, too.
  select.on('change', () => offer.toggle(known().length === 0));
}
