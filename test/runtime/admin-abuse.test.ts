import assert from 'node:assert/strict';
import { request as httpRequest, type RequestListener } from 'node:http';
import fc from 'fast-check';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { PROBED, probe } from '../support/probe';
import { deadHost, httpServer, type TestServer } from '../support/servers';

const API = '/livetick/tradingview';
const PASSWORD = 'practice';
/** bcrypt of it. */
const HASH = '$2b$04$gXWoP5BsIWxZiwqoq9hLWuujMLeEA68ht4mHAAy8umYQvOa11aGhe';
const MIB = 1024 * 1024;
/** More at a time are refused. */
const MOST_AT_A_TIME = 10;
const CODE = /^[A-Z_]+$/;

/** As Node-RED takes it: an object or a list, or nothing at all. */
function isJson(text: string): boolean {
  try {
    return text === '' || (/^\s*[{[]/.test(text) && typeof JSON.parse(text) === 'object');
  } catch {
    return false;
  }
}

interface Answer {
  status: number;
  text: string;
}

describe('who asks too much of a real Node-RED', function () {
  this.timeout(180_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let lookUps: TestServer;
  /** Nobody may ever send anything there. */
  let canary: TestServer;
  let told = 0;
  let bearer = '';
  /** What the look-up server does; each test has its own. */
  let answer: RequestListener = (_request, response) => response.writeHead(404).end();

  before(async () => {
    lookUps = await httpServer((request, response) => answer(request, response));
    canary = await httpServer((_request, response) => response.end('{}'));
    canary.server.on('connection', () => told++);
    palette = new PackedPalette();
    const users = [
      { username: 'admin', password: HASH, permissions: '*' },
      { username: 'reader', password: HASH, permissions: 'read' },
    ];
    red = await NodeRedProcess.start(palette.userDir, { ...PROBED, adminAuth: { type: 'credentials', users } });
  });

  after(async () => {
    await red?.stop();
    await lookUps?.close();
    await canary?.close();
    palette?.remove();
  });

  /** With a path and headers just as they are, however wrong. */
  function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(red.url, { method, path, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      });
      request.on('error', reject).end(body);
    });
  }
  const signed = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${bearer}`, ...headers });
  const get = (path: string, headers = {}) => send('GET', `${API}/${path}`, signed(headers));
  const post = (body: string, headers = {}) =>
    send('POST', `${API}/test`, signed({ 'content-type': 'application/json', ...headers }), body);

  /** A success, or a sentence and a code with a status that is described. */
  function assertDescribed({ status, text }: Answer, what: string): void {
    const body = JSON.parse(text);
    if (status === 200) return;
    assert.ok([400, 404, 502].includes(status), `${what}: HTTP ${status}`);
    assert.deepEqual(Object.keys(body).sort(), ['code', 'error'], what);
    assert.match(body.code, CODE, what);
    assert.ok(body.error.length > 10 && body.error.length < 500, what);
  }

  const ENDPOINTS = [
    'symbols?connection=c&q=a',
    'indicators?connection=c&q=a',
    'indicators/STD%3BRSI?connection=c',
    'connections/c',
  ];

  it('gets nothing without a password, and no test without the permission', async () => {
    const anonymous = [...ENDPOINTS.map((path) => ['GET', path] as const), ['POST', 'test'] as const];
    for (const [method, path] of anonymous) {
      assert.equal((await send(method, `${API}/${path}`)).status, 401, path);
      const wrong = { authorization: 'Bearer wrong' };
      assert.equal((await send(method, `${API}/${path}`, wrong)).status, 401, path);
    }
    await red.signIn('reader', PASSWORD);
    assert.equal((await red.request(`${API}/test`, { method: 'POST' })).status, 401);
    assert.equal((await red.get(`${API}/connections/c`)).status, 404);
    await red.signIn('admin', PASSWORD);
    bearer = red.bearer;
    const url = `ws://${await deadHost()}/`;
    const connection = { type: 'tv-connection', server: 'custom', url };
    await red.deploy([
      { id: 'f', type: 'tab' },
      { id: 'c', ...connection, httpUrl: `http://${lookUps.host}` },
      { id: 'bare', ...connection },
    ]);
    assert.equal((await get('connections/c')).status, 200);
  });

  it('gets a sentence and a code for whatever nonsense it is', async () => {
    answer = (_request, response) => response.end('{"symbols":[]}');
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        ...['c', 'bare', 'STD;RSI', 'PUB;x', '__proto__', 'constructor', '%', '%E0%A4%A', '..', '%00', '[]'],
      ),
      fc.constantFrom('a'.repeat(201), 'STD;../../..', `http://${canary.host}/`),
    );
    const raw = piece.map((text) => (/^[\w%.;[\]]*$/.test(text) ? text : encodeURIComponent(text)));
    const key = fc.constantFrom(
      'connection',
      'q',
      'version',
      'server',
      'id',
      'connection[a]',
      'q[]',
      '__proto__[a]',
      'url',
    );
    const query = fc
      .array(fc.tuple(key, raw), { maxLength: 5 })
      .map((pairs) => pairs.map((one) => one.join('=')).join('&'));
    const path = fc.oneof(
      fc.constantFrom('symbols', 'indicators'),
      raw.map((id) => `indicators/${id || 'x'}`),
      raw.map((id) => `connections/${id || 'x'}`),
    );
    const wanted = (text: string) => !/\/(?:\.|%2e){1,2}$/i.test(text);
    await fc.assert(
      fc.asyncProperty(path.filter(wanted), query, async (where, which) => {
        assertDescribed(await get(`${where}?${which}`), `${where}?${which}`);
      }),
      { numRuns: 400 },
    );
    // One that is right by chance would connect.
    const given = fc.object({
      key: fc.constantFrom('server', 'token', 'sessionId', 'sessionSign', 'connection', 'url', 'proxy'),
      maxDepth: 2,
    });
    const body = fc.oneof(given, fc.jsonValue()).map((value) => JSON.stringify(value));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          body,
          body.map((text) => text.slice(0, -1)),
          fc.string(),
        ),
        async (text) => {
          const said = await post(text);
          // What is no JSON is refused by Node-RED itself, and never comes to us.
          if (isJson(text)) assertDescribed(said, text);
          else assert.equal(said.status, 400, text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reaches no other address than the configured ones, whatever it names', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `http://${canary.host}/` }).end();
    const { host } = canary;
    const addresses = [
      `http://${host}/`,
      `//${host}/`,
      `ws://${host}`,
      host,
      `@${host}/`,
      `..//${host}/`,
      `\\\\${host}\\`,
    ];
    const headers = {
      host,
      'x-forwarded-host': host,
      'x-forwarded-for': host,
      forwarded: `host=${host}`,
      origin: `http://${host}`,
      referer: `http://${host}/`,
    };
    const values = addresses.flatMap((one) => [one, encodeURIComponent(one)]).map(encodeURIComponent);
    const parameters = ['url', 'httpUrl', 'server', 'proxy', 'host', 'base', 'endpoint'];
    const named = (value: string) => parameters.map((key) => `${key}=${value}`).join('&');
    const paths: ((value: string) => string)[] = [
      (value) => `symbols?connection=c&q=${value}&${named(value)}`,
      (value) => `symbols?connection=${value}&q=a`,
      (value) => `symbols?server=${value}&q=a`,
      (value) => `symbols?${named(value)}&server=practice&q=a`,
      (value) => `symbols?server=practice&q=a&url=${value}&httpUrl=${value}`,
      (value) => `indicators?connection=c&q=${value}`,
      (value) => `indicators/${value}?connection=c`,
      (value) => `indicators/STD%3B${value}?connection=c&version=last`,
      (value) => `indicators/STD%3BRSI?connection=c&version=${value}`,
      (value) => `indicators/Volume@tv-x-1?connection=c&${named(value)}`,
      (value) => `connections/${value}`,
    ];
    const asked = paths.flatMap((path) => values.map(path));
    while (asked.length > 0) {
      const some = asked.splice(0, MOST_AT_A_TIME);
      await Promise.all(some.map(async (path) => assertDescribed(await get(path, headers), path)));
    }
    for (const address of addresses) {
      const more = { url: address, httpUrl: address, proxy: { url: address }, host: address, endpoints: address };
      const bodies = [{ server: 'custom', ...more }, { server: address }, { connection: address }];
      for (const body of [...bodies, { connection: 'c', ...more }]) {
        assertDescribed(await post(JSON.stringify(body), headers), JSON.stringify(body));
      }
    }
    assertDescribed(await send('GET', `http://${host}${API}/symbols?connection=c&q=a`, signed()), 'as a proxy');
    assert.equal(told, 0, 'the canary has been told something');
  });

  it('makes it hold no more than a bounded answer, and hears that in words', async () => {
    const before = (await probe(red)).rss;
    const part = Buffer.alloc(MIB, 'x');
    const pour =
      (most: number): RequestListener =>
      (_request, response) => {
        let sent = 0;
        response.on('error', () => {}).write('{"symbols":[{"symbol":"');
        const more = () => {
          while (sent++ < most && !response.destroyed) if (!response.write(part)) return response.once('drain', more);
          if (!response.destroyed) response.end('"}]}');
          return undefined;
        };
        more();
      };
    for (const [what, most] of [
      ['50 MB', 50],
      ['an endless answer', Number.POSITIVE_INFINITY],
    ] as const) {
      answer = pour(most);
      for (const path of ENDPOINTS.slice(0, 2)) {
        const { status, text } = await get(path);
        assert.deepEqual([status, JSON.parse(text).code], [502, 'PROTOCOL'], what);
        assert.match(text, /too large/);
      }
    }
    const { rss } = await probe(red);
    assert.ok(rss - before < 100 * MIB, `${Math.round((rss - before) / MIB)} MiB more`);
  });

  it('gets an answer of a bounded size, however much there is', async () => {
    const symbols = (count: number, length: number) =>
      JSON.stringify({
        symbols: Array.from({ length: count }, (_, n) => ({ symbol: `S${n}`, description: 'd'.repeat(length) })),
      });
    answer = (_request, response) => response.end(symbols(50_000, 10));
    const many = await get('symbols?connection=c&q=a');
    assert.equal(many.status, 200);
    assert.equal(JSON.parse(many.text).symbols.length, 50);
    answer = (_request, response) => response.end(symbols(50, 100_000));
    const long = await get('symbols?connection=c&q=a');
    assert.deepEqual([long.status, JSON.parse(long.text).code], [502, 'PROTOCOL']);
    assert.ok(long.text.length < 1_000);
  });

  it('may ask ten things at a time', async () => {
    const waiting: (() => void)[] = [];
    answer = (_request, response) => waiting.push(() => response.end('{"symbols":[]}'));
    const asked = Array.from({ length: 30 }, () => get('symbols?connection=c&q=a'));
    const first = await Promise.race(asked);
    assert.deepEqual([first.status, JSON.parse(first.text).code], [502, 'RATE_LIMITED']);
    while (waiting.length < MOST_AT_A_TIME) await get('connections/nobody');
    for (const go of waiting) go();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, MOST_AT_A_TIME);
    assert.equal((await get('connections/c')).status, 200);
  });
});
