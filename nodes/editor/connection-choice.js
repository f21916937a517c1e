import { reachableChoice } from './accessible.js';
import { catalogue, text } from './values.js';

const NONE = '_ADD_';
const news = catalogue('news-connection');

/** The type of the connection that a node wants. */
const wanted = (node) => node._def.defaults.connection.type;

/** Gives a node that is just being made the only connection that it could have. */
export function takeOnlyConnection(node) {
  if (node.connection || RED.nodes.node(node.id)) return;
  const known = [];
  const connection = wanted(node);
  RED.nodes.eachConfig(({ id, type, z }) => {
    if (type === connection && (!z || z === node.z)) known.push(id);
  });
  if (known.length === 1) node.connection = known[0];
}

/** Makes a connection to the practice server, as the editor itself makes one. */
function addPractice(type) {
  const _def = RED.nodes.getType(type);
  const values = Object.entries(_def.defaults).map(([property, { value }]) => [property, value]);
  const scope = RED.nodes.subflow(RED.workspaces.active())?.id ?? '';
  const own = { id: RED.nodes.id(), type, z: scope, users: [], changed: true, _def, _: _def._ };
  const node = RED.nodes.add({ ...Object.fromEntries(values), ...own, server: 'practice' });
  RED.editor.validateNode(node);
  RED.history.push({ t: 'add', nodes: [node.id], dirty: RED.nodes.dirty() });
  RED.nodes.dirty(true);
  return node;
}

/** The choice of the connection in a node's form: takes the only one; where there is none, offers the practice market, or the practice news. */
export function connectionChoice(node) {
  const select = $('#node-input-connection');
  const type = wanted(node);
  const known = () =>
    select
      .find('option')
      .toArray()
      .map(({ value }) => value)
      .filter((value) => value !== NONE);
  reachableChoice('node-input', 'connection', type);
  if (!node.connection && known().length === 1) select.val(known()[0]).trigger('change');
  if (known().length > 0) return;

  const button = $('<button type="button" class="red-ui-button">').append(
    $('<i class="fa fa-flask" aria-hidden="true">'),
    ' ',
    $('<span>').text(type === 'news-connection' ? news('label.use-practice') : text('label.use-practice')),
  );
  const hint = $('<span class="livetick-hint">').text(
    type === 'news-connection' ? news('hint.use-practice') : text('hint.use-practice'),
  );
  const row = select.closest('.form-row');
  const offer = $('<div class="livetick-below livetick-offer">').append(button, hint).appendTo(row);
  button.on('click', () => {
    const { id } = addPractice(type);
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
