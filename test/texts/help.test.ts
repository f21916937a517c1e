import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkOutputs,
  checkParts,
  checkProperties,
  codesIn,
  labelKeyOf,
  quotedIn,
  samplesIn,
  termsIn,
} from './anatomy';
import { type Element, readMarkup } from './markup';
import { MISTAKES } from './mistakes';
import { catalogueOf, helpOf, LANGUAGES, outputsOf, propertiesOf, REFERENCE, sectionsOf, TYPES } from './palette';

const ROOT = join(__dirname, '../..');
const isConfig = (type: string) => type.endsWith('-connection');
const NODES = TYPES.filter((type) => !isConfig(type));

const EVENTS: Record<string, string[]> = {
  'tv-ohlc': ['closed', 'forming', 'history', 'correction', 'gap', 'list'],
  'tv-indicator': ['closed', 'forming', 'history', 'correction', 'gap', 'list'],
  'tv-trades': ['quote', 'list'],
  'tv-history': ['history'],
  'tv-packets': ['packet', 'list'],
  'news-articles': ['news', 'breaking', 'list'],
  'news-prices': ['price', 'list'],
};

const SYMBOL = ['SYMBOL_INVALID', 'SYMBOL_UNKNOWN', 'SYMBOL_FORBIDDEN'];
const TIMEFRAME = ['TIMEFRAME_INVALID', 'TIMEFRAME_FORBIDDEN'];
const INDICATOR = ['INDICATOR_UNKNOWN', 'INDICATOR_FORBIDDEN', 'INDICATOR_FAILED', 'INDICATOR_LIMIT', 'INPUT_INVALID'];
const TOKEN = ['TOKEN_REFUSED', 'TOKEN_EXPIRED'];

/** What a node reports of itself; the errors of the connection reach its flow too. */
const CODES: Record<string, string[]> = {
  'tv-connection': [
    'SETTING_INVALID',
    ...TOKEN,
    'TOO_MANY_CONNECTIONS',
    'BANNED',
    'RATE_LIMITED',
    'UNREACHABLE',
    'TIMEOUT',
    'PROTOCOL',
  ],
  'tv-ohlc': [...SYMBOL, ...TIMEFRAME, 'SETTING_INVALID', 'ACTION_INVALID', 'TIMEOUT', 'PROTOCOL'],
  'tv-indicator': [
    ...INDICATOR,
    ...SYMBOL,
    ...TIMEFRAME,
    ...['SETTING_INVALID', 'ACTION_INVALID', 'UNREACHABLE', 'TIMEOUT', 'RATE_LIMITED', 'PROTOCOL'],
  ],
  'tv-history': [...SYMBOL, ...TIMEFRAME, 'SETTING_INVALID', 'TIMEOUT', 'PROTOCOL', 'UNREACHABLE'],
  'tv-trades': [...SYMBOL, 'SETTING_INVALID', 'ACTION_INVALID', 'TIMEOUT', 'PROTOCOL'],
  'tv-packets': ['SETTING_INVALID', 'ACTION_INVALID'],
  'news-connection': [
    ...['SETTING_INVALID', 'BANNED', 'TOO_MANY_CONNECTIONS', 'RATE_LIMITED'],
    ...['UNREACHABLE', 'TIMEOUT', 'PROTOCOL'],
  ],
  'news-articles': ['SETTING_INVALID', 'ACTION_INVALID', 'PROTOCOL'],
  'news-prices': ['SYMBOL_INVALID', 'SYMBOL_UNKNOWN', 'SETTING_INVALID', 'ACTION_INVALID', 'PROTOCOL'],
};

/** The codes of the public contract, as the library declares them. */
const KNOWN = [...readFileSync(join(ROOT, 'src/feed/errors.ts'), 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
  ([, code]) => code as string,
);

const section = (help: Element, heading: string) => sectionsOf(help).get(heading) as Element;
const reference = (type: string) => helpOf(type, REFERENCE);
/** Headings are translated; their order is not. */
const places = (type: string) => [...sectionsOf(reference(type)).keys()];

describe('help', () => {
  for (const type of TYPES) {
    it(`of ${type} has all its parts`, () => {
      assert.deepEqual(checkParts(reference(type), isConfig(type) ? 'config' : 'node'), []);
    });

    it(`of ${type} describes every property, in every language`, () => {
      const properties = propertiesOf(type);
      assert.ok(properties.length >= 3 && properties.includes('name'), properties.join());
      for (const language of LANGUAGES) {
        const list = [...sectionsOf(helpOf(type, language)).values()][places(type).indexOf('Properties')] as Element;
        assert.deepEqual(checkProperties(list, properties, catalogueOf(type, language)), [], language);
      }
    });

    it(`of ${type} explains each error that the node reports, and no other`, () => {
      const explained = termsIn(section(reference(type), 'Errors'));
      assert.deepEqual([...explained.keys()].sort(), [...(CODES[type] ?? [])].sort());
      for (const [code, words] of explained) assert.ok(words.length > 20, code);
      const connection = `help of ${type.split('-')[0]}-connection`;
      if (!isConfig(type)) assert.ok(JSON.stringify(section(reference(type), 'Errors')).includes(connection));
      assert.deepEqual(
        codesIn(reference(type)).filter((code) => !KNOWN.includes(code)),
        [],
      );
    });

    it(`of ${type} quotes what users will read, word for word`, () => {
      const mistakes = MISTAKES[type] ?? [];
      const quoted = quotedIn(reference(type));
      assert.ok(quoted.length > 0);
      const says = (quote: string, message: string) =>
        quote.endsWith('…') ? quote.length > 40 && message.startsWith(quote.slice(0, -1)) : message === quote;
      assert.deepEqual(
        quoted.filter((quote) => !mistakes.some((message) => says(quote, message))),
        [],
      );
      assert.deepEqual(
        mistakes.filter((message) => !quoted.some((quote) => says(quote, message))),
        [],
      );
    });
  }

  for (const type of NODES) {
    it(`of ${type} shows real messages of each output`, () => {
      const outputs = section(reference(type), 'Outputs');
      assert.deepEqual(checkOutputs(outputs, type, outputsOf(type), EVENTS[type] ?? []), []);
      samplesIn(section(reference(type), 'Inputs'));
    });
  }

  it('knows every code there is, and every code is somewhere used and explained', () => {
    assert.ok(KNOWN.length >= 20);
    assert.deepEqual([...new Set(Object.values(CODES).flat())].sort(), [...KNOWN].sort());
    const sources = ['src', 'nodes'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('errors.ts'))
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
    );
    assert.deepEqual(
      KNOWN.filter((code) => !sources.some((source) => source.includes(`'${code}'`))),
      [],
    );
  });
});

describe('a help text', () => {
  const parts = ['Details', 'Properties', 'Common mistakes', 'Errors', 'References'];
  const help = `<p>Does a thing.</p>${parts.map((part) => `<h3>${part}</h3><p>Something.</p>`).join('')}`;
  const problems = (from: string, to: string) => checkParts(readMarkup(help.replace(from, to)), 'config').join();

  it('is noticed where a part is missing', () => {
    assert.equal(problems('', ''), '');
    assert.match(problems('<h3>Common mistakes</h3>', ''), /the headings are/);
    assert.match(problems('<h3>Errors</h3><p>Something.</p>', '<h3>Errors</h3>'), /nothing under “Errors”/);
    assert.match(problems('<p>Does a thing.</p>', '<h4>Does</h4>'), /does not begin with one paragraph/);
    assert.match(problems('Does a thing.', 'Does a thing. And one more.'), /not one sentence/);
    assert.match(problems('a thing', 'a thing '.repeat(30)), /is long/);
  });

  it('is noticed where a property is not described', () => {
    const list = (text: string) =>
      checkProperties(readMarkup(`<dl>${text}</dl>`), ['maxStudies'], { 'label.max-studies': 'Studien' }).join();
    assert.equal(labelKeyOf('maxStudies'), 'label.max-studies');
    assert.equal(list('<dt>Studien <span>Zahl</span></dt><dd>wie viele es sind.</dd>'), '');
    assert.equal(list('<dt><code>maxStudies</code></dt><dd>how many there are.</dd>'), '');
    assert.match(
      list('<dt>Studies</dt><dd>how many there are.</dd>'),
      /maxStudies .*not described,“Studies” is no property/,
    );
    assert.match(list('<dt>Studien</dt><dd></dd>'), /hardly described/);
    assert.match(list('<dt>Studien</dt><dt>Mehr</dt><dd>wie viele es sind.</dd>'), /hardly described/);
  });

  it('is noticed where a message is none that the node sends', () => {
    const candle = { index: 0, timestamp: 1, open: 2, high: 3, low: 1, close: 2, volume: 1, closed: true };
    const message = { topic: 'A:B', symbol: 'A:B', timeframe: '1m', event: 'closed', payload: candle };
    const list = (change: object, outputs = 1, events = ['closed']) => {
      const sample = JSON.stringify({ ...message, ...change });
      const section = readMarkup(`<ol><li><pre>${sample}</pre></li></ol>`);
      return checkOutputs(section, 'tv-ohlc', outputs, events).join();
    };
    assert.equal(list({}), '');
    assert.match(list({ payload: { ...candle, time: 1 } }), /must not have time/);
    assert.match(list({ payload: { ...candle, closed: false } }), /closed is not as/);
    assert.match(list({ payload: { ...candle, high: 1 } }), /2 is not below 1/);
    assert.match(list({ topic: 'C:D' }), /topic and symbol differ/);
    assert.match(list({ timeframe: undefined }), /has no timeframe/);
    assert.match(list({ event: 'close' }), /the event close is none/);
    assert.match(list({}, 2), /1 of 2 outputs/);
    assert.match(list({}, 1, ['closed', 'gap']), /the event gap is not told of/);
    assert.throws(() => samplesIn(readMarkup('<pre>{"a": 1,}</pre>')), SyntaxError);
  });

  it('is noticed where it mentions a code that there is not', () => {
    const help = readMarkup(
      '<p><code>TOKEN_LOST</code> <code>HTTPS_PROXY</code> <code>BTCUSDT</code></p><dl><dt>A_B, C_D</dt></dl>',
    );
    assert.deepEqual(codesIn(help), ['TOKEN_LOST', 'A_B', 'C_D']);
  });
});
