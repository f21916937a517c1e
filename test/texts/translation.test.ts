import assert from 'node:assert/strict';
import { readMarkup } from './markup';
import { catalogueOf, filesOf, helpOf, LANGUAGES, REFERENCE, TRANSLATIONS, TYPES } from './palette';
import { compareCatalogues, compareHelp } from './translation';

describe('languages', () => {
  it('have texts and help for each node, and nothing else', () => {
    const wanted = TYPES.flatMap((type) => [`${type}.html`, `${type}.json`]).sort();
    assert.ok(TYPES.length >= 6 && LANGUAGES.includes(REFERENCE));
    for (const language of LANGUAGES) assert.deepEqual(filesOf(language), wanted, language);
  });

  for (const type of TYPES) {
    it(`leave no text of ${type} empty`, () => {
      for (const language of LANGUAGES) {
        for (const [key, text] of Object.entries(catalogueOf(type, language))) {
          assert.ok(typeof text === 'string' && text.trim() !== '', `${language}: ${key}`);
        }
      }
    });

    it(`say all of ${type} that ${REFERENCE} says`, () => {
      for (const language of TRANSLATIONS) {
        const [reference, other] = [REFERENCE, language].map((language) => ({
          help: helpOf(type, language),
          labels: catalogueOf(type, language),
        })) as [Parameters<typeof compareHelp>[0], Parameters<typeof compareHelp>[1]];
        assert.deepEqual(compareCatalogues(reference.labels, other.labels), [], `${language}/${type}.json`);
        assert.deepEqual(compareHelp(reference, other), [], `${language}/${type}.html`);
      }
    });
  }
});

describe('a translation', () => {
  const texts = { 'label.name': 'Name', 'error.number': 'Enter a number of at least __min__.' };
  const german = { 'label.name': 'Name', 'error.number': 'Gib eine Zahl ab __min__ ein.' };

  it('of a catalogue is noticed where it leaves something out', () => {
    const problems = (changes: object) => compareCatalogues(texts, { ...german, ...changes });
    assert.deepEqual(problems({}), []);
    assert.deepEqual(compareCatalogues(texts, { 'label.name': 'Name' }), ['error.number is missing']);
    assert.deepEqual(problems({ 'label.more': 'Mehr' }), ['label.more is not in the reference']);
    assert.deepEqual(problems({ 'label.name': ' ' }), ['label.name is empty']);
    assert.deepEqual(problems({ 'error.number': 'Gib eine Zahl ein.' }), ['error.number has other placeholders']);
    assert.deepEqual(problems({ 'error.number': texts['error.number'] }), ['error.number is not translated']);
  });

  const help = `<p>Sends the candles of a symbol.</p><h3>Properties</h3><dl><dt>Symbol <span class="t">string</span></dt>
    <dd>one such as <code>A:B</code> or <code>C:D</code>.</dd></dl><pre>{"a": 1}</pre>`;
  const hilfe = `<p>Sendet die Kerzen eines Symbols.</p><h3>Eigenschaften</h3><dl><dt>Kürzel <span class="t">Text</span></dt>
    <dd><code>C:D</code> zum Beispiel, oder <code>A:B</code>.</dd></dl><pre>{"a": 1}</pre>`;
  const problems = (from: string, to: string) =>
    compareHelp(
      { help: readMarkup(help), labels: { 'label.symbol': 'Symbol' } },
      { help: readMarkup(hilfe.replace(from, to)), labels: { 'label.symbol': 'Kürzel' } },
    );

  it('of a help text is noticed where it differs in more than the language', () => {
    assert.deepEqual(problems('', ''), []);
    assert.match(problems('<p>Sendet die Kerzen eines Symbols.</p>', '').join(), /block 1, <p>.*is <h3>/);
    assert.match(problems('<pre>{"a": 1}</pre>', '').join(), /<pre>.*is <missing>/);
    assert.match(problems('</pre>', '</pre><p>Mehr.</p>').join(), /<p> at the end is too much/);
    assert.match(problems('"a": 1', '"a": 2').join(), /the sample .* differs/);
    assert.match(problems('A:B', 'A:C').join(), /other names: A:C C:D, not A:B C:D/);
    assert.match(problems('Kürzel', 'Zeichen').join(), /the term “Zeichen” must be “Kürzel”/);
    assert.match(problems('Sendet die Kerzen eines Symbols.', '').join(), /<p> is empty/);
    assert.match(
      problems('Sendet die Kerzen eines Symbols.', 'Sends the candles of a symbol.').join(),
      /not translated/,
    );
  });

  it('must be well-formed', () => {
    assert.throws(() => readMarkup('<p>a</b></p>'), /<\/b> closes what was not opened last/);
    assert.throws(() => readMarkup('<ul><li>a</ul>'), /<\/ul> closes/);
    assert.throws(() => readMarkup('<p>a'), /<p> is not closed/);
    assert.throws(() => readMarkup('<p>a < b</p>'), /A < stands alone/);
    assert.throws(() => readMarkup('<p>R&D</p>'), /&D is no entity/);
  });
});
