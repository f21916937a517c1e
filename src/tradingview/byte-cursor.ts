const TILDE = 0x7e;
const LETTER_M = 0x6d;
const ZERO = 0x30;
const PERIOD = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const EXPONENT = 0x65;
const LOWER = 0x20;
const QUOTATION_MARK = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;

/** Up to so many digits a number is the quotient of two integers that are exact, and so is exactly what JSON.parse gives. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** A piece of ASCII that is looked for in bytes, four at a time. */
export class BytePattern {
  readonly length: number;
  readonly #words: readonly number[];
  /** What is left over behind the words. */
  readonly #bytes: readonly number[];

  constructor(text: string) {
    const bytes = Buffer.from(text, 'latin1');
    this.length = bytes.length;
    this.#words = Array.from({ length: bytes.length >> 2 }, (_, n) => bytes.readInt32LE(4 * n));
    this.#bytes = [...bytes.subarray(4 * this.#words.length)];
  }

  standsAt(view: DataView, start: number): boolean {
    if (start + this.length > view.byteLength) return false;
    const words = this.#words;
    let at = start;
    for (let n = 0; n < words.length; n++) {
      if (view.getInt32(at, true) !== words[n]) return false;
      at += 4;
    }
    const bytes = this.#bytes;
    for (let n = 0; n < bytes.length; n++) if (view.getUint8(at + n) !== bytes[n]) return false;
    return true;
  }
}

/** In the header of a packet. */
const MOST_DIGITS = 9;

/** So many texts are kept at the most, and none that is longer. */
const MOST_TEXTS = 4_096;
const LONGEST_TEXT = 64;

/** Texts that were read before, as they are written, by a hash of their bytes: to make one costs more than to find one. */
const texts = new Map<number, { text: string; written: BytePattern }>();

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
    for (let digit = digitOf(bytes[this.at]); digit >= 0 && digit <= 9; digit = digitOf(bytes[this.at])) {
      length = length * 10 + digit;
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

  /** A text, whose opening quotation mark is behind already, and goes behind the closing one; null when it has escapes. */
  text(): string | null {
    const { bytes } = this;
    const start = this.at;
    let end = start;
    let hash = 0;
    for (;;) {
      const byte = bytes[end];
      if (byte === QUOTATION_MARK) break;
      if (byte === undefined || byte === BACKSLASH || byte < FIRST_PRINTABLE || byte >= FIRST_BEYOND_ASCII) return null;
      hash = (Math.imul(hash, 31) + byte) | 0;
      end++;
    }
    this.at = end + 1;
    const known = texts.get(hash);
    if (known?.written.standsAt(this.#view, start)) return known.text;
    const text = bytes.toString('latin1', start, end);
    if (text.length > LONGEST_TEXT) return text;
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(hash, { text, written: new BytePattern(`${text}"`) });
    return text;
  }

  /** A number, as JSON.parse would have it; goes behind it. NaN when there is none. */
  number(): number {
    const { bytes } = this;
    const start = this.at;
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    let at = first;
    let mantissa = 0;
    let digit = digitOf(bytes[at]);
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = digitOf(bytes[++at]);
    }
    let digits = at - first;
    if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) return Number.NaN;
    let decimals = 0;
    if (bytes[at] === PERIOD) {
      const fraction = at + 1;
      digit = digitOf(bytes[++at]);
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digit = digitOf(bytes[++at]);
      }
      decimals = at - fraction;
      if (decimals === 0) return Number.NaN;
      digits += decimals;
    }
    if (((bytes[at] ?? 0) | LOWER) === EXPONENT) {
      at = this.#behindExponent(at);
      if (at === 0) return Number.NaN;
      digits = Number.POSITIVE_INFINITY;
    }
    this.at = at;
    if (digits > EXACT_DIGITS) return Number(bytes.toString('latin1', start, at));
    const value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] as number);
    return negative ? -value : value;
  }

  /** @param start of the letter e; returns 0 when no exponent follows */
  #behindExponent(start: number): number {
    const { bytes } = this;
    const signed = bytes[start + 1] === MINUS || bytes[start + 1] === PLUS;
    const first = signed ? start + 2 : start + 1;
    let at = first;
    for (let digit = digitOf(bytes[at]); digit >= 0 && digit <= 9; digit = digitOf(bytes[at])) at++;
    return at > first ? at : 0;
  }
}

/** From 0 to 9, or something else. */
function digitOf(byte: number | undefined): number {
  return (byte ?? 0) - ZERO;
}
