import type { QuoteChange } from '../market/quote';
import { ByteCursor, BytePattern } from './byte-cursor';
import type { SeriesData } from './messages';
import { NO_VALUE, NUMBER_FIELDS } from './quote-fields';

// Quotes and updates of a newest bar come by the thousand a second, and always look the same. What looks so is read here from
// the bytes of the message, in a third of the time of making a text of them, cutting that up, JSON.parse, and looking at what it
// gives. Whatever looks unusual in the least is refused, and read the other way: what is read here is read as it would be there.

const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;

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

/** A field, as it stands on the wire. */
interface Field {
  name: BytePattern;
  place: number;
  /** 1: the value stands as it is. */
  factor: number;
  /** What has come behind it, each with a comma: servers have an order of their own, and keep to it. */
  followers: { written: BytePattern; field: Field }[];
}

const FIELDS: readonly Field[] = NUMBER_FIELDS.map(({ wire, place, factor }) => {
  return { name: new BytePattern(`"${wire}":`), place, factor, followers: [] };
});
/** Stands before the first one. */
const BEGIN: Field = { name: new BytePattern(''), place: -1, factor: 1, followers: [] };

/**
 * The values of a quote, behind its symbol.
 * @param change is what they say, when all is read
 * @returns false when something looks unusual
 */
export function readQuote(packet: ByteCursor, end: number, change: QuoteChange): boolean {
  const { numbers } = change;
  change.clear();
  for (let field = fieldBehind(BEGIN, packet); field; field = fieldBehind(field, packet)) {
    const { place, factor } = field;
    if (!packet.number(numbers, place)) return false;
    const value = numbers[place] as number;
    if (!(Math.abs(value) < NO_VALUE)) numbers[place] = Number.NaN;
    else if (factor !== 1) numbers[place] = Math.round(value * factor);
    change.says(place);
    if (packet.next === CLOSING_BRACE) return packet.skip(QUOTE_END) && packet.at === end;
  }
  return false;
}

/** The field whose name comes next; goes behind it. */
function fieldBehind(before: Field, packet: ByteCursor): Field | null {
  const { followers } = before;
  for (let n = 0; n < followers.length; n++) {
    const { written, field } = followers[n] as Field['followers'][number];
    if (packet.skip(written)) return field;
  }
  return newFollower(before, packet);
}

/** By itself, because a function that holds another one costs memory at each call. */
function newFollower(before: Field, packet: ByteCursor): Field | null {
  const comma = before === BEGIN ? '' : ',';
  if (comma && packet.next !== COMMA) return null;
  packet.at += comma.length;
  const field = FIELDS.find(({ name }) => packet.skip(name));
  if (!field) return null;
  before.followers.push({ written: new BytePattern(comma + field.name.text), field });
  return field;
}

const BAR = new BytePattern(',{"sds_1":{"s":[{"i":');
const BAR_VALUES = new BytePattern(',"v":[');
const BAR_END = new BytePattern(']}],"ns":{"d":"","indexes":');
const NO_CHANGE = new BytePattern('"nochange"');
const NONE = new BytePattern('[]');
const TURNAROUND = new BytePattern('},"t":"s1","lbs":{"bar_close_time":');
const UPDATE_END = new BytePattern('}}}]}');

/** The numbers of an update: the bar's place, its values as they stand from time to volume, and its close time. */
const numbers = new Float64Array(8);
const VOLUME = 6;
const CLOSE_TIME = 7;

/** An update of the newest bar of the one series, and of nothing else, behind its session; null when it looks unusual. */
export function readUpdate(packet: ByteCursor, end: number): SeriesData | null {
  if (!packet.skip(BAR) || !packet.number(numbers, 0)) return null;
  if (!packet.skip(BAR_VALUES) || !packet.number(numbers, 1)) return null;
  for (let n = 2; n < VOLUME; n++) if (!numberBehindComma(packet, n)) return null;
  const hasVolume = packet.next === COMMA;
  numbers[VOLUME] = 0;
  if (hasVolume && !numberBehindComma(packet, VOLUME)) return null;
  if (!packet.skip(BAR_END) || !(packet.skip(NO_CHANGE) || packet.skip(NONE)) || !packet.skip(TURNAROUND)) return null;
  if (!packet.number(numbers, CLOSE_TIME) || !packet.skip(UPDATE_END) || packet.at !== end) return null;
  for (let n = 0; n <= CLOSE_TIME; n++) if (Math.abs(numberAt(n)) >= NO_VALUE) return null;
  const time = Math.round(numberAt(1) * 1000);
  const volume = hasVolume ? numberAt(VOLUME) : null;
  return {
    bars: [
      { place: numberAt(0), time, open: numberAt(2), high: numberAt(3), low: numberAt(4), close: numberAt(5), volume },
    ],
    closeTime: Math.round(numberAt(CLOSE_TIME) * 1000),
    turnaround: 's1',
  };
}

function numberAt(n: number): number {
  return numbers[n] as number;
}

function numberBehindComma(packet: ByteCursor, n: number): boolean {
  if (packet.next !== COMMA) return false;
  packet.at++;
  return packet.number(numbers, n);
}
