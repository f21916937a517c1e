import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import { TIMEFRAMES } from '../../src/market/timeframe';
import {
  type ClientOptions,
  checkClientOptions,
  checkSeriesOptions,
  checkSymbol,
  checkTimeframe,
  type SeriesOptions,
} from '../../src/tradingview/options';

const LIMITS = { studies: 2, candles: 5_000 };
const VARIABLE = 'TRADINGVIEW_JWT_TOKEN';
const SIGN = { sessionSign: 'secret-sign' };

/** The error is of this code and names the field, and does not repeat what may be a secret. */
const names = (code: string, field: string) => (error: unknown) => {
  assert.ok(error instanceof FeedError);
  assert.equal(error.code, code);
  assert.ok(error.message.includes(field), error.message);
  assert.doesNotMatch(error.message, /secret/);
  return true;
};

describe('options of a client', () => {
  let before: string | undefined;

  beforeEach(() => {
    before = process.env[VARIABLE];
    delete process.env[VARIABLE];
  });

  afterEach(() => {
    if (before === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = before;
  });

  it('are all optional', () => {
    const settings = {
      server: 'live',
      url: null,
      httpUrl: null,
      token: null,
      cookies: null,
      limits: LIMITS,
      grace: 2_000,
      shard: null,
      proxy: null,
    };
    assert.deepEqual(checkClientOptions({}), settings);
    const blank = {
      server: '',
      url: '',
      httpUrl: '',
      token: '',
      plan: '',
      maxStudies: '',
      maxCandles: '',
      grace: '',
      shard: '',
    };
    assert.deepEqual(checkClientOptions(blank), settings, 'an empty field of a form is one that was not filled in');
  });

  it('may come as text', () => {
    const settings = checkClientOptions({
      plan: 'premium',
      maxStudies: '3',
      maxCandles: ' 700 ',
      grace: '0.5',
      shard: ' 2 / 3 ',
    });
    assert.deepEqual(settings.limits, { studies: 3, candles: 700 });
    assert.equal(settings.grace, 500);
    assert.deepEqual(settings.shard, { index: 2, count: 3 });
  });

  it('take the limits of the plan', () => {
    const candles = { free: 5_000, essential: 10_000, plus: 10_000, premium: 20_000, ultimate: 40_000 };
    for (const [plan, most] of Object.entries(candles)) assert.equal(checkClientOptions({ plan }).limits.candles, most);
  });

  it('take addresses only for a server of one’s own', () => {
    const own = { url: ' ws://127.0.0.1:8123/socket ', httpUrl: 'http://127.0.0.1:8123' };
    assert.equal(checkClientOptions({ server: 'custom', ...own }).url, 'ws://127.0.0.1:8123/socket');
    assert.equal(checkClientOptions({ server: 'live', ...own }).url, null);
    assert.equal(checkClientOptions({ server: 'practice', url: 'rubbish' }).url, null);
    assert.equal(checkClientOptions({ server: 'custom', url: 'wss://x/' }).httpUrl, null);
  });

  it('take the token, else that of the environment, without blanks at its ends', () => {
    assert.equal(checkClientOptions({ token: ' abc\t' }).token, 'abc');
    process.env[VARIABLE] = 'from-environment';
    assert.equal(checkClientOptions({}).token, 'from-environment');
    assert.equal(checkClientOptions({ token: 'own' }).token, 'own');
    assert.equal(checkClientOptions({ token: '' }).token, 'from-environment');
  });

  it('take the session cookies, both together and without blanks at their ends', () => {
    const { cookies } = checkClientOptions({ sessionId: ' abc123 ', sessionSign: 'v3:ab/cd+ef==' });
    assert.deepEqual(cookies, { sessionId: 'abc123', sessionSign: 'v3:ab/cd+ef==' });
    assert.equal(checkClientOptions({ sessionId: '', sessionSign: ' ' }).cookies, null);
    const custom = { server: 'custom', url: 'ws://x/', sessionId: 'secret-a', sessionSign: 'secret-b' };
    assert.throws(() => checkClientOptions(custom), names('SETTING_INVALID', '“httpUrl”'));
    assert.ok(checkClientOptions({ ...custom, httpUrl: 'http://x/' }).cookies);
  });

  const bad: [keyof ClientOptions, unknown[], ClientOptions?][] = [
    ['server', ['other', 'LIVE', '__proto__']],
    ['plan', ['gold', 'toString', 'Free']],
    [
      'url',
      ['', undefined, 'no address', 'http://x/', 'ws://', '//x', '127.0.0.1:80', 'javascript:1', 'ws://x/#y'],
      { server: 'custom' },
    ],
    [
      'httpUrl',
      ['no address', 'ws://x/', 'file:///etc/passwd', '127.0.0.1:80', 'http://x/#y'],
      { server: 'custom', url: 'ws://x/' },
    ],
    ['token', ['secret\nsecret', 'secret\r\n', '\nsecret', 'secret secret', 'secret\u2028', 'secret\0']],
    ['sessionId', ['secret\r\nx: y', 'secret; x', 'secret;x', 'secret,x', '"secret"', 'secret\u00e9', ''], SIGN],
    ['sessionSign', ['secret\n', 'secret x', 'secret;x', ''], { sessionId: 'secret-id' }],
    ['maxCandles', [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 'many', '1e9', ' ', true, {}, 1_000_001]],
    ['maxStudies', [0, -1, 0.5, 'x', 1_001]],
    ['grace', [-1, 'x', Number.NaN, 3_601, [], ' ']],
    ['shard', ['0/3', '4/3', '1', '1/0', 'a/b', '1/2/3', '-1/2', '1.5/2', '1/99999']],
  ];

  for (const [field, values, rest] of bad) {
    it(`name a bad ${field}`, () => {
      for (const value of values) {
        const given = { ...rest, [field]: value } as ClientOptions;
        assert.throws(() => checkClientOptions(given), names('SETTING_INVALID', `“${field}”`), JSON.stringify(value));
      }
    });
  }

  it('name a bad token of the environment too', () => {
    process.env[VARIABLE] = 'secret\nsecret';
    assert.throws(() => checkClientOptions({}), names('SETTING_INVALID', 'token'));
  });
});

describe('options of candles', () => {
  const check = (options: SeriesOptions) => checkSeriesOptions(options, LIMITS);

  it('have defaults', () => {
    const settings = { timeframe: '1m', history: 0, session: 'regular', adjustment: 'splits' };
    assert.deepEqual(check({}), settings);
    assert.deepEqual(check({ timeframe: '', history: '', session: '', adjustment: '' }), settings);
  });

  it('may be chosen', () => {
    const chosen = { timeframe: '1M', history: '12', session: 'extended', adjustment: 'none' };
    assert.deepEqual(check(chosen), { ...chosen, history: 12 });
    assert.equal(check({ history: LIMITS.candles }).history, LIMITS.candles);
  });

  it('name a bad history', () => {
    for (const history of [-1, 1.5, LIMITS.candles + 1, 1e12, 'all', Number.NaN, '-5', '0.5']) {
      assert.throws(() => check({ history }), names('SETTING_INVALID', '“history”'), String(history));
    }
  });

  it('name a bad session and adjustment', () => {
    for (const session of ['Regular', 'night'])
      assert.throws(() => check({ session }), names('SETTING_INVALID', '“session”'));
    for (const adjustment of ['x', 'split'])
      assert.throws(() => check({ adjustment }), names('SETTING_INVALID', '“adjustment”'));
  });

  it('refuse an unknown timeframe with the list of all', () => {
    for (const timeframe of ['1D', '1H', '2m', '60', 'toString', ' 1m', 'x'.repeat(10_000)]) {
      assert.throws(
        () => check({ timeframe }),
        (error) => {
          names('TIMEFRAME_INVALID', TIMEFRAMES.join(', '))(error);
          assert.ok((error as Error).message.length < 300);
          return true;
        },
      );
    }
    for (const odd of [undefined, null, 5, {}])
      assert.throws(() => checkTimeframe(odd), names('TIMEFRAME_INVALID', '1m'));
  });
});

describe('a symbol', () => {
  it('is trimmed and in capitals', () => {
    assert.equal(checkSymbol(' binance:btcusdt '), 'BINANCE:BTCUSDT');
  });

  it('is refused with what was given, when it is none', () => {
    assert.throws(
      () => checkSymbol('BTCUSDT'),
      (error) => {
        names('SYMBOL_INVALID', 'BTCUSDT')(error);
        assert.equal((error as FeedError).symbol, 'BTCUSDT');
        return true;
      },
    );
    for (const empty of ['', '  ', null, undefined, 7, {}, []])
      assert.throws(() => checkSymbol(empty), names('SYMBOL_INVALID', 'empty'));
    assert.throws(
      () => checkSymbol('x'.repeat(10_000)),
      (error) => (error as Error).message.length < 300,
    );
  });
});
