import assert from 'node:assert/strict';
import { DASHBOARD_EXAMPLE, DASHBOARD_PAGE, dashboardFlow, type FlowNode, inject } from '../support/dashboard';
import { linkOtherPalettes } from '../support/examples';
import type { FlowMessage } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { PracticeProcess } from '../support/practice-process';

const candle = (timestamp: number, close: number, closed = true) =>
  Object.assign({ timestamp, close, closed }, { open: 1, high: 9, low: 1, volume: 5 });

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT', 'FX:EURUSD'];

describe('candles on a dashboard, in a real Node-RED', function () {
  this.timeout(60_000);
  let palette: PackedPalette;
  let market: PracticeProcess;
  let red: NodeRedProcess;
  let sink: MessageSink;
  let flow: FlowNode[];

  before(async () => {
    palette = new PackedPalette();
    linkOtherPalettes(palette.userDir);
    market = await PracticeProcess.start();
    red = await NodeRedProcess.start(palette.userDir);
    sink = await MessageSink.open();
    flow = dashboardFlow(market, '1s');
    const buttons = [
      inject('opened', { action: 'list' }, idOf('a page has opened')),
      inject('reconnect', {}, idOf('action: reconnect')),
    ];
    const sunk = ['keep the newest 120', 'a row for each symbol', 'in words'];
    const tapped = flow.map((one) =>
      sunk.includes(one.name ?? '') ? { ...one, wires: (one.wires ?? []).map((to) => [...to, 'sink']) } : one,
    );
    const tab = flow.filter(({ type }) => type === 'tab');
    await red.deploy([...tab, ...sink.nodes('f1a5eda5b0a4d000')]);
    await sink.connected();
    await red.deploy([...tapped, ...buttons, ...sink.nodes('f1a5eda5b0a4d000')], 'nodes');
  });

  after(async () => {
    await red?.stop();
    sink?.close();
    await market?.end();
    palette?.remove();
  });

  /** A node by its name, of two with one name the one that takes messages in. */
  const idOf = (called: string) => {
    const found = flow.filter(({ name, type }) => name === called && type !== 'link out');
    assert.equal(found.length, 1, called);
    return found[0]?.id as string;
  };

  const tapKeep = (one: FlowNode) => (one.name === 'keep the newest 120' ? { ...one, wires: [['sink']] } : one);

  const press = (id: string) => fetch(`${red.url}/inject/${id}`, { method: 'POST' });

  const find = async (wanted: (message: FlowMessage) => boolean, from = 0) =>
    (await sink.until((all) => all.slice(from).some(wanted))).slice(from).find(wanted) as FlowMessage;

  /** What the dashboard has last sent to a widget, and shows to whoever opens the page. */
  async function shownBy(widget: string): Promise<FlowMessage> {
    const response = await red.get(`/dashboard/_debug/datastore/${widget}`);
    assert.equal(response.status, 200);
    return (await response.json()) as FlowMessage;
  }

  it('is in the Import menu and serves its page', async () => {
    const example = await red.get(`/library/examples/flows/@livetick/node-red-market-data/${DASHBOARD_EXAMPLE}`);
    assert.equal(((await example.json()) as FlowNode[]).length, flow.length);
    const page = await red.get(`/${DASHBOARD_PAGE}`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<div id="app">/);
  });

  it('gives a page that opens everything, then what is new', async () => {
    const whole = ({ payload }: FlowMessage) =>
      SYMBOLS.every((symbol) => payload?.charts?.[symbol]?.candles.length && payload.charts[symbol].rsi.length);
    let from = 0;
    const opened = async () => {
      from = sink.messages.length;
      await press('opened');
      return find(({ payload }) => payload?.charts, from);
    };
    let answer = await opened();
    while (!whole(answer)) answer = await opened();
    const { charts } = answer.payload;
    assert.deepEqual(Object.keys(charts), SYMBOLS);
    for (const symbol of SYMBOLS) {
      const { candles, timeframe } = charts[symbol];
      assert.deepEqual([candles.length, timeframe], [120, '1s']);
      const closed = candles.filter((one: { closed: boolean }) => one.closed);
      const last = closed.at(-1).timestamp;
      const truth = await market.candles(symbol, '1s', closed[0].timestamp, last + 1);
      assert.deepEqual(
        closed,
        truth.map(({ time, ...values }) => ({ timestamp: time, closed: true, ...values })),
      );
    }
    const item = (list: string, closed: boolean) => (message: FlowMessage) =>
      message.payload?.list === list && message.payload.item.closed === closed;
    for (const list of ['candles', 'rsi']) {
      for (const closed of [true, false]) await find(item(list, closed), from);
    }
  });

  it('has every closed candle once and in order, and none undone by a forming one that was held back', async () => {
    const items = (messages: FlowMessage[]) =>
      messages.flatMap(({ payload }) =>
        payload?.list === 'candles' && payload.symbol === SYMBOLS[0] ? payload.item : [],
      );
    const closed = (messages: FlowMessage[]) => items(messages).filter((item) => item.closed);
    const messages = await sink.until((all) => closed(all).length >= 5);
    const times = closed(messages).map(({ timestamp }) => timestamp);
    times.forEach((time, n) => {
      assert.equal(time, times[0] + n * 1000);
    });
    items(messages).forEach((item, n, all) => {
      if (n) assert.ok(item.timestamp >= all[n - 1].timestamp);
      const before = all.slice(0, n).find(({ timestamp, closed }) => timestamp === item.timestamp && closed);
      assert.equal(before, undefined);
    });
  });

  it('shows the newest quote of each symbol in the order of the list', async () => {
    const complete = ({ payload }: FlowMessage) =>
      Array.isArray(payload) && payload.length === SYMBOLS.length && payload.every(({ price }) => price > 0);
    await find(complete);
    const from = sink.messages.length;
    await press('opened');
    const { payload } = await find(complete, from);
    assert.deepEqual(
      payload.map(({ symbol }: { symbol: string }) => symbol),
      SYMBOLS,
    );
    assert.deepEqual([payload[0].digits, payload[3].digits], [2, 5]);
    assert.deepEqual(Object.keys((await shownBy(idOf('last prices'))).payload[0]), Object.keys(payload[0]));
  });

  it('reconnects at the press of the button, and says so in words', async () => {
    await find(({ payload }) => payload === 'Live');
    const from = sink.messages.length;
    await press('reconnect');
    await find(({ payload }) => payload === 'Connecting' || payload === 'Loading', from);
    const away = sink.messages.length;
    await find(({ payload }) => payload === 'Live', away);
    assert.equal((await shownBy('f1a5eda5b0a4d022')).payload, 'Live');
  });

  it('puts corrections in their place, keeps gaps in mind, and lets no late forming candle undo a closed one', async () => {
    const of = (event: string, payload: object) => ({ event, symbol: 'TEST:X', timeframe: '1s', payload });
    const told = [
      of('history', [candle(1_000, 2), candle(2_000, 3)]),
      of('forming', candle(3_000, 4, false)),
      of('closed', candle(3_000, 5)),
      of('forming', candle(3_000, 4, false)),
      of('correction', candle(2_000, 7)),
      of('gap', { from: 4_000, to: 9_000 }),
      of('closed', candle(9_000, 6)),
    ];
    const buttons = told.map((message, n) => inject(`told-${n}`, message, idOf('keep the newest 120')));
    await red.deploy([...flow.map(tapKeep), ...buttons, ...sink.nodes('f1a5eda5b0a4d000')], 'nodes');
    const from = sink.messages.length;
    for (const { id } of buttons) await press(id);
    const own = () => sink.messages.slice(from).filter(({ payload }) => payload?.symbol === 'TEST:X');
    await sink.until(() => own().some(({ payload }) => payload.item?.timestamp === 9_000));
    const answers = own().map(({ payload: { item, chart } }) => (item ? [item.timestamp, item.close] : chart.gaps));
    assert.deepEqual(answers, [[], [3_000, 4], [3_000, 5], [2_000, 7], [9_000], [9_000, 6]]);
  });

  it('forgets a symbol that is no longer in the list, though some of it may have been held back', async () => {
    const without = flow.map((one) => (one.symbols ? { ...one, symbols: SYMBOLS.slice(0, 2) } : one));
    const gone = { event: 'forming', symbol: SYMBOLS[3], timeframe: '1s', payload: candle(1_000, 2, false) };
    const buttons = [
      inject('opened', { action: 'list' }, idOf('a page has opened')),
      inject('held-back', gone, idOf('keep the newest 120')),
    ];
    await red.deploy([...without.map(tapKeep), ...buttons, ...sink.nodes('f1a5eda5b0a4d000')], 'nodes');
    const list = async () => {
      const from = sink.messages.length;
      await press('opened');
      const { payload } = await find(({ payload }) => payload?.charts, from);
      assert.deepEqual(Object.keys(payload.charts), SYMBOLS.slice(0, 2));
    };
    await list();
    const from = sink.messages.length;
    await press('held-back');
    await list();
    assert.deepEqual(
      sink.messages.slice(from).filter(({ payload }) => payload?.symbol === SYMBOLS[3]),
      [],
    );
  });
});
