import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';
import { practiceToken } from '../../src/simulator/practice-token';
import { ConnectProxy } from '../support/connect-proxy';
import type { FlowMessage } from '../support/flow-message';
import { type Gossip, gossipProxy, gossipServer } from '../support/gossip';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { deadHost, type MuteServer, muteServer } from '../support/servers';

/** Everything that Node-RED and its libraries have to say. */
const TALKATIVE = {
  logging: { console: { level: 'trace', metrics: true, audit: true } },
  diagnostics: { enabled: true },
};
const SYMBOL = 'PRACTICE:N001';
const PATIENCE = 40_000;
const API = '/livetick/tradingview';

describe('secrets in a real Node-RED', function () {
  this.timeout(120_000);
  const secrets: string[] = [];
  const closing: { close(): Promise<void> }[] = [];
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let sink: MessageSink;
  let deadProxy: string;
  const answers: string[] = [];

  /** A text that stands nowhere else. @param isToken also in the form of one that the practice market takes */
  const secret = (name: string): string => {
    const made = `${name}-5ecret/${Math.random().toString(36).slice(2)}`;
    secrets.push(made);
    return made;
  };
  const token = (name: string, expires?: number): string => {
    const made = practiceToken({ user: name, issued: Date.now(), ...(expires && { expires: Date.now() + expires }) });
    secrets.push(made, made.split('.')[2] ?? '');
    return made;
  };
  const login = (name: string): { username: string; password: string } => {
    const [username, password] = [`user-of-${name}`, secret(name)];
    secrets.push(Buffer.from(`${username}:${password}`).toString('base64'));
    return { username, password };
  };

  async function market(
    options: PracticeMarketOptions = {},
  ): Promise<{ url: string; httpUrl: string; it: PracticeMarket }> {
    const made = new PracticeMarket(options);
    closing.push(made);
    return { ...(await made.listen()), it: made };
  }

  /** A connection, and nodes that use it; all that they send, report and show goes to the sink. */
  const use = (id: string, connection: object, credentials: object = {}) => [
    { id, type: 'tv-connection', server: 'custom', ...connection, credentials },
    {
      ...{ id: `${id}-ohlc`, z: 'f', type: 'tv-ohlc', connection: id, symbols: [SYMBOL], timeframe: '1s', history: 1 },
      ...{ x: 1, y: 1, wires: [['sink'], [], ['sink']] },
    },
    {
      ...{ id: `${id}-rsi`, z: 'f', type: 'tv-indicator', connection: id, symbols: [SYMBOL], indicator: 'STD;RSI' },
      ...{ x: 1, y: 1, wires: [['sink'], [], ['sink']] },
    },
    { id: `${id}-raw`, z: 'f', type: 'tv-packets', connection: id, methods: [], x: 1, y: 1, wires: [['sink']] },
  ];

  const caught =
    (id: string, code: string) =>
    ({ error }: FlowMessage) =>
      error?.code === code && error.source.id === id;
  const seen = async (wanted: (message: FlowMessage) => boolean, what: string) => {
    let patience: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      const told = () => JSON.stringify(sink.messages.map(({ error, status, event }) => error ?? status ?? event));
      patience = setTimeout(() => reject(new Error(`${what}: not in ${PATIENCE} ms; ${told()}`)), PATIENCE);
    });
    await Promise.race([sink.until((all) => all.some(wanted)), tooLate]).finally(() => clearTimeout(patience));
  };

  /** Asks for something as the editor would, and keeps the answer. */
  async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<string> {
    const response = await red.request(path, init);
    const text = await response.text();
    answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`);
    return text;
  }
  const test = (body: string) =>
    ask(`${API}/test`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  before(async () => {
    palette = new PackedPalette();
    sink = await MessageSink.open();
    const inTheProxy = secret('in-the-address').replace('/', '');
    secrets.push(inTheProxy);
    deadProxy = `http://someone:${inTheProxy}@${await deadHost()}`;
    red = await NodeRedProcess.start(palette.userDir, TALKATIVE, undefined, { DEBUG: '*', SECRET_PROXY: deadProxy });
  });

  after(async () => {
    await red?.stop();
    sink?.close();
    for (const server of closing) await server.close();
    palette?.remove();
  });

  /** Where a secret stands in a text, with what is around it. */
  function assertClean(where: string, text: string): void {
    for (const one of secrets) {
      for (const form of [
        one,
        encodeURIComponent(one),
        one.replaceAll('/', '\\/'),
        Buffer.from(one).toString('base64'),
      ]) {
        const at = text.indexOf(form);
        assert.ok(at < 0, `${where}: …${text.slice(Math.max(0, at - 300), at + form.length + 50)}`);
      }
    }
  }

  it('come through all that can become of a connection', async () => {
    const good = await market({ acceptToken: (given) => secrets.push(given) > 0 && given.includes('.') });
    const short = await market({
      tokenLife: 4,
      acceptToken: (given) => secrets.push(given) > 0 && given.includes('.'),
    });
    const bad = await market({ acceptToken: () => false, acceptCookies: () => false });
    const mute: MuteServer = await muteServer();
    const proxy = await ConnectProxy.open('someone:right');
    const echo: Gossip = await gossipServer();
    const echoProxy: Gossip = await gossipProxy();
    closing.push(mute, proxy, echo, echoProxy);
    const proxies = { p407: `http://${proxy.host}`, pdead: '${' + 'SECRET_PROXY}', pecho: `http://${echoProxy.host}` };
    const cookies = (name: string) => ({ sessionId: secret(`${name}-id`), sessionSign: secret(`${name}-sign`) });
    await red.deploy([
      { id: 'f', type: 'tab' },
      ...use('live', good, { token: token('live'), ...cookies('live') }),
      ...use('renewed', short, { token: token('renewed', 3_000), ...cookies('renewed') }),
      ...use('expired', good, { token: token('expired', 2_000) }),
      ...use('refused', bad, { token: token('refused') }),
      ...use('stale', bad, cookies('stale')),
      ...use(
        'connecting',
        { url: `ws://${mute.host}/`, httpUrl: `http://${mute.host}` },
        { token: token('connecting') },
      ),
      ...use('gossip', { url: `ws://${echo.host}/`, httpUrl: `http://${echo.host}` }, { token: token('gossip') }),
      ...use('c407', { ...good, proxy: 'p407' }, { token: token('c407') }),
      ...use('cdead', { ...good, proxy: 'pdead' }, { token: token('cdead'), ...cookies('cdead') }),
      ...use('cecho', { ...good, proxy: 'pecho' }, { token: token('cecho'), ...cookies('cecho') }),
      ...use('wrong', { ...good }, { token: `${secret('wrong')} two words` }),
      ...Object.entries(proxies).map(([id, url]) => ({
        id,
        type: 'http proxy',
        url,
        noproxy: [],
        credentials: login(id),
      })),
      { id: 'catch', z: 'f', type: 'catch', scope: null, x: 1, y: 1, wires: [['sink']] },
      { id: 'status', z: 'f', type: 'status', scope: null, x: 1, y: 1, wires: [['sink']] },
      { id: 'crash', z: 'f', type: 'inject', props: [], x: 1, y: 1, wires: [['broken']] },
      {
        ...{ id: 'broken', z: 'f', type: 'function', outputs: 0, x: 1, y: 1, wires: [] },
        func: 'context.flow.keys(); (async () => { throw new Error("It breaks: " + JSON.stringify(msg)); })();',
      },
      ...sink.nodes('f'),
    ]);
    await seen(({ event }) => event === 'closed', 'live');
    good.it.faults.drop(1006);
    await seen(caught('refused', 'TOKEN_REFUSED'), 'a token that is refused');
    await seen(caught('stale', 'TOKEN_REFUSED'), 'cookies that are refused');
    await seen(caught('expired', 'TOKEN_EXPIRED'), 'a token that expires');
    await seen(caught('wrong', 'SETTING_INVALID'), 'a token that is none');
    for (const id of ['c407', 'cdead', 'cecho']) await seen(caught(id, 'UNREACHABLE'), `a proxy: ${id}`);
    await seen(
      ({ topic, payload }) => topic === 'echo' && payload.p[0].p[0] === '***',
      'a packet with the token in it',
    );
    await seen(caught('gossip', 'PROTOCOL'), 'what a server says at the end');
    await seen(() => (short.it.stats().received.get('set_auth_token') ?? 0) >= 3, 'a token that is renewed twice');
    assert.deepEqual(JSON.parse(await ask(`${API}/connections/live`)).state, 'live');
  });

  it('and through the test of a connection, as deployed and as typed', async () => {
    for (const id of ['live', 'refused', 'stale', 'gossip', 'c407', 'cdead', 'cecho', 'wrong']) {
      await test(JSON.stringify({ connection: id }));
    }
    const typed = { token: secret('typed'), sessionId: secret('typed-id'), sessionSign: secret('typed-sign') };
    const practice = { server: 'practice', ...typed };
    assert.match(await test(JSON.stringify(practice)), /"ok":/);
    await test(JSON.stringify({ ...practice, token: [typed.token] }));
    await test(JSON.stringify({ ...practice, server: typed.token }));
    await test(JSON.stringify({ ...practice, sessionSign: `${typed.sessionSign};\n` }));
    await test(JSON.stringify({ connection: typed.token }));
    // Cut, and with rubbish right behind each secret.
    for (const one of Object.values(typed)) {
      const short = one.slice(-12);
      secrets.push(short);
      await test(`{"server":"practice","token":"${one}"`);
      await test(`{"token":"${one}"x}`);
      await test(`{"token":${short}}`);
    }
  });

  it('but are in no file but the encrypted one, and in no answer', async () => {
    const paths = ['/flows', '/flow/f', '/nodes', '/settings', '/diagnostics', '/context/global', '/context/flow/f'];
    for (const id of ['live', 'renewed', 'refused', 'stale', 'c407', 'cdead', 'cecho', 'wrong']) {
      paths.push(`/credentials/tv-connection/${id}`, `${API}/connections/${id}`, `/context/node/${id}-ohlc`);
      paths.push(`${API}/symbols?connection=${id}&q=bitcoin`, `${API}/indicators?connection=${id}&q=rsi`);
      paths.push(`${API}/indicators/STD%3BRSI?connection=${id}`);
    }
    for (const id of ['p407', 'pdead', 'pecho']) paths.push(`/credentials/http%20proxy/${id}`);
    await Promise.all(paths.map((path) => ask(path)));
    for (const answer of answers) assertClean('an answer', answer);
    const files = readdirSync(palette.userDir, { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile() && !file.parentPath.includes('node_modules'),
    );
    assert.ok(files.some(({ name }) => name === 'flows_cred.json'));
    for (const { parentPath, name } of files) assertClean(name, readFileSync(join(parentPath, name), 'utf8'));
  });

  it('nor in what nodes send, report and show', () => {
    assert.ok(sink.messages.some(({ status }) => status) && sink.messages.some(({ error }) => error));
    assertClean('a message', JSON.stringify(sink.messages));
  });

  it('nor in the log at its most talkative, to the end by a crash', async () => {
    await ask('/inject/crash', { method: 'POST' });
    assert.notEqual(await red.ended(), 0);
    assert.match(red.output, /Uncaught Exception[\s\S]*It breaks/);
    assert.match(red.output, /\[trace\]/);
    assert.match(red.output, /https-proxy-agent/, 'libraries talk, too');
    assertClean('the log', red.output);
  });
});
