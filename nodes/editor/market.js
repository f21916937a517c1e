/** Whether Node-RED runs this connection, be it with older settings. */
export const isDeployed = (node) =>
  (RED.nodes.originalFlow() ?? []).some(({ id, type, d }) => id === node.id && type === node.type && !d);

/**
 * The connection that is chosen in the form of a node, as a look-up names it; a hint where it cannot be asked. One that has
 * been edited since the last deploy is asked as it will be.
 */
export function chosenMarket() {
  const node = RED.nodes.node($('#node-input-connection').val());
  if (node?.type !== 'tv-connection') return { hint: 'search-connection' };
  if (isDeployed(node) && !node.changed) return { query: { connection: node.id } };
  if (['live', 'practice'].includes(node.server)) return { query: { server: node.server } };
  return { hint: 'search-deploy' };
}
