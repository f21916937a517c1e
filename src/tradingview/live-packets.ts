import type { QuoteChange } from '../market/quote';
import { ByteCursor, BytePattern } from './byte-cursor';
import type { SeriesData } from './messages';
import { NO_VALUE, NUMBER_FIELDS } from './quote-fields';

// Quotes and updates of a newest bar come by the thousand a second, and always look the same. What looks so is read here from
// the bytes of the message, in a third of the time of making a text of them, cutting that up, JSON.parse, and looking at what it
// gives. Whatever looks unusual in the least is refused, and read the other way: what is read here is read as it would be there.

const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;

const QUOTE = new BytePattern('{"m":"qsd","p":["');
const UPDATE = new BytePattern('{"m":"du","p":["');

/** The packets with which a message begins, as long as each is whole beyond doubt. */
export class LiveFrame {
  readonly cursor: ByteCursor;
  readonly #bytes: Buffer;
  /** Up to here all was taken. */
  #taken = 0;
  /** Where the packet ends that `next` has found. */
  #end = 0;
  /** Where the one behind it begins, and how long it is to be; -1: there is none. */
  #start: number;
  #length: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.cursor = new ByteCursor(bytes);
    this.#length = this.cursor.header();
    this.#start = this.cursor.at;
  }

  /** Where the packet ends. */
  get end(): number {
    return this.#end;
  }

  /** Puts the cursor on the next packet; false when there is none whose length is right, counted in bytes. */
  next(): boolean {
    const { cursor } = this;
    if (this.#length === -1) return false;
    const start = this.#start;
    this.#end = start + this.#length;
    cursor.at = this.#end;
    this.#length = cursor.header();
    this.#start = cursor.at;
    cursor.at = start;
    return this.#length !== -1 || this.#end === this.#bytes.length;
  }

  /** The packet is done with. */
  accept(): void {
    this.#taken = this.#end;
  }

  /** What was not taken, as text. */
  rest(): string {
    return this.#taken === this.#bytes.length ? '' : this.#bytes.toString('utf8', this.#taken);
  }
}

/** The session of a packet of live data; null when it is something else, or looks unusual. */
export function liveSession(packet: ByteCursor): string | null {
  return packet.skip(QUOTE) || packet.skip(UPDATE) ? packet.text() : null;
}

const SYMBOL = new BytePattern(',{"n":"');
const VALUES = new BytePattern(',"s":"ok","v":{');
const QUOTE_END = new BytePattern('}}]}');

/** The symbol of a quote that is nothing but values, behind its session; null when it looks unusual. */
export function quotedSymbol(packet: ByteCursor): string | null {
  if (!packet.skip(SYMBOL)) return null;
  const symbol = packet.text();
  return packet.skip(VALUES) ? symbol : null;
}

/** A field by its name on the wire. */
interface Field {
  name: BytePattern;
  place: number;
  /** 1: the value stands as it is. */
  factor: number;
  /** What came behind it the last time: servers have an order of their own, and keep to it. */
  follower: Field | null;
}

const FIELDS: readonly Field[] = NUMBER_FIELDS.map(({ wire, place, factor }) => {
  return { name: new BytePattern(`"${wire}":`), place, factor, follower: null };
});
const BEFORE_FIRST: Field = { name: new BytePattern(''), place: -1, factor: 1, follower: null };

/**
 * The values of a quote, behind its symbol.
 * @param change is what they say, when all is read
 * @returns false when something looks unusual
 */
export function readQuote(packet: ByteCursor, end: number, change: QuoteChange): boolean {
  change.clear();
  let field = BEFORE_FIRST;
  while (packet.next !== CLOSING_BRACE) {
    if (field !== BEFORE_FIRST) {
      if (packet.next !== COMMA) return false;
      packet.at++;
    }
    const next = fieldBehind(field, packet);
    if (!next) return false;
    field = next;
    const value = packet.number();
    if (Number.isNaN(value)) return false;
    const known = Math.abs(value) < NO_VALUE ? value : Number.NaN;
    change.setNumber(field.place, field.factor === 1 ? known : Math.round(known * field.factor));
  }
  return packet.skip(QUOTE_END) && packet.at === end;
}

/** The field whose name comes next. */
function fieldBehind(before: Field, packet: ByteCursor): Field | null {
  if (before.follower && packet.skip(before.follower.name)) return before.follower;
  before.follower = FIELDS.find(({ name }) => packet.skip(name)) ?? null;
  return before.follower;
}

const BAR = new BytePattern(',{"sds_1":{"s":[{"i":');
const BAR_VALUES = new BytePattern(',"v":[');
const BAR_END = new BytePattern(']}],"ns":{"d":"","indexes":');
const NO_CHANGE = new BytePattern('"nochange"');
const NONE = new BytePattern('[]');
const TURNAROUND = new BytePattern('},"t":"s1","lbs":{"bar_close_time":');
const UPDATE_END = new BytePattern('}}}]}');

/** An update of the newest bar of the one series, and of nothing else, behind its session; null when it looks unusual. */
export function readUpdate(packet: ByteCursor, end: number): SeriesData | null {
  if (!packet.skip(BAR)) return null;
  const place = packet.number();
  if (!packet.skip(BAR_VALUES)) return null;
  const time = packet.number();
  const open = numberBehindComma(packet);
  const high = numberBehindComma(packet);
  const low = numberBehindComma(packet);
  const close = numberBehindComma(packet);
  const volume = packet.next === CLOSING_BRACKET ? null : numberBehindComma(packet);
  if (!packet.skip(BAR_END) || !(packet.skip(NO_CHANGE) || packet.skip(NONE)) || !packet.skip(TURNAROUND)) return null;
  const closeTime = packet.number();
  if (!packet.skip(UPDATE_END) || packet.at !== end) return null;
  // What is no number makes the sum none; what stands for no value makes it enormous.
  const sum = Math.abs(place) + Math.abs(time) + Math.abs(open) + Math.abs(high) + Math.abs(low) + Math.abs(close);
  if (!(sum + Math.abs(volume ?? 0) + Math.abs(closeTime) < NO_VALUE)) return null;
  const bar = { place, time: Math.round(time * 1000), open, high, low, close, volume };
  return { bars: [bar], closeTime: Math.round(closeTime * 1000), turnaround: 's1' };
}

function numberBehindComma(packet: ByteCursor): number {
  if (packet.next !== COMMA) return Number.NaN;
  packet.at++;
  return packet.number();
}
