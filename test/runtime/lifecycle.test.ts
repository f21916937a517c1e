import assert from 'node:assert/strict';
import { shownStatuses } from '../support/comms';
import { FastMarket } from '../support/fast-market';
import { DEPLOY_TYPES, Lifecycle, MARKER } from '../support/lifecycle';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { type Holdings, PROBED } from '../support/probe';

const NODES = 12;
const DEPLOYS = 20;

describe('the life of a flow in a real Node-RED', function () {
  this.timeout(180_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let market: FastMarket;
  let life: Lifecycle;
  /** With nothing deployed, but after something was: what is made once, is there. */
  let empty: Holdings;
  let first: Holdings;

  before(async () => {
    market = await FastMarket.open();
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir, PROBED);
    life = new Lifecycle(red, market, NODES);
    await life.deploy('full');
    await life.live();
    empty = await life.clear();
    await life.deploy('full');
    first = await life.live();
  });

  after(async () => {
    await red?.stop();
    await market?.close();
    palette?.remove();
  });

  for (const type of DEPLOY_TYPES) {
    it(`is the same after ${DEPLOYS} deploys (${type}): one socket, and not a listener more`, async () => {
      for (let n = 0; n < DEPLOYS; n++) await life.deploy(type);
      const { sockets, connections, listeners, warnings } = await life.live();
      const { host } = new URL(market.url);
      assert.deepEqual(sockets, [host]);
      assert.equal(market.market.stats().sockets, 1);
      assert.deepEqual(connections.c?.listeners, first.connections.c?.listeners, 'listeners of the connection');
      assert.deepEqual(listeners, first.listeners, 'listeners of the process and of Node-RED');
      assert.deepEqual(warnings, []);
    });
  }

  it('leaves nothing behind: no socket, no timer, no listener, no status, no warning', async () => {
    assert.equal(first.connections.c?.users, NODES);
    assert.deepEqual(first.connections.c.listeners.client, { state: 1, token: 1, strained: 1 });
    const timers = empty.resources.Timeout ?? 0;
    const left = await life.clear(({ resources }) => (resources.Timeout ?? 0) <= timers);
    assert.deepEqual(left.sockets, []);
    assert.deepEqual(left.connections, {});
    assert.deepEqual(left.resources, empty.resources);
    assert.deepEqual(left.listeners, empty.listeners);
    assert.deepEqual(left.warnings, []);
    assert.deepEqual(await shownStatuses(red, MARKER), { [MARKER]: { text: 'here' } });
    assert.doesNotMatch(red.output, /Close timed out|Error stopping node|MaxListenersExceeded/);
  });
});
