/** A repeatable number from a text, for example a symbol: the FNV-1a hash, 32 bits, unsigned. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return scramble(hash);
}

/** Mixes two whole numbers into one of 32 bits; neighbours give results that have nothing to do with each other. */
export function mix(a: number, b: number): number {
  // The upper part counts too: seconds since the epoch times a level outgrow 32 bits one day.
  return scramble(Math.imul(scramble(a ^ b), 0x9e3779b1) ^ Math.floor(b / 2 ** 32));
}

/** The finaliser of MurmurHash3. */
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A repeatable sequence of random numbers (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** About a normal distribution with mean 0 and deviation 1, never beyond 3. */
  normal(): number {
    return (this.next() + this.next() + this.next() - 1.5) * 2;
  }
}
