import assert from 'node:assert/strict';
import { deriveStatus, type Situation } from '../../nodes/shared/status';
import type { ConnectionState } from '../../src/index';
import { isUsed, patternOf, SOURCES, usesOfTexts } from './keys';
import { catalogueOf, formOf, portKeysOf, REFERENCE, TYPES } from './palette';

const NODES = TYPES.filter((type) => !type.endsWith('-connection'));
const uses = usesOfTexts(SOURCES, NODES);
const catalogues = new Map(TYPES.map((type) => [type, Object.keys(catalogueOf(type, REFERENCE))]));

const CONNECTION: ConnectionState[] = ['idle', 'connecting', 'authenticating', 'live', 'waiting', 'stopped'];
/** The states that a subscription of each node can be in. */
const STREAM: Situation['symbols'] = [
  'waiting',
  'loading',
  'live',
  'closed',
  'refused',
  'failed',
  'queued',
  'elsewhere',
  'invalid',
];
const SUBSCRIPTION: Record<string, Situation['symbols']> = {
  'tv-ohlc': STREAM,
  'tv-indicator': STREAM,
  'tv-trades': STREAM,
  'tv-packets': ['waiting', 'live'],
  'news-articles': ['waiting', 'loading', 'live', 'empty', 'failed'],
  'news-prices': ['waiting', 'loading', 'live', 'refused', 'failed', 'invalid'],
};

describe('the catalogues', () => {
  it('have every text that is asked for', () => {
    assert.ok(uses.length > 150, `${uses.length} found`);
    const missing = uses.filter(({ type, key }) => !catalogues.get(type)?.some((known) => patternOf(key).test(known)));
    assert.deepEqual(missing, []);
  });

  for (const [type, states] of Object.entries(SUBSCRIPTION)) {
    it(`have a text for every status of ${type}`, () => {
      for (const misconfigured of [true, false]) {
        for (const connection of CONNECTION) {
          for (const state of states) {
            const { text = '' } = deriveStatus(type, { connection, misconfigured, symbols: [state] });
            assert.ok(catalogues.get(type)?.includes(text.replace(`${type}.`, '')), text);
          }
        }
      }
    });
  }

  for (const type of NODES) {
    it(`have a text for every port of ${type}`, () => {
      const keys = portKeysOf(type);
      assert.ok(keys.length >= 2);
      assert.deepEqual(
        keys.filter((key) => !catalogues.get(type)?.includes(key)),
        [],
      );
    });
  }

  for (const type of TYPES) {
    it(`have no text of ${type} that nothing asks for`, () => {
      const keys = catalogues.get(type) ?? [];
      assert.deepEqual(
        keys.filter((key) => !isUsed(key, type, uses, SOURCES)),
        [],
      );
    });

    it(`are asked by the form of ${type} for its own texts only: the editor finds no others`, () => {
      const keys = [...formOf(type).matchAll(/data-i18n="(?:\[[\w-]+\])?([^"]*)"|this\._\(['"`]([^'"`]*)/g)];
      assert.ok(keys.length > 3);
      for (const [, attribute, call] of keys) assert.ok((attribute ?? call)?.startsWith(`${type}.`), attribute ?? call);
    });
  }
});

describe('a text', () => {
  const sources = {
    forms: [
      `<b data-i18n="tv-x.label.name"></b><i data-i18n="[placeholder]tv-x.hint.now"></i> this._(\`tv-x.kind.\${kind}\`)`,
    ],
    scripts: [
      `text(ok ? 'test.works' : 'test.fails', f({ a })); this._(\`\${type}.input.control\`); const KINDS = { rsi: 1 };`,
    ],
    nodes: ["const A = '@a/b/tv-connection:tv-connection.status.over'; needsPermission('tv-connection.read'); 'tv-x'"],
  };
  const found = usesOfTexts(sources, ['tv-x', 'tv-y']);

  it('is found however it is asked for', () => {
    assert.deepEqual(found.map(({ type, key }) => `${type} ${key}`).sort(), [
      'tv-connection status.over',
      'tv-connection test.fails',
      'tv-connection test.works',
      'tv-x hint.now',
      'tv-x input.control',
      'tv-x kind.*',
      'tv-x label.name',
      'tv-y input.control',
    ]);
  });

  it('is noticed where nothing asks for it', () => {
    const isAsked = (type: string, key: string) => isUsed(key, type, found, sources);
    assert.ok(isAsked('tv-x', 'label.name') && isAsked('tv-x', 'kind.rsi'));
    assert.ok(!isAsked('tv-y', 'label.name'));
    assert.ok(!isAsked('tv-x', 'kind.macd'), 'a kind that no source names');
    assert.ok(!isAsked('tv-x', 'label.names'));
  });
});
