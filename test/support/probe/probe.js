// A node of the tests, loaded by the setting `nodesDir`: tells what the Node-RED process itself holds. Plain JavaScript, for
// that process knows no TypeScript.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const counts = (names) => {
  const found = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  return found;
};
const listeners = (emitter) =>
  Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));

module.exports = (RED) => {
  const warnings = [];
  process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

  const connections = () => {
    const found = {};
    RED.nodes.eachNode(({ id, type }) => {
      const node = type === 'tv-connection' ? RED.nodes.getNode(id) : null;
      if (!node) return;
      const { channels, subscriptions, state } = node.client.stats();
      found[id] = {
        state,
        channels,
        subscriptions,
        users: Object.keys(node.users).length,
        listeners: { node: listeners(node), client: listeners(node.client) },
      };
    });
    return found;
  };

  RED.httpAdmin.get('/livetick-probe', (_request, response) => {
    // What the last collection has freed may let go of more.
    collectGarbage();
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    response.set('connection', 'close').json({
      // Sockets on which the editor, and this question, are served come and go with those who ask.
      resources: counts(process.getActiveResourcesInfo().filter((name) => !/^(?:TCP|Pipe|TTY)/.test(name))),
      sockets: process
        ._getActiveHandles()
        .filter(({ remoteAddress, server }) => remoteAddress && !server)
        .map(({ remoteAddress, remotePort }) => `${remoteAddress}:${remotePort}`),
      listeners: { process: listeners(process), events: listeners(RED.events) },
      connections: connections(),
      heapUsed,
      rss,
      warnings,
    });
  });

  RED.nodes.registerType('livetick-probe', function (config) {
    RED.nodes.createNode(this, config);
  });
};
