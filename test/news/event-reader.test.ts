import assert from 'node:assert/strict';
import { textOf } from '../../src/feed/http-stream-transport';
import { eventReader } from '../../src/news/event-reader';
import { readMessage } from '../../src/news/messages';

const NOW = Date.UTC(2026, 4, 13);
const ARTICLES = [
  { title: '비트코인 😀 <b>tags</b>', link: 'https://news.invalid/1', pubDate: '2026-05-13T10:00:00Z', sourceKey: 'a' },
  { title: '=SUM(A1)\u0007\u202e', link: 'https://news.invalid/2', description: 'line\nbreak', category: 'defi' },
];

/** As the server writes it, and in every other way that the standard allows. */
const PIECES = [
  ': a comment\n',
  'event: connected\ndata: {"message": "Connected"}\n\n',
  ':\n\n',
  `event: news\nid: 7\nretry: 5000\n${JSON.stringify({ articles: ARTICLES }, null, 1)
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`,
  'event:heartbeat\ndata:{}\nnonsense\n\n',
  'event: without data\n\n',
  `event: breaking\ndata: ${JSON.stringify({ articles: [ARTICLES[0]] })}\n\n`,
  'data: without a name\n\n',
  'event: close\ndata: {"reason": "max_duration_reached"}\n\n',
];

function read(parts: readonly Uint8Array[]): unknown[] {
  const told: unknown[] = [];
  const reader = eventReader(
    (name, data) => told.push([name, readMessage(name, data, NOW)]),
    () => assert.fail('it has no end'),
  );
  const text = textOf(reader);
  for (const part of parts) text(part);
  return told;
}

describe('a stream of events', () => {
  const plain = read([Buffer.from(PIECES.join(''))]);

  it('is read', () => {
    assert.deepEqual(
      plain.map((event) => (event as string[])[0]),
      ['connected', 'news', 'heartbeat', 'breaking', 'message', 'close'],
    );
    const [, news] = plain as [string, { articles: { title: string }[] }][];
    assert.deepEqual(
      news?.[1].articles.map(({ title }) => title),
      ARTICLES.map(({ title }) => title).reverse(),
    );
  });

  for (const [name, lineEnd] of Object.entries({ LF: '\n', CRLF: '\r\n', CR: '\r' })) {
    for (const mark of ['', '\ufeff']) {
      it(`says the same wherever it is cut, with ${name}${mark && ' and a mark of the byte order'}`, () => {
        const bytes = Buffer.from(mark + PIECES.join('').replaceAll('\n', lineEnd));
        for (let place = 0; place <= bytes.length; place++) {
          assert.deepEqual(read([bytes.subarray(0, place), bytes.subarray(place)]), plain, `at ${place}`);
        }
        assert.deepEqual(read([...bytes].map((byte) => Uint8Array.of(byte))), plain, 'byte by byte');
      });
    }
  }

  it('is told without delay where lines end in a carriage return alone', () => {
    const names: string[] = [];
    const reader = eventReader((name) => names.push(name), assert.fail);
    reader('event: heartbeat\rdata: {}\r\r');
    assert.deepEqual(names, ['heartbeat']);
    reader('\nevent: close\rdata: {}\r\r');
    assert.deepEqual(names, ['heartbeat', 'close']);
  });

  it('that has an event without an end is given up, once', () => {
    let overflows = 0;
    const reader = eventReader(assert.fail, () => overflows++);
    for (let megabytes = 0; megabytes < 3; megabytes++) reader(`data: ${'x'.repeat(1024 * 1024)}`);
    assert.equal(overflows, 1);
  });
});
