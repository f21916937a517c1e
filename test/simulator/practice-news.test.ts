import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { PracticeNews, type PracticeNewsOptions } from '../../src/simulator/practice-news';

const START = Date.UTC(2026, 4, 13, 14);
const BROWSER = 'Mozilla/5.0';

interface Read {
  status: number;
  headers: Record<string, string>;
  text: string;
  end: string;
  leave: () => void;
}

function setUp(options: PracticeNewsOptions = {}) {
  const clock = new SteppedClock(START);
  const news = new PracticeNews({ clock, ...options });
  const read = (url: string, userAgent = BROWSER): Read => {
    const result: Read = { status: 0, headers: {}, text: '', end: '', leave: () => {} };
    result.leave = news.connect(url, userAgent, {
      head: (status, headers) => Object.assign(result, { status, headers }),
      write: (text) => {
        result.text += text;
      },
      end: () => {
        result.end = 'end';
      },
      cut: () => {
        result.end = 'cut';
      },
    });
    clock.advance(0);
    return result;
  };
  return { clock, news, read };
}

/** Names and data of the events in a text. */
function events(text: string): { name: string; data: { articles: { link: string; sourceKey: string }[] } }[] {
  const found = [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)];
  assert.equal(found.map(([event]) => event).join(''), text, 'events, and nothing between them');
  return found.map(([, name = '', data = '']) => ({ name, data: JSON.parse(data) }));
}
const names = (text: string) => events(text).map(({ name }) => name);

describe('practice news', () => {
  it('greet, tell the newest at once, and then at each poll what is new, with breaking news and a heartbeat', () => {
    const { clock, read } = setUp();
    const stream = read('/api/sse');
    assert.deepEqual([stream.status, stream.headers['content-type']], [200, 'text/event-stream']);
    assert.deepEqual(names(stream.text), ['connected', 'news', 'breaking', 'heartbeat']);
    const [, first] = events(stream.text);
    assert.equal(first?.data.articles.length, 5);
    for (let polls = 0; polls < 4; polls++) {
      stream.text = '';
      clock.advance(60_000);
      const told = names(stream.text);
      assert.deepEqual(told.slice(-2), ['breaking', 'heartbeat'], 'breaking news are repeated at every poll');
    }
    stream.leave();
    assert.equal(clock.pending, 0);
  });

  it('end each stream after five minutes, and say so', () => {
    const { clock, read, news } = setUp();
    const stream = read('/api/sse');
    clock.advance(299_999);
    assert.equal(stream.end, '');
    stream.text = '';
    clock.advance(1);
    assert.equal(names(stream.text).at(-1), 'close');
    assert.equal(stream.end, 'end');
    assert.equal(news.stats().streams, 0);
    assert.equal(clock.pending, 0);
  });

  it('are the same for the same seed and time, and others for another seed', () => {
    const [a, b, c] = [setUp(), setUp(), setUp({ seed: 2 })].map(({ read }) => read('/api/sse').text);
    assert.equal(a, b);
    assert.notEqual(a, c);
  });

  it('honour the first source only, and categories to the letter, also an empty one', () => {
    const { read } = setUp();
    const sources = (url: string) =>
      events(read(url).text)
        .flatMap(({ name, data }) => (name === 'news' ? data.articles : []))
        .map(({ sourceKey }) => sourceKey);
    assert.deepEqual([...new Set(sources('/api/sse?sources=decrypt,coindesk'))], ['decrypt']);
    assert.deepEqual([...new Set(sources('/api/sse?categories=defi'))], ['defiant']);
    assert.deepEqual(sources('/api/sse?categories='), []);
    assert.deepEqual(names(read('/api/sse?breaking=false').text), ['connected', 'news', 'heartbeat']);
  });

  it('give the prices of the practice market, every five seconds, and none of coins that it does not have', () => {
    const { clock, read } = setUp();
    const market = new PracticeMarket({ clock });
    const stream = read('/api/prices/stream?symbols=Bitcoin,nothing');
    clock.advance(5_000);
    const told = events(stream.text).slice(1);
    assert.equal(told.length, 2);
    const { lp, chp } = market.quote('BINANCE:BTCUSDT');
    assert.deepEqual(told[1]?.data, [{ symbol: 'bitcoin', price: lp, change24h: chp, timestamp: START + 5_000 }]);
    clock.advance(3_600_000);
    assert.equal(stream.end, '', 'it has no end');
    stream.leave();
  });

  it('turn robots and tools away, and whoever comes when there is no room', () => {
    const { read, news } = setUp({ capacity: 1 });
    for (const robot of ['curl/8.0', 'my-Bot', 'Wget']) {
      const { status, text, end } = read('/api/sse', robot);
      assert.deepEqual([status, JSON.parse(text).code, end], [403, 'BOT_BLOCKED', 'end']);
    }
    read('/api/sse');
    const full = read('/api/prices/stream');
    assert.deepEqual([full.status, full.headers['retry-after']], [503, '30']);
    assert.deepEqual(JSON.parse(full.text).code, 'SSE_CAPACITY');
    assert.equal(news.stats().streams, 1);
    assert.equal(read('/other').status, 404);
    assert.equal(read('/api/ws').status, 200);
  });

  it('have switches for what goes wrong, which hold until they are cleared', async () => {
    const { clock, read, news } = setUp();
    const { faults } = news;
    faults.full(7, 1);
    assert.equal(read('/api/sse').headers['retry-after'], '7');
    const stream = read('/api/sse');
    faults.failPolls(1);
    stream.text = '';
    clock.advance(60_000);
    assert.deepEqual(names(stream.text), ['error'], 'and no heartbeat');
    faults.freeze();
    stream.text = '';
    clock.advance(60_000);
    assert.equal(stream.text, '');
    faults.empty();
    assert.deepEqual(faults.active, ['freeze', 'empty']);
    await faults.clear();
    assert.deepEqual(faults.active, []);
    faults.malform();
    clock.advance(60_000);
    assert.throws(() => events(stream.text), SyntaxError);
    faults.drop();
    assert.equal(stream.end, 'cut');
    for (const nonsense of [() => faults.failPolls(0), () => faults.full(-1), () => faults.robots(1 as never)]) {
      assert.throws(nonsense, RangeError);
    }
  });

  it('are served on a port of the loopback interface, which can be closed for a while', async () => {
    const news = new PracticeNews();
    const url = await news.listen();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await assert.rejects(news.listen(), /listening already/);
    const response = await fetch(`${url}/api/sse`);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    await response.body?.cancel();
    news.faults.refuse();
    await assert.rejects(fetch(`${url}/api/ws`));
    await news.faults.clear();
    assert.equal((await fetch(`${url}/api/ws`)).status, 200);
    await news.close();
    await news.close();
    await assert.rejects(fetch(`${url}/api/ws`));
  });
});
