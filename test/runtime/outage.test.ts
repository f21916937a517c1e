import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { asTold, type FlowMessage, settledCandles } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';

const BTC = 'BINANCE:BTCUSDT';
const CANDLE = 60_000;
/** Without these, as Node-RED comes, context does not outlive a restart. */
const PERSISTENT = { contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } } };

describe('an outage in a real Node-RED', function () {
  this.timeout(60_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let market: FastMarket;
  let sink: MessageSink;

  before(async () => {
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir);
  });

  after(async () => {
    await red?.stop();
    palette?.remove();
  });

  beforeEach(async () => {
    market = await FastMarket.open();
    sink = await MessageSink.open();
  });

  afterEach(async () => {
    await red.deploy([]);
    sink.close();
    await market.close();
  });

  /** @param id a node that is new in each test: what it remembers is its own */
  const flows = (id: string, more: object) => [
    { id: 'f', type: 'tab', label: 'test' },
    { id: 'c', type: 'tv-connection', server: 'custom', url: market.url },
    {
      id,
      z: 'f',
      type: 'tv-ohlc',
      connection: 'c',
      symbols: [BTC],
      timeframe: '1m',
      x: 200,
      y: 100,
      wires: [['sink'], [], ['sink']],
      ...more,
    },
    ...sink.nodes('f'),
  ];

  const ordinary = ({ backfilled }: FlowMessage) => !backfilled;

  const closed = (count: number) => sink.until((all) => all.filter(({ event }) => event === 'closed').length >= count);

  /** Waits until the node's second life has told its history and, after what is backfilled, two more closed candles. */
  const goneOn = () =>
    sink.until((all) => {
      const second = all.findLastIndex(({ event }) => event === 'history');
      return second > 0 && all.slice(second).filter((one) => one.event === 'closed' && ordinary(one)).length >= 2;
    });

  /** What a life of the node has told as closed is the truth, without a hole or a repetition. @returns the open times */
  function assertTrue(life: readonly FlowMessage[]): number[] {
    const candles = settledCandles(life);
    const times = candles.map(({ timestamp }) => timestamp);
    const truth = market.market.candles(BTC, '1m', times[0], times.at(-1) + 1);
    assert.deepEqual(candles, asTold(truth));
    assert.ok(life.every(({ event }) => event !== 'gap'));
    return times;
  }

  /** Messages of the node's lives; each begins with a history. */
  function lives(): [FlowMessage[], FlowMessage[]] {
    const second = sink.messages.findLastIndex(({ event }) => event === 'history');
    return [sink.messages.slice(0, second), sink.messages.slice(second)];
  }

  /** The second life goes on where the first has ended: what closed between comes as backfilled, before all that is new. */
  function assertGoesOn(): void {
    const [first, second] = lives();
    const last = assertTrue(first).at(-1) ?? 0;
    assertTrue(second);
    const ends = second[0]?.payload.at(-1).timestamp;
    // One that was on its way when the process ended may not have come as far as here.
    assert.ok(ends === last || ends === last + CANDLE, 'history ends at the last candle that was delivered');
    const candles = second.filter(({ event }) => event === 'closed');
    const late = candles.findIndex(ordinary);
    assert.ok(late >= 3, `${late} closed meanwhile`);
    assert.ok(candles.slice(late).every(ordinary), 'what is backfilled comes first');
  }

  /** Cuts the connection, deploys the changed node meanwhile, and gives the connection back after three closes. */
  async function outageWithDeploy(id: string, more: object): Promise<void> {
    await red.deploy(flows(id, more));
    await closed(3);
    const { faults } = market.market;
    faults.drop(1006);
    faults.refuse('connection');
    const dropped = market.clock.now();
    await red.deploy(flows(id, { ...more, name: 'changed' }), 'nodes');
    await market.until(dropped + 3.5 * CANDLE);
    await faults.accept();
    await goneOn();
  }

  it('with a partial deploy of the node, which remembers: what closed meanwhile comes once and in order', async () => {
    await outageWithDeploy('remembering', { remember: true, history: 5 });
    assertGoesOn();
  });

  it('with a partial deploy of the node, which does not remember: its new history covers what closed meanwhile', async () => {
    await outageWithDeploy('forgetting', { history: 100 });
    const [first, second] = lives().map(assertTrue);
    const last = first?.at(-1) ?? 0;
    assert.ok(second?.includes(last));
    const history = lives()[1][0]?.payload;
    assert.ok(history.at(-1).timestamp >= last + 3 * CANDLE);
    assert.ok(sink.messages.every(ordinary));
  });

  it('by a restart of Node-RED, with context that outlives it: the node goes on where it had stopped', async () => {
    await red.stop();
    red = await NodeRedProcess.start(palette.userDir, PERSISTENT);
    await red.deploy(flows('restarted', { remember: true, history: 5 }));
    await closed(3);
    await red.stop();
    await market.until(market.clock.now() + 3 * CANDLE);
    red = await NodeRedProcess.start(palette.userDir, PERSISTENT);
    await goneOn();
    assertGoesOn();
  });
});
