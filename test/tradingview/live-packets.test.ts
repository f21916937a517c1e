import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MergedQuote, QuoteChange } from '../../src/market/quote';
import { decodeFrame, encodePacket } from '../../src/tradingview/framing';
import { LiveFrame, liveSession, quotedSymbol, readQuote, readUpdate } from '../../src/tradingview/live-packets';
import { readPacket, type ServerMessage } from '../../src/tradingview/messages';
import { readWireFields } from '../../src/tradingview/quote-fields';
import { literalFrames, needs, recordedSession } from '../support/recorded-frames';

/** As many packets as the issue of speed wants, when asked for. */
const RUNS = Number(process.env.LIVE_PACKETS ?? 20_000);

type Read = { session: string; symbol?: string; quote?: object; update?: object } | 'refused' | 'over';

/** What the fast way makes of a packet. */
function readFast(payload: string): Read {
  const frame = new LiveFrame(Buffer.from(encodePacket(payload)));
  if (!frame.next()) return 'refused';
  const { cursor, end } = frame;
  const session = liveSession(cursor);
  if (session === null) return 'refused';
  const at = cursor.at;
  const symbol = quotedSymbol(cursor);
  if (symbol !== null) {
    const change = new QuoteChange();
    const quote = new MergedQuote(symbol);
    if (!readQuote(cursor, end, change)) return 'refused';
    change.mergeInto(quote);
    return { session, symbol, quote: quote.copy() };
  }
  cursor.at = at;
  const update = readUpdate(cursor, end);
  return update ? { session, update } : 'refused';
}

/** The same in the usual way. */
function readSlow(payload: string): Read {
  const packet = readPacket(payload);
  if (packet.kind !== 'message') return 'refused';
  const message: ServerMessage = packet.message;
  if (message.method === 'qsd' && message.status === 'ok') {
    const change = new QuoteChange();
    const quote = new MergedQuote(message.symbol);
    readWireFields(message.fields, change);
    change.mergeInto(quote);
    return { session: message.session, symbol: message.symbol, quote: quote.copy() };
  }
  if (message.method !== 'du' || message.studies.size > 0 || message.shifted) return 'refused';
  const update = message.series.get('sds_1');
  return update && message.series.size === 1 ? { session: message.session, update } : 'refused';
}

/** What is taken fast must be what JSON.parse would give. @returns whether it was taken */
function agrees(payload: string): boolean {
  const fast = readFast(payload);
  if (fast === 'refused') return false;
  assert.deepEqual(fast, readSlow(payload), payload);
  return true;
}

const digits = (max: number) => fc.stringMatching(new RegExp(`^\\d{1,${max}}$`));
const rarely = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: unusual });
/** Numbers as they are written, good ones and such as only look so. */
const written = rarely(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.nat(1e6), fc.nat(1e4)).map(([whole, part]) => `${whole}.${part}`),
    fc.integer().map(String),
    fc.tuple(fc.nat(99), fc.constantFrom('e', 'E', 'e+', 'e-', 'E-'), digits(4)).map((parts) => parts.join('')),
  ),
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('', '-', '+', '0', '-0'),
        digits(20),
        fc.constantFrom('', '.', '.0', '.5', '.123456789012'),
      )
      .map((parts) => parts.join('')),
    fc.tuple(digits(17), fc.constantFrom('e', 'E', 'e+', 'e-', 'E-'), digits(4)).map((parts) => parts.join('')),
    fc.constantFrom('1e+100', '1e99', '-1e100', 'null', '"1"', 'true', '', '-', '.5', '1.', '00', '0x1', '1e', '1e+'),
  ),
);
const name = rarely(
  fc.constantFrom(
    ...['lp', 'lp_time', 'ch', 'chp', 'volume', 'bid', 'ask', 'bid_size', 'ask_size', 'open_price', 'prev_close_price'],
  ),
  fc.constantFrom('currency_code', '__proto__', 'lp ', 'l', 'update_mode', 'volume_', 'constructor', 'l\\u0070'),
);
const symbol = rarely(
  fc.constantFrom('BINANCE:BTCUSDT', 'NSE:M&M', 'KRX:005930'),
  fc.oneof(
    fc.constantFrom('A\\u003aB', '={\\"symbol\\":\\"X\\"}', 'Ä:B', '', 'A'.repeat(200)),
    fc.string({ maxLength: 8 }),
  ),
);
const qsd = fc
  .record({
    symbol,
    status: rarely(fc.constant('ok'), fc.constant('error')),
    fields: fc.array(fc.tuple(name, written), { maxLength: 9 }),
  })
  .map(({ symbol, status, fields }) => {
    const values = fields.map(([key, value]) => `"${key}":${value}`).join(',');
    return `{"m":"qsd","p":["qs_abcdefghijkl",{"n":"${symbol}","s":"${status}","v":{${values}}}]}`;
  });
const du = fc
  .record({
    place: written,
    values: rarely(fc.array(written, { minLength: 5, maxLength: 6 }), fc.array(written, { maxLength: 8 })),
    indexes: rarely(fc.constantFrom('"nochange"', '[]'), fc.constantFrom('[1]', '""')),
    turnaround: rarely(fc.constant('s1'), fc.constantFrom('s2', 's1_st1')),
    closeTime: written,
  })
  .map(({ place, values, indexes, turnaround, closeTime }) => {
    const series = `{"s":[{"i":${place},"v":[${values}]}],"ns":{"d":"","indexes":${indexes}},"t":"${turnaround}","lbs":{"bar_close_time":${closeTime}}}`;
    return `{"m":"du","p":["cs_abcdefghijkl",{"sds_1":${series}}]}`;
  });
/** Whole, or with something done to it at one place. */
const packet = fc
  .tuple(fc.oneof(qsd, du), fc.nat(), rarely(fc.constant(''), fc.constantFrom('cut', 'put', 'drop', 'blank', 'twice')))
  .map(([text, where, what]) => {
    const at = where % (text.length + 1);
    if (what === 'cut') return text.slice(0, at);
    if (what === 'put') return `${text.slice(0, at)}${'{}[]",:\\0e9~'[where % 11]}${text.slice(at)}`;
    if (what === 'drop') return text.slice(0, at) + text.slice(at + 1);
    if (what === 'blank') return `${text.slice(0, at)} ${text.slice(at)}`;
    return what === 'twice' ? text + text : text;
  });

describe('live packets', () => {
  const ok = '{"m":"qsd","p":["qs_1",{"n":"A:B","s":"ok","v":{"lp":1.5,"lp_time":1734082521,"chp":-0.05}}]}';

  it('are taken as JSON.parse would have them, or not at all', function () {
    this.timeout(RUNS);
    let taken = 0;
    fc.assert(
      fc.property(packet, (payload) => {
        if (agrees(payload)) taken++;
      }),
      { numRuns: RUNS },
    );
    assert.ok(taken > RUNS / 4, `${taken} were taken`);
  });

  it('of the usual shape are taken', () => {
    assert.ok(agrees(ok));
    for (const indexes of ['"nochange"', '[]'])
      for (const volume of ['', ',0.5'])
        assert.ok(
          agrees(
            `{"m":"du","p":["cs_1",{"sds_1":{"s":[{"i":9,"v":[1734082440.0,3.5,4,3,3.25${volume}]}],"ns":{"d":"","indexes":${indexes}},"t":"s1","lbs":{"bar_close_time":1734082500}}}]}`,
          ),
        );
  });

  it('are taken as they were recorded', function () {
    const literal = needs(literalFrames(), this).map(({ wire }) => wire);
    const session = needs(recordedSession(), this).map(({ wire }) => wire);
    const packets = [...literal, ...session].flatMap((wire) => decodeFrame(wire).packets);
    const taken = packets.filter(agrees);
    const usual = packets.filter((payload) => /^{"m":"(qsd.*"s":"ok","v":{"volume":|du.*{"sds_1":{"s")/.test(payload));
    assert.ok(usual.length > 0);
    assert.deepEqual(taken, usual);
  });

  it('are taken in their order from the beginning of a message, up to what is none', () => {
    const packets = [ok, ok.replace('1.5', '2'), '~h~1', ok];
    const frame = new LiveFrame(Buffer.from(packets.map(encodePacket).join('')));
    const taken: (string | null)[] = [];
    while (frame.next()) {
      const session = liveSession(frame.cursor);
      if (session === null) break;
      taken.push(session);
      frame.accept();
    }
    assert.deepEqual(taken, ['qs_1', 'qs_1']);
    assert.equal(frame.rest(), packets.slice(2).map(encodePacket).join(''));
  });

  it('are left alone where a length is wrong, or counts something other than bytes', () => {
    for (const text of [
      `~m~${ok.length + 1}~m~${ok}`,
      `~m~${ok.length - 1}~m~${ok}`,
      `~m~${ok.length}~m~${ok}x`,
      `~m~${ok.length}~m~${ok}~m~x`,
      `~m~00000000${ok.length}~m~${ok}`,
      `~m~~m~${ok}`,
      `x${encodePacket(ok)}`,
      encodePacket(ok.replace('A:B', 'Ä:B')),
      '~m~',
      '',
    ]) {
      const frame = new LiveFrame(Buffer.from(text));
      assert.equal(
        frame.next() && liveSession(frame.cursor) !== null && quotedSymbol(frame.cursor) !== null,
        false,
        text,
      );
      assert.equal(frame.rest(), text);
    }
  });
});
