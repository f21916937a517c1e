const TILDE = 0x7e;
const LETTER_M = 0x6d;
const ZERO = 0x30;
const NINE = 0x39;
const PERIOD = 0x2e;
const MINUS = 0x2d;
const EXPONENT = 0x65;
const LOWER = 0x20;
const QUOTATION_MARK = 0x22;

/** Up to so many digits a number is the quotient of two integers that are exact, and so is exactly what JSON.parse gives. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const IN_NUMBERS: ReadonlySet<number | undefined> = new Set(Buffer.from('0123456789+-.eE'));
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A piece of ASCII that is looked for in bytes, four at a time. */
export class BytePattern {
  readonly text: string;
  readonly length: number;
  /** The first four bytes; 0 when there are fewer. */
  readonly #first: number;
  /** The last four bytes; they may overlap with those before. */
  readonly #last: number;
  /** What lies between the two, four bytes each. */
  readonly #between: readonly number[];
  /** Of a pattern that is shorter than four bytes. */
  readonly #few: readonly number[];

  constructor(text: string) {
    const bytes = Buffer.from(text, 'latin1');
    const { length } = bytes;
    this.text = text;
    this.length = length;
    this.#few = length < 4 ? [...bytes] : [];
    this.#first = length < 4 ? 0 : bytes.readInt32LE(0);
    this.#last = length < 4 ? 0 : bytes.readInt32LE(length - 4);
    this.#between = Array.from({ length: Math.max(0, (length - 5) >> 2) }, (_, n) => bytes.readInt32LE(4 * n + 4));
  }

  standsAt(view: DataView, start: number): boolean {
    const behind = start + this.length;
    if (behind > view.byteLength) return false;
    const few = this.#few;
    if (this.length < 4) {
      for (let n = 0; n < few.length; n++) if (view.getUint8(start + n) !== few[n]) return false;
      return true;
    }
    if (view.getInt32(start, true) !== this.#first || view.getInt32(behind - 4, true) !== this.#last) return false;
    const between = this.#between;
    for (let n = 0; n < between.length; n++) if (view.getInt32(start + 4 * n + 4, true) !== between[n]) return false;
    return true;
  }
}

/** In the header of a packet. */
const MOST_DIGITS = 9;

/** So many texts are kept at the most, and none that is longer. */
const MOST_TEXTS = 4_096;
const LONGEST_TEXT = 64;

/** Without escapes. */
const PLAIN_ASCII = /^[ !#-[\]-~]*$/;

/** A text that was read before. */
interface KnownText {
  text: string;
  /** With the quotation mark behind it. */
  written: BytePattern;
  /** What was read after it the last time; most often it is the same again. */
  next: KnownText | null;
}

/** By a hash of the bytes: to make a text costs more than to find one. */
const texts = new Map<number, KnownText>();
let latest: KnownText = { text: '', written: new BytePattern('"'), next: null };

/** Reads JSON of plain ASCII from bytes, step by step, without making anything but the values that are wanted. */
export class ByteCursor {
  /** Where it goes on. */
  at = 0;
  readonly bytes: Buffer;
  readonly #view: DataView;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The byte that comes next; undefined at the end. */
  get next(): number | undefined {
    return this.bytes[this.at];
  }

  /** Goes behind the pattern, if that comes next. */
  skip(pattern: BytePattern): boolean {
    if (!pattern.standsAt(this.#view, this.at)) return false;
    this.at += pattern.length;
    return true;
  }

  /** The length that a packet's header declares, `~m~<length>~m~`; goes behind it. -1 when none comes next. */
  header(): number {
    const start = this.at;
    if (!this.#mark()) return -1;
    const { bytes } = this;
    const first = this.at;
    let length = 0;
    for (let byte = bytes[first] as number; byte >= ZERO && byte <= NINE; byte = bytes[this.at] as number) {
      length = length * 10 + (byte - ZERO);
      this.at++;
    }
    const digits = this.at - first;
    if (digits > 0 && digits <= MOST_DIGITS && this.#mark()) return length;
    this.at = start;
    return -1;
  }

  #mark(): boolean {
    const { bytes, at } = this;
    if (bytes[at] !== TILDE || bytes[at + 1] !== LETTER_M || bytes[at + 2] !== TILDE) return false;
    this.at = at + 3;
    return true;
  }

  /**
   * A text whose opening quotation mark is behind already; goes behind the closing one.
   * @returns null when it is long, or not as it stands
   */
  text(): string | null {
    const { next } = latest;
    const known = next && this.skip(next.written) ? next : this.#find();
    if (!known) return null;
    latest.next = known;
    latest = known;
    return known.text;
  }

  #find(): KnownText | null {
    const { bytes, at } = this;
    let end = at;
    let hash = 0;
    for (let byte = bytes[end]; byte !== QUOTATION_MARK; byte = bytes[++end]) {
      if (byte === undefined || end - at === LONGEST_TEXT) return null;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const known = texts.get(hash);
    if (known && this.skip(known.written)) return known;
    const text = bytes.toString('latin1', at, end);
    if (!PLAIN_ASCII.test(text)) return null;
    this.at = end + 1;
    const found = { text, written: new BytePattern(`${text}"`), next: null };
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(hash, found);
    return found;
  }

  /**
   * A number, as JSON.parse would have it; goes behind it.
   * @param into where it is put, for one that is returned has to be made an object first
   * @returns false when there is none
   */
  number(into: Float64Array, place: number): boolean {
    const { bytes } = this;
    const start = this.at;
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    let at = first;
    let mantissa = 0;
    let byte = bytes[at] as number;
    while (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at] as number;
    }
    const whole = at - first;
    let decimals = 0;
    if (byte === PERIOD) {
      byte = bytes[++at] as number;
      while (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        byte = bytes[++at] as number;
      }
      decimals = at - first - whole - 1;
      if (decimals === 0) return false;
    }
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return false;
    if (whole + decimals > EXACT_DIGITS || (byte | LOWER) === EXPONENT) return this.#longNumber(into, place);
    this.at = at;
    const value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] as number);
    into[place] = negative ? -value : value;
    return true;
  }

  #longNumber(into: Float64Array, place: number): boolean {
    const { bytes, at } = this;
    let end = at;
    while (IN_NUMBERS.has(bytes[end])) end++;
    const text = bytes.toString('latin1', at, end);
    if (!NUMBER.test(text)) return false;
    this.at = end;
    into[place] = Number(text);
    return true;
  }
}
