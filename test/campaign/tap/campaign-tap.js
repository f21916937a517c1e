// Loaded by the campaign's Node-RED beside the palette. Tells whoever plays the campaign, over one socket that outlives all
// deploys and in the order in which it happens: which instances of our nodes have started or ended, what goes into them, and
// what they send. Node-RED's own nodes could not: a full deploy restarts them, too, and what they hold then is lost.
const { connect } = require('node:net');

module.exports = (RED) => {
  const { port } = RED.settings.campaign;
  const RealDate = Date;
  const socket = connect(port, '127.0.0.1');
  const lives = new WeakMap();
  /** By id. */
  let present = new Map();
  let life = 0;

  const tell = (line) => socket.write(`${JSON.stringify({ at: RealDate.now(), ...line })}\n`);

  RED.hooks.add('onSend.campaign', (events) => {
    for (const { source, msg } of events) {
      if (!msg || !/^(tv-|catch$)/.test(source.node.type)) continue;
      // Packets would be most of all that is told, and nobody looks into them.
      const sent = source.node.type === 'tv-packets' ? { event: msg.event, topic: msg.topic } : msg;
      const of = lives.get(source.node) ?? null;
      tell({ kind: 'sent', id: source.id, life: of, port: source.port, msg: { ...sent, req: undefined } });
    }
  });

  // Registered before any node is: their instances hear of the start later than this.
  RED.events.on('flows:started', () => {
    life++;
    const found = new Map();
    RED.nodes.eachNode(({ id, type }) => {
      const node = /^tv-/.test(type) && RED.nodes.getNode(id);
      if (node) found.set(id, node);
    });
    const started = [...found].filter(([id, node]) => present.get(id) !== node);
    const ended = [...present.keys()].filter((id) => !found.has(id));
    for (const [, node] of started) lives.set(node, life);
    present = found;
    tell({ kind: 'deploy', life, started: started.map(([id]) => id), ended });
  });

  RED.httpAdmin.post('/campaign/input/:id', (request, response) => {
    const msg = JSON.parse(request.query.msg);
    const node = RED.nodes.getNode(request.params.id);
    if (!node) return response.sendStatus(404);
    tell({ kind: 'input', id: node.id, msg });
    node.receive(msg);
    response.sendStatus(204);
  });

  // The host's clock jumps, as it does when it is set over the network; what measures time otherwise goes on.
  RED.httpAdmin.post('/campaign/clock', (request, response) => {
    const offset = Number(request.query.offset);
    globalThis.Date = class extends RealDate {
      constructor(...args) {
        super(...(args.length > 0 ? args : [RealDate.now() + offset]));
      }
      static now() {
        return RealDate.now() + offset;
      }
    };
    response.sendStatus(204);
  });

  /** What outputs are wired to, for nothing is built for those that are not. */
  RED.nodes.registerType('campaign-end', function (config) {
    RED.nodes.createNode(this, config);
  });
};
