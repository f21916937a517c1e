import assert from 'node:assert/strict';
import { IndicatorWatch, LookUpDesk } from '../support/indicator-practice';
import { ScriptedServer, type WireBar } from '../support/scripted-server';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
/** Open time of the n-th minute from the start, in seconds, as on the wire. */
const at = (n: number) => Date.UTC(2026, 4, 13, 14) / 1000 + 60 * n;
const minute = (timestamp: number) => (timestamp / 1000 - at(0)) / 60;
/** Minutes -3 to 0, the last one with a value of its own. */
const bars = (value = 100): WireBar[] => [-3, -2, -1, 0].map((n, i) => [i, at(n), n === 0 ? value : 100]);
const END = { data_completed: 'end' };

describe('client: indicators on a server that is played', () => {
  const desk = new LookUpDesk();
  let server: ScriptedServer;
  let watch: IndicatorWatch;

  before(() => desk.open());
  after(() => desk.close());
  beforeEach(async () => {
    server = new ScriptedServer(START, {}, { endpoints: desk.endpoints });
    await server.client.indicator('STD;EMA');
    watch = new IndicatorWatch(server.client, { symbol: 'A:B', indicator: 'STD;EMA', history: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    server.greet();
    server.transport.link.receive('~m~4~m~~h~1');
  });
  afterEach(async () => {
    await server.client.close();
    assert.equal(server.clock.pending, 0);
  });

  const session = (n = 0) => server.sessions[n];
  /** Values of minutes, by `du`; all others of the study's plots are missing. */
  const values = (n: number, ...points: [minute: number, value: number][]) =>
    server.send('du', session(n), {
      st_1: { st: points.map(([m, v], i) => ({ i, v: [at(m), v, 1e100, 1e100, 1e100] })), t: 's1_st1' },
    });
  const completed = (n = 0) => server.send('study_completed', session(n), 'st_1', 's1_st1');
  const told = () =>
    watch.events.flatMap((event) =>
      'item' in event ? [`${event.event} ${minute(event.item.timestamp)}=${event.item.values.EMA}`] : [event.event],
    );
  /** Time passes, in which nothing comes but heartbeats. */
  const beats = (seconds: number) => {
    for (let n = 0; n < seconds; n++) {
      server.clock.advance(1_000);
      server.transport.link.receive('~m~4~m~~h~1');
    }
  };
  const whole = [-3, -2, -1, 0].map((m): [number, number] => [m, 10 + m]);

  it('ask for the study at once, beside the series, and take its values before the candles are complete, too', () => {
    assert.deepEqual(
      server.requests('create_study').map((p) => p.slice(0, 5)),
      [[session(), 'st_1', 'st1', 'sds_1', 'Script@tv-scripting-101!']],
    );
    values(0, ...whole);
    completed();
    assert.deepEqual(told(), []);
    server.load(session(), bars(), at(1), END);
    assert.deepEqual(told(), ['history', 'forming 0=10']);
  });

  it('take values that come after upstream has said that they are complete', () => {
    server.load(session(), bars(), at(1), END);
    completed();
    assert.deepEqual([told(), watch.subscription.state], [[], 'loading']);
    values(0, ...whole);
    assert.deepEqual([told(), watch.subscription.state], [['history', 'forming 0=10'], 'live']);
  });

  it('that only draw have no values: each closed candle is told as one without any', () => {
    server.load(session(), bars(), at(1), END);
    server.send('du', session(), { st_1: { st: [], ns: { d: '{"graphicsCmds":{}}', indexes: [] }, t: 's1_st1' } });
    completed();
    beats(11);
    assert.deepEqual([told(), watch.subscription.state], [['history'], 'live']);
    server.update(session(), [[4, at(1)]], at(2));
    beats(60);
    assert.deepEqual(told().slice(1), ['closed 0=null']);
    assert.deepEqual(watch.errors, []);
  });

  it('that upstream answers with a critical error are given up; the candles go on in a fresh session', () => {
    const candles: string[] = [];
    const subscription = server.client.watchCandles({ symbol: 'A:B' }, (event) => candles.push(event.event));
    const asked = JSON.stringify(server.requests('create_study')[0]?.slice(1)).replaceAll('"', '');
    server.send('critical_error', session(), 'invalid parameters', `method: create_study. args: "${asked}"`);
    server.clock.advance(0);
    assert.deepEqual(
      watch.errors.map(({ code }) => code),
      ['INDICATOR_FAILED'],
    );
    assert.equal(watch.subscription.state, 'refused');
    server.load(session(1), bars(), at(1), END);
    server.update(session(1), [[4, at(1)]], at(2));
    assert.deepEqual(candles, ['forming', 'closed', 'forming']);
    assert.equal(server.requests('create_study').length, 1);
    subscription.close();
  });

  it('go on where the limit is met only while two sessions overlap', async () => {
    server.load(session(), bars(), at(1), END);
    values(0, ...whole);
    completed();
    const late = new IndicatorWatch(server.client, { symbol: 'A:B', indicator: 'STD;EMA', history: 500 });
    await new Promise((resolve) => setImmediate(resolve));
    server.clock.advance(0);
    assert.equal(server.sessions.length, 2);
    const limit = 'The maximum number of studies per chart has been reached for current subscription';
    server.send('study_error', session(1), 'st_1', 's1_st1', limit, 'srv');
    assert.deepEqual([watch.subscription.state, watch.errors, late.errors], ['live', [], []]);
    server.load(session(1), bars(), at(1), END);
    const [id] = server.requests('create_study').at(-1)?.slice(1) ?? [];
    server.send('du', session(1), {
      [String(id)]: { st: whole.map(([m, v], i) => ({ i, v: [at(m), v] })), t: 's1_st1' },
    });
    server.send('study_completed', session(1), id, 's1_st1');
    assert.deepEqual([watch.subscription.state, late.kinds[0]], ['live', 'history']);
    late.subscription.close();
  });

  it('take candles and values in one message, in whatever order', () => {
    server.load(session(), bars(), at(1), END);
    values(0, ...whole);
    completed();
    const candle = { s: [{ i: 4, v: [at(1), 1, 1, 1, 1, 1] }], t: 's1', lbs: { bar_close_time: at(2) } };
    const study = { st: [0, 1].map((m) => ({ i: 3 + m, v: [at(m), 20 + m, 1e100, 1e100, 1e100] })), t: 's1_st1' };
    server.send('du', session(), { st_1: study, sds_1: candle });
    assert.deepEqual(told().slice(2), ['closed 0=20', 'forming 1=21']);
    server.send('du', session(), { st_1: { st: [1, 2].map((m) => ({ v: [at(m), 30 + m] })) } });
    server.send('du', session(), { sds_1: { ...candle, s: [{ i: 5, v: [at(2), 1, 1, 1, 1, 1] }] } });
    assert.deepEqual(told().slice(4), ['closed 1=31'], 'no forming value before the one that closes');
    server.send('du', session(), { st_1: { st: [{ v: [at(2), 33] }] } });
    assert.deepEqual(told().slice(5), ['forming 2=33']);
  });

  it('tell no value of a study that did not follow, when the newest candles had to be asked for', () => {
    server.load(session(), bars(), at(1), END);
    values(0, ...whole);
    completed();
    beats(33);
    // Something was lost; the newest candles are asked for.
    server.transport.link.receive('~m~9~m~{"m":"du"');
    server.update(session(), [[3, at(0), 101]], at(1));
    server.clock.advance(0);
    assert.equal(server.sessions.length, 2);
    // Nothing comes until the candle is over, but for the answer, in which it is another.
    server.clock.advance(9_900);
    server.load(session(1), bars(105), at(1), END);
    assert.deepEqual(
      told().filter((what) => what.startsWith('closed')),
      [],
    );
    values(1, [-3, 7], [-2, 8], [-1, 9], [0, 55]);
    completed(1);
    assert.deepEqual(
      told().filter((what) => what.startsWith('closed')),
      ['closed 0=55'],
    );
    assert.deepEqual(watch.of('correction'), []);
  });

  it('tell no last value while the link shows no sign of life', () => {
    server.load(session(), bars(), at(1), END);
    values(0, ...whole);
    completed();
    beats(30);
    // The next candle comes, and not a word of the study any more.
    server.update(
      session(),
      [
        [3, at(0), 101],
        [4, at(1), 100],
      ],
      at(2),
    );
    server.clock.advance(15_000);
    assert.deepEqual(told().slice(2), [], 'the value may be on its way');
    server.transport.link.receive('~m~4~m~~h~2');
    server.clock.advance(250);
    assert.deepEqual(told().slice(2), ['closed 0=10']);
  });
});
