import assert from 'node:assert/strict';
import { BotApi } from '../support/bot-api';
import { ExampleStage } from '../support/example-stage';
import { changed, type ExampleNode, FOLDER_FOR_OTHERS, injects, tapped } from '../support/examples';
import { FastMarket } from '../support/fast-market';
import { rsi } from '../support/indicator-truth';

const NAME = 'rsi-alert-to-telegram';
const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'];
const MINUTE = 60_000;
/** Minutes. */
const COOLDOWN = 15;
/** For a market that crosses the level every few candles, as the RSI of a few of them does. */
const BRIEF = 5;
const LENGTH = 2;
const TOKEN = '4711:of_the_test';

interface Crossing {
  at: number;
  before: number;
  value: number;
}

describe(`the example ${NAME}, with the real palette and a Bot API of our own`, function () {
  this.timeout(60_000);
  let stage: ExampleStage;
  let bot: BotApi;

  before(async () => {
    stage = await ExampleStage.open();
  });

  after(() => stage?.close());

  beforeEach(async () => {
    await stage.begin();
    bot = await BotApi.open();
  });

  afterEach(async () => {
    await stage.end();
    await bot.close();
  });

  /** The example with that bot and chat. */
  async function example(more: Record<string, object> = {}, cooldown = COOLDOWN): Promise<ExampleNode[]> {
    const flow = await stage.imported(FOLDER_FOR_OTHERS + NAME);
    const own = { baseapiurl: bot.url, credentials: { token: TOKEN } };
    const chosen = changed(flow, { 'telegram bot': own, ...more });
    return chosen.map((one) =>
      one.type === 'tab' ? { ...one, env: variables(one.env as Variable[], cooldown) } : one,
    );
  }

  /** Symbols of which an alert says that nothing more comes. */
  let ends = 0;

  const texts = () => bot.calls.map(({ fields }) => fields.text ?? '');

  /** When the candles opened of which a symbol's alerts tell. */
  const alertsOf = (symbol: string) =>
    texts()
      .filter((text) => text.startsWith(`${symbol}: `))
      .map((text) => {
        const told = /fell below 30, from ([\d.]+) to ([\d.]+), candle of (\S+) (\S+) UTC$/.exec(text);
        assert.ok(told, text);
        return { at: Date.parse(`${told[3]}T${told[4]}Z`), before: told[1], value: told[2] };
      });

  it('sends one alert for each crossing of the true RSI, and none during the cooldown', async () => {
    const market = await FastMarket.open({ seed: 7 });
    try {
      const own = { server: 'custom', url: market.url, httpUrl: market.httpUrl };
      const inputs = { 'RSI Length': LENGTH };
      const indicator = { timeframe: '1m', indicatorInputs: inputs };
      const flow = await example({ 'tv-connection': own, 'tv-indicator': indicator }, BRIEF);
      await stage.play(tapped(flow, 'tv-indicator'));
      await bot.until(() => SYMBOLS.every((symbol) => alertsOf(symbol).length >= 6));
      for (const symbol of SYMBOLS) {
        const history = stage.sink.messages.find((one) => one.event === 'history' && one.symbol === symbol);
        const start = history?.payload.at(-1).timestamp as number;
        const alerts = alertsOf(symbol);
        const crossings = crossingsOf(market, symbol, start, alerts.at(-1)?.at as number);
        const expected = thinned(crossings);
        assert.ok(crossings.length > expected.length, 'the cooldown had something to do');
        assert.deepEqual(
          alerts,
          expected.map(({ at, before, value }) => ({ at, before: before.toFixed(1), value: value.toFixed(1) })),
        );
      }
      for (const { token, method, fields } of bot.calls) {
        assert.deepEqual([token, method], [TOKEN, 'sendMessage']);
        assert.deepEqual(Object.keys(fields).sort(), ['chat_id', 'text']);
        assert.equal(fields.chat_id, '42');
      }
    } finally {
      await stage.red.deploy([]);
      await market.close();
    }
  });

  /** Sends values as the indicator node would, and has them all gone through before it ends. @returns the alerts' texts */
  async function told(flow: ExampleNode[], messages: object[]): Promise<string[]> {
    const quiet = tapped(flow, 'alert as text').filter(({ type }) => !type.startsWith('tv-'));
    const end = `X:END${++ends}`;
    const all = [...messages, closed(-1, 50, end), closed(0, 10, end)];
    const buttons = injects(flow, 'falls below', all);
    await stage.redeploy([...quiet, ...buttons]);
    await stage.sink.connected();
    const from = stage.sink.messages.length;
    for (const { id } of buttons) await stage.press(id);
    const isEnd = (text: string) => text.startsWith(`${end}: `);
    const later = () => stage.sink.messages.slice(from).map(({ payload }) => payload.content as string);
    await stage.sink.until(() => later().some(isEnd));
    const count = stage.sink.messages.length;
    await bot.until((calls) => calls.length >= count);
    assert.deepEqual(texts().sort(), stage.sink.messages.map(({ payload }) => payload.content).sort());
    return later().filter((text) => !isEnd(text));
  }

  /** Candles of minutes, the newest one closing now; minute 0 is that one. */
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const item = (minute: number, value: number | null) => ({ timestamp: now + minute * MINUTE, values: { RSI: value } });
  const closed = (minute: number, value: number | null, symbol = 'A:B', more: object = {}) => ({
    ...{ symbol, timeframe: '1m', event: 'closed', payload: item(minute, value), ...more },
  });
  const history = (payload: object[]) => ({ symbol: 'A:B', timeframe: '1m', event: 'history', payload });
  const fell = (text: string) => /from ([\d.]+ to [\d.]+)/.exec(text)?.[1];

  it('repeats nothing after a deploy, and goes on where it was', async () => {
    const flow = await example();
    const first = await told(flow, [history([item(-2, 50), item(-1, 20), item(2, 40)]), closed(3, 31), closed(4, 29)]);
    assert.deepEqual(first.map(fell), ['31.0 to 29.0']);
    const again = history([item(2, 40), item(3, 31), item(4, 29)]);
    assert.deepEqual(await told(flow, [again, closed(5, 35), closed(6, 25)]), []);
    assert.deepEqual((await told(flow, [again, closed(17, 31), closed(18, 30), closed(19, 29.9)])).map(fell), [
      '30.0 to 29.9',
    ]);
  });

  it('takes 30 itself for not below, and what is no value for nothing', async () => {
    const flow = await example();
    const calm = [closed(1, 30), closed(2, 30), closed(3, null), closed(4, 30), closed(5, null)];
    assert.deepEqual((await told(flow, [...calm, closed(6, 29.99), closed(7, 12)])).map(fell), ['30.0 to 30.0']);
    const others = [closed(1, 20, 'C:D'), closed(2, 19, 'C:D'), closed(30, 31), closed(31, 29, 'C:D')];
    assert.deepEqual(await told(flow, others), []);
  });

  it('tells late what closed during an outage or a deploy, unless it is older than the cooldown', async () => {
    const flow = await example();
    const late = { backfilled: true };
    assert.deepEqual(
      await told(flow, [closed(-30, 40), closed(-29, 20, 'A:B', late), closed(-28, 40, 'A:B', late)]),
      [],
    );
    const missed = [closed(-6, 20, 'A:B', late), closed(-5, 50, 'A:B', late)];
    assert.deepEqual((await told(flow, missed)).map(fell), ['40.0 to 20.0']);
    const old = [history([item(-80, 50), item(-70, 50), item(-60, 20)]), closed(-59, 21)];
    assert.deepEqual(await told(flow, old), []);
    const meanwhile = history([item(-60, 50), item(-5, 50), item(-4, 40), item(10, 20)]);
    assert.deepEqual((await told(flow, [meanwhile])).map(fell), ['40.0 to 20.0']);
  });

  it('writes any symbol as it is', async () => {
    const symbol = '<b>_*[M&M](http://x)`~';
    const flow = await example();
    const [text = ''] = await told(flow, [closed(1, 40, symbol), closed(2, 20, symbol)]);
    assert.ok(text.startsWith(`${symbol}: RSI (1m) fell below 30, from 40.0 to 20.0, candle of `), text);
    for (const { fields } of bot.calls) assert.ok(!('parse_mode' in fields));
  });
});

interface Variable {
  name: string;
  value: string;
  type: string;
}

/** Of the tab, as a user sets them. */
function variables(env: Variable[], cooldown: number): Variable[] {
  const own: Record<string, string> = { TELEGRAM_CHAT_ID: '42', COOLDOWN_MINUTES: String(cooldown) };
  assert.deepEqual(env.map(({ name }) => name).sort(), ['COOLDOWN_MINUTES', 'RSI_LEVEL', 'TELEGRAM_CHAT_ID']);
  return env.map((one) => ({ ...one, value: own[one.name] ?? one.value }));
}

/** Where the true RSI falls below 30, at candles that opened after `start` and up to `end`. */
function crossingsOf(market: FastMarket, symbol: string, start: number, end: number): Crossing[] {
  const candles = market.market.candles(symbol, '1m', start - 600 * MINUTE, end + MINUTE);
  const line = rsi(
    candles.map(({ close }) => close),
    LENGTH,
  );
  return candles.flatMap(({ time }, n) => {
    const [before, value] = [line[n - 1], line[n]];
    const falls = time > start && before != null && value != null && before >= 30 && value < 30;
    return falls ? [{ at: time, before, value }] : [];
  });
}

/** Without those that come too soon after the last one that counted. */
function thinned(crossings: readonly Crossing[]): Crossing[] {
  const kept: Crossing[] = [];
  for (const crossing of crossings) {
    const last = kept.at(-1);
    if (!last || crossing.at - last.at >= BRIEF * MINUTE) kept.push(crossing);
  }
  return kept;
}
