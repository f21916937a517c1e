import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import {
  builtInDefinition,
  type IndicatorDefinition,
  type IndicatorInput,
} from '../../src/tradingview/indicator-definition';
import { checkInputs, studyInputs } from '../../src/tradingview/indicator-inputs';

const INPUTS: IndicatorInput[] = [
  { id: 'in_0', name: 'Length', type: 'integer', default: 14, min: 1, max: 1e12 },
  { id: 'in_1', name: 'Source', type: 'source', default: 'close', options: ['open', 'close', 'hl2'] },
  { id: 'in_2', name: 'Show', type: 'bool', default: false },
  { id: 'in_3', name: 'MA Type', type: 'text', default: 'SMA', options: ['SMA', 'EMA'] },
  { id: 'in_4', name: 'Factor', type: 'float', default: 2, min: 0.001, max: 50, step: 0.5 },
  { id: 'in_5', name: 'Timeframe', type: 'resolution', default: '' },
  { id: 'in_6', name: 'Colour', type: 'color', default: '#ff0000' },
  { id: 'in_7', name: 'Since', type: 'time', default: 0 },
  { id: 'in_8', name: 'Of', type: 'symbol', default: '' },
  { id: 'in_9', name: 'Session', type: 'session', default: '0930-1600' },
  { id: 'in_10', name: 'Level', type: 'price', default: 100, max: 1000 },
  { id: 'in_11', name: 'Choice', type: 'integer', default: 5, options: [1, 5, 10] },
  { id: 'in_12', name: 'Shift', type: 'integer', default: 0, min: -500, max: 500 },
  { id: 'in_13', name: 'Length', type: 'integer', default: 3 },
  { id: 'in_14', name: 'Nothing', type: 'text', default: null },
  { id: 'in_15', name: 'Any', type: 'float', default: 0, min: -1e12, max: 1e12 },
];

const DEFINITION: IndicatorDefinition = {
  info: { id: 'PUB;x', version: '3.0', name: 'An X', inputs: INPUTS, plots: [] },
  plots: [],
  studyId: 'Script@tv-scripting-101!',
  script: 'secret',
};

const check = (given: Record<string, unknown>) => checkInputs(DEFINITION, given);
const refused = (given: Record<string, unknown>, sentence: string) =>
  assert.throws(
    () => check(given),
    (error) => {
      assert.ok(error instanceof FeedError && error.code === 'INPUT_INVALID');
      assert.equal(error.message, sentence);
      return true;
    },
    JSON.stringify(given),
  );

describe('indicator inputs', () => {
  it('are the defaults, as far as nothing is given', () => {
    const values = check({});
    assert.deepEqual([values.get('in_0'), values.get('in_1'), values.has('in_14')], [14, 'close', false]);
    assert.equal(values.size, 15);
  });

  it('go by id or by name, whatever its case; the first of two with the same name', () => {
    for (const key of ['in_0', ' in_0 ', 'Length', 'LENGTH', ' length'])
      assert.equal(check({ [key]: 7 }).get('in_0'), 7);
    assert.deepEqual([check({ length: 7 }).get('in_13'), check({ in_13: 9 }).get('in_13')], [3, 9]);
  });

  const good: [key: string, given: unknown, taken: unknown][] = [
    ['in_0', 20, 20],
    ['in_0', ' 20 ', 20],
    ['in_0', '2e1', 20],
    ['in_4', '0.5', 0.5],
    ['in_4', 50, 50],
    ['in_2', true, true],
    ['in_2', 'true', true],
    ['in_2', ' false ', false],
    ['in_3', 'EMA', 'EMA'],
    ['in_3', 'ema', 'EMA'],
    ['in_1', 'HL2', 'hl2'],
    ['in_1', 'st_1$0', 'st_1$0'],
    ['in_5', '60', '60'],
    ['in_5', 60, '60'],
    ['in_6', '#00ff00', '#00ff00'],
    ['in_7', '2026-01-05T12:00:00Z', Date.UTC(2026, 0, 5, 12)],
    ['in_7', '1767614400000', 1767614400000],
    ['in_7', 1767614400000, 1767614400000],
    ['in_8', 'BINANCE:BTCUSDT', 'BINANCE:BTCUSDT'],
    ['in_9', '', ''],
    ['in_10', -5.5, -5.5],
    ['in_11', '10', 10],
    ['in_12', -500, -500],
    ['in_14', 'something', 'something'],
    ['in_15', -1e9, -1e9],
  ];
  for (const [key, given, taken] of good) {
    it(`take ${JSON.stringify(given)} for ${INPUTS.find(({ id }) => id === key)?.type} ${key}`, () => {
      assert.equal(check({ [key]: given }).get(key), taken);
    });
  }

  const bad: [given: Record<string, unknown>, sentence: string][] = [
    [{ in_0: 1.5 }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ length: 0 }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: 'many' }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: '' }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: null }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: [7] }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: Number.NaN }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_0: true }, 'The input “Length” (in_0) must be a whole number, 1 or more.'],
    [{ in_4: 51 }, 'The input “Factor” (in_4) must be a number from 0.001 to 50.'],
    [{ in_10: 1001 }, 'The input “Level” (in_10) must be a number, 1000 or less.'],
    [{ in_12: -501 }, 'The input “Shift” (in_12) must be a whole number from -500 to 500.'],
    [{ in_15: 'x' }, 'The input “Any” (in_15) must be a number.'],
    [{ in_15: 1e13 }, 'The input “Any” (in_15) must be a number.'],
    [{ in_11: 7 }, 'The input “Choice” (in_11) must be one of 1, 5, 10.'],
    [{ in_2: 1 }, 'The input “Show” (in_2) must be true or false.'],
    [{ in_2: 'yes' }, 'The input “Show” (in_2) must be true or false.'],
    [{ in_3: 'WMA' }, 'The input “MA Type” (in_3) must be one of SMA, EMA.'],
    [{ in_3: true }, 'The input “MA Type” (in_3) must be a text.'],
    [{ in_1: 'middle' }, 'The input “Source” (in_1) must be one of open, close, hl2.'],
    [
      { in_7: 'tomorrow' },
      'The input “Since” (in_7) must be a time: milliseconds since the epoch, or a text such as 2026-01-31T12:00Z.',
    ],
    [{ in_8: {} }, 'The input “Of” (in_8) must be a text.'],
  ];
  for (const [given, sentence] of bad) {
    it(`refuse ${JSON.stringify(given)}`, () => refused(given, sentence));
  }

  it('refuse a name that there is not, and list those there are', () => {
    const short = { ...DEFINITION, info: { ...DEFINITION.info, inputs: INPUTS.slice(0, 2) } };
    const sentence = (key: string) => `An X has no input “${key}”. It has Length (in_0), Source (in_1).`;
    for (const key of ['in_2', 'constructor', '__proto__', 'text', 'pineId']) {
      assert.throws(() => checkInputs(short, JSON.parse(`{"${key}":1}`)), {
        code: 'INPUT_INVALID',
        message: sentence(key),
      });
    }
    const none = { ...DEFINITION, info: { ...DEFINITION.info, inputs: [] } };
    assert.throws(() => checkInputs(none, { x: 1 }), { message: 'An X has no input “x”. It has none.' });
  });

  it('of a built-in study stand for themselves, as far as they are plain values', () => {
    const volume = builtInDefinition('Volume@tv-basicstudies-246');
    const given = { length: 3, col_prev_close: false, more: 'x' };
    assert.deepEqual(studyInputs(volume, checkInputs(volume, given)), given);
    for (const value of [null, {}, [], undefined]) {
      assert.throws(() => checkInputs(volume, { length: value }), {
        code: 'INPUT_INVALID',
        message: 'The input “length” must be a number, a text, true or false.',
      });
    }
  });
});

describe('indicator inputs on the wire', () => {
  it('are wrapped with their type, beside the script; colours keep upstream’s defaults', () => {
    const wire = studyInputs(DEFINITION, check({ in_0: 7, show: true }));
    assert.deepEqual(Object.keys(wire).slice(0, 5), ['text', 'pineId', 'pineVersion', 'in_0', 'in_1']);
    assert.deepEqual([wire.text, wire.pineId, wire.pineVersion], ['secret', 'PUB;x', '3.0']);
    assert.deepEqual(wire.in_0, { v: 7, f: true, t: 'integer' });
    assert.deepEqual(wire.in_1, { v: 'close', f: true, t: 'source' });
    assert.deepEqual(wire.in_2, { v: true, f: true, t: 'bool' });
    assert.ok(!('in_6' in wire) && !('in_14' in wire));
    assert.deepEqual(studyInputs(DEFINITION, check({ colour: '#00ff00' })).in_6, { v: '#00ff00', f: true, t: 'color' });
  });
});
