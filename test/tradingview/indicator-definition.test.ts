import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtInDefinition, isBuiltIn, readDefinition } from '../../src/tradingview/indicator-definition';
import { needs } from '../support/recorded-frames';
import { recordingPath } from '../support/recording';

/** An answer of `translate`, as far as it is read. */
const answer = (meta: Record<string, unknown> = {}, result: Record<string, unknown> = {}) => ({
  success: true,
  result: {
    ilTemplate: 'secret',
    metaInfo: { id: 'Script$X@tv-scripting-101', description: 'An X', ...meta },
    ...result,
  },
});
const read = (...parts: Parameters<typeof answer>) => readDefinition('PUB;x', '7.0', answer(...parts));

describe('indicator definition', () => {
  it('is read from what pine-facade says', () => {
    const definition = read({
      pine: { version: '3.0' },
      inputs: [
        { id: 'text', type: 'text', defval: 'secret', isHidden: true, name: 'ILScript' },
        { id: 'in_0', type: 'integer', defval: 14, min: 1, max: 1e12, name: 'Length', isFake: true },
        { id: 'in_1', type: 'float', defval: 2, min: 0.5, max: 50, step: 0.5, name: 'Factor' },
        { id: 'in_2', type: 'text', defval: 'A', options: ['A', 'B', null, {}], name: '' },
        { id: 'in_3', type: 'bool', defval: false, name: 'Show', options: [] },
        { id: '__profile', type: 'bool', defval: false, name: '' },
      ],
      plots: [
        { id: 'plot_0', type: 'line' },
        { id: 'plot_1', type: 'colorer', target: 'plot_0' },
        { id: 'plot_2', type: 'alertcondition' },
      ],
      styles: { plot_0: { title: 'Line' }, plot_2: { title: 'Alarm' } },
    });
    assert.deepEqual(definition, {
      info: {
        id: 'PUB;x',
        version: '3.0',
        name: 'An X',
        inputs: [
          { id: 'in_0', name: 'Length', type: 'integer', default: 14, min: 1, max: 1e12 },
          { id: 'in_1', name: 'Factor', type: 'float', default: 2, min: 0.5, max: 50, step: 0.5 },
          { id: 'in_2', name: 'in_2', type: 'text', default: 'A', options: ['A', 'B'] },
          { id: 'in_3', name: 'Show', type: 'bool', default: false },
        ],
        plots: [
          { id: 'plot_0', title: 'Line', type: 'line' },
          { id: 'plot_1', title: 'Plot', type: 'colorer' },
          { id: 'plot_2', title: 'Alarm', type: 'alertcondition' },
        ],
      },
      plots: [
        { id: 'plot_0', title: 'Line', role: 'value' },
        { id: 'plot_1', title: 'Plot', role: 'style' },
        { id: 'plot_2', title: 'Alarm', role: 'alert' },
      ],
      studyId: 'Script@tv-scripting-101!',
      script: 'secret',
    });
  });

  it('numbers titles that repeat, among values and among alerts each for itself', () => {
    const plots = ['line', 'colorer', 'line', 'shapes', 'alertcondition', 'alertcondition', 'line'].map((type, n) => ({
      id: `plot_${n}`,
      type,
    }));
    const styles = { plot_0: { title: 'A' }, plot_3: { title: 'A' }, plot_4: { title: 'A' }, plot_5: { title: 'A' } };
    assert.deepEqual(
      read({ plots, styles })?.plots.map(({ title, role }) => [title, role]),
      [
        ['A', 'value'],
        ['Plot', 'style'],
        ['Plot', 'value'],
        ['A (2)', 'value'],
        ['A', 'alert'],
        ['A (2)', 'alert'],
        ['Plot (2)', 'value'],
      ],
    );
  });

  it('knows what a plot is for', () => {
    const roles = (type: string) => read({ plots: [{ id: 'p', type }] })?.plots[0]?.role;
    const types = {
      value: ['line', 'shapes', 'chars', 'arrows', 'ohlc_open', 'something new', undefined],
      style: ['colorer', 'bg_colorer', 'bar_colorer', 'wick_colorer', 'dataoffset'],
      alert: ['alertcondition'],
    };
    for (const [role, all] of Object.entries(types))
      for (const type of all) assert.equal(roles(type as string), role, type);
  });

  it('tells strategies from other scripts', () => {
    assert.equal(read({ id: 'StrategyScript$PUB;x@tv-scripting-101' })?.studyId, 'StrategyScript@tv-scripting-101!');
    assert.equal(read({ id: undefined })?.studyId, 'Script@tv-scripting-101!');
  });

  it('finds the script in the first input, too; without one there is no definition', () => {
    assert.equal(read({ inputs: [{ id: 'text', defval: 'own' }] }, { ilTemplate: undefined })?.script, 'own');
    assert.equal(read({}, { ilTemplate: undefined }), null);
  });

  it('is named somehow', () => {
    assert.equal(read({ description: '', shortDescription: 'Short' })?.info.name, 'Short');
    assert.equal(read({ description: 7 })?.info.name, 'PUB;x');
  });

  it('gets over whatever is not as it should be', () => {
    const odd = [null, 7, 'x', [], {}, true];
    for (const one of odd) {
      assert.equal(readDefinition('PUB;x', '7.0', one), null);
      assert.equal(readDefinition('PUB;x', '7.0', { result: one }), null);
      const definition = read({ inputs: one, plots: one, styles: one, pine: one });
      assert.deepEqual([definition?.info.version, definition?.info.inputs, definition?.plots], ['7.0', [], []]);
    }
    const definition = read({
      inputs: [
        ...odd,
        { id: 7, type: 'integer' },
        { id: 'in_0' },
        { id: '../x', type: 'text' },
        { id: 'in_1', type: 'integer', defval: {}, min: '1', max: null, options: 7 },
      ],
      plots: [...odd, { id: 7, type: 7 }],
      styles: { plot_1: null, constructor: { title: 'x' } },
    });
    assert.deepEqual(definition?.info.inputs, [{ id: 'in_1', name: 'in_1', type: 'integer', default: null }]);
    assert.deepEqual(definition?.plots, [
      { id: 'plot_0', title: 'Plot', role: 'value' },
      { id: 'plot_1', title: 'Plot (2)', role: 'value' },
    ]);
    const names = read({ plots: [{ id: '__proto__' }, { id: 'constructor' }] })?.plots.map(({ title }) => title);
    assert.deepEqual(names, ['Plot', 'Plot (2)']);
  });

  it('of RSI is as recorded', function () {
    const path = needs(recordingPath('translate-std-rsi.abridged.json'), this);
    const definition = readDefinition('STD;RSI', 'last', JSON.parse(readFileSync(path, 'utf8')));
    assert.ok(definition);
    const { info, plots, studyId } = definition;
    assert.deepEqual(
      [info.name, info.version, studyId],
      ['Relative Strength Index', '45.0', 'Script@tv-scripting-101!'],
    );
    assert.deepEqual(
      info.inputs.map(({ id, name, type, default: value }) => [id, name, type, value]),
      [
        ['in_0', 'RSI Length', 'integer', 14],
        ['in_1', 'Source', 'source', 'close'],
        ['in_2', 'Calculate Divergence', 'bool', false],
        ['in_3', 'Type', 'text', 'SMA'],
        ['in_4', 'Length', 'integer', 14],
        ['in_5', 'BB StdDev', 'float', 2],
        ['in_6', 'Timeframe', 'resolution', ''],
        ['in_7', 'Wait for timeframe closes', 'bool', true],
      ],
    );
    assert.deepEqual(
      plots.filter(({ role }) => role === 'value').map(({ title }) => title),
      [
        'RSI',
        'Plot',
        'RSI-based MA',
        'Upper Bollinger Band',
        'Lower Bollinger Band',
        'Regular Bullish',
        'Regular Bullish Label',
        'Regular Bearish',
        'Regular Bearish Label',
      ],
    );
    assert.deepEqual(
      plots.filter(({ role }) => role === 'alert').map(({ title }) => title),
      ['Regular Bullish Divergence', 'Regular Bearish Divergence'],
    );
  });
});

describe('built-in studies', () => {
  it('are known by their full id', () => {
    for (const id of ['Volume@tv-basicstudies-246', 'VbPFixed@tv-volumebyprice-53!']) assert.ok(isBuiltIn(id), id);
    for (const id of [
      'Volume',
      'Volume@tv',
      'Volume@tv-basicstudies-',
      '@tv-basicstudies-1',
      'STD;RSI',
      'a b@tv-x-1',
    ]) {
      assert.ok(!isBuiltIn(id), id);
    }
  });

  it('have no inputs to check, and the plots that are known', () => {
    const { info, plots, studyId, script } = builtInDefinition('Volume@tv-basicstudies-246');
    assert.deepEqual([info.name, info.version, info.inputs, studyId, script], ['Volume', '', [], info.id, null]);
    assert.deepEqual(
      plots.map(({ role }) => role),
      ['value', 'style', 'value'],
    );
    assert.deepEqual(builtInDefinition('constructor@tv-x-1').plots, []);
  });
});
