import fc from 'fast-check';
import { encodePacket } from '../../src/tradingview/framing';

/** Methods that a server may say, those that are said of a session first. */
const METHODS = [
  'du',
  'timescale_update',
  'qsd',
  'series_completed',
  'series_loading',
  'series_error',
  'symbol_resolved',
  'symbol_error',
  'study_completed',
  'study_error',
  'study_loading',
  'quote_completed',
  'critical_error',
  'series_timeframe',
  'tickmark_update',
  '__proto__',
  'constructor',
  'toString',
  '',
];

const NUMBERS = [0, -0, -1, 1, 0.1, 1e15, 1e100, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 8.64e15];
const TEXTS = [
  '',
  'NaN',
  'Infinity',
  '1e400',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '\ud800',
  '\u202e',
  '~m~5~m~',
  'x'.repeat(5_000),
];
const NAMES = [
  's',
  'st',
  'v',
  'i',
  't',
  'n',
  'm',
  'lbs',
  'bar_close_time',
  'index_diff',
  'lp',
  'ns',
  '__proto__',
  'constructor',
  'length',
];

/** How deep `deep` nests; a parser that recurses would run out of stack. */
const DEEP = 20_000;

/** Any JSON, as a text: `__proto__` is a key like another there, and nothing is normalised on the way. */
function jsonText(ids: readonly string[]): fc.Arbitrary<string> {
  const scalar = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...NUMBERS).map((number) => (Object.is(number, -0) ? '-0' : String(number))),
    },
    { weight: 2, arbitrary: fc.constantFrom(...TEXTS, ...ids).map((text) => JSON.stringify(text)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('null', 'true', 'false', '1E400', '-1E400', '123456789012345678901234567890'),
    },
  );
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 5 }).map((parts) => `[${parts.join()}]`),
      fc
        .array(fc.tuple(fc.constantFrom(...NAMES, ...ids), tie('value')), { maxLength: 5 })
        .map((parts) => `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${part}`).join()}}`),
    ),
  }));
  return value;
}

/** A data message that is nearly right: bars, points and quotes with something wrong at any place. */
function nearlyRight(ids: readonly string[]): fc.Arbitrary<string> {
  const any = jsonText(ids);
  const number = fc.constantFrom(...NUMBERS).map(String);
  const point = fc
    .tuple(fc.oneof(number, any), fc.array(fc.oneof({ weight: 4, arbitrary: number }, any), { maxLength: 7 }))
    .map(([place, values]) => `{"i":${place},"v":[${values.join()}]}`);
  const part = fc
    .tuple(fc.constantFrom('s', 'st'), fc.array(fc.oneof({ weight: 4, arbitrary: point }, any), { maxLength: 6 }), any)
    .map(([name, points, more]) => `{"${name}":[${points.join()}],"t":"s1","lbs":{"bar_close_time":${more}}}`);
  const id = fc.constantFrom(...ids, 'sds_1', 'st1').map((text) => JSON.stringify(text));
  const data = fc
    .tuple(fc.constantFrom('du', 'timescale_update'), id, id, part, any)
    .map(([method, session, slot, series, more]) => `{"m":"${method}","p":[${session},{${slot}:${series}},${more}]}`);
  const quote = fc
    .tuple(id, id, fc.constantFrom('ok', 'error', 'permission_denied'), any)
    .map(
      ([session, symbol, status, fields]) =>
        `{"m":"qsd","p":[${session},{"n":${symbol},"s":"${status}","v":${fields}}]}`,
    );
  return fc.oneof(data, quote);
}

/** Packets that no server ought to send. @param ids of sessions and slots that the client knows, besides others */
function maliciousPayload(ids: readonly string[]): fc.Arbitrary<string> {
  const any = jsonText(ids);
  const message = fc
    .tuple(fc.constantFrom(...METHODS), fc.array(any, { maxLength: 6 }))
    .map(([method, params]) => `{"m":${JSON.stringify(method)},"p":[${params.join()}]}`);
  const aimed = fc
    .tuple(fc.constantFrom(...METHODS), fc.constantFrom(...ids), fc.array(any, { maxLength: 5 }))
    .map(([method, id, params]) => `{"m":"${method}","p":[${[JSON.stringify(id), ...params].join()}]}`);
  const deep = fc.tuple(fc.constantFrom(...ids), fc.constantFrom('[', '{"a":')).map(([id, open]) => {
    const nested = open.repeat(DEEP) + (open === '[' ? ']' : '1}').repeat(open === '[' ? DEEP : 1);
    return `{"m":"du","p":[${JSON.stringify(id)},${nested}${open === '[' ? '' : '}'.repeat(DEEP - 1)}]}`;
  });
  return fc.oneof(
    { weight: 6, arbitrary: aimed },
    { weight: 6, arbitrary: nearlyRight(ids) },
    { weight: 3, arbitrary: message },
    { weight: 1, arbitrary: any },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom('~h~', '~h~x', '~h~99999999999999999999', '~j~{', '{"m":', '{}', 'null') },
  );
}

/** One message of the socket: packets, whole, cut off, with lengths that lie, or amid rubbish. */
export function maliciousFrame(ids: readonly string[]): fc.Arbitrary<string> {
  const payload = maliciousPayload(ids);
  const whole = fc
    .array(payload, { minLength: 1, maxLength: 4 })
    .map((payloads) => payloads.map(encodePacket).join(''));
  const length = fc.constantFrom(0, 1, 5, 999_999_999);
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: fc.tuple(whole, fc.nat(200)).map(([text, end]) => text.slice(0, -end - 1)) },
    { weight: 1, arbitrary: fc.tuple(payload, length).map(([text, lie]) => `~m~${lie}~m~${text}`) },
    { weight: 1, arbitrary: fc.tuple(fc.string(), whole, fc.string()).map((parts) => parts.join('')) },
  );
}
