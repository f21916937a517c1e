import { Memo } from './memo';
import { hashText, mix, Random } from './random';

const SECOND = 1000;
const DAY = 86_400_000;

/** Trading is divided top down: a day (UTC) into hours, an hour into minutes, a minute into seconds. */
const LEVELS = [
  { length: DAY, parts: 24 },
  { length: 3_600_000, parts: 60 },
  { length: 60_000, parts: 60 },
  { length: SECOND, parts: 0 },
] as const;

/** Blocks lie in flat arrays, five numbers each: open, high, low, close, lots. */
const FIELDS = 5;

/** How much busier one child of a block may be than another. */
const MOST_WEIGHT = 1000;

/** The price drifts in waves of these many days, each with its own weight, so that years, weeks and days all look alike. */
const WAVES = [2048, 512, 128, 32, 8, 2, 1];

export interface Character {
  /** Around which the price wanders over the years. */
  base: number;
  /** What it moves on a usual day, as a part of the price: 0.02 is 2 %. */
  dailyMove: number;
  /** Lots traded on a usual day, a whole number below 10^11, so that sharing them out stays exact. */
  dailyLots: number;
}

/** What was traded in some stretch of time, in prices that are not rounded yet. */
export interface Trades {
  open: number;
  high: number;
  low: number;
  close: number;
  /** A whole number, so that volumes add up exactly. */
  lots: number;
}

/** Prices of a symbol at any time. */
export interface Prices {
  /**
   * What was traded in `[from, to)`; both are milliseconds since the epoch on whole seconds.
   * @returns undefined when the stretch is empty
   */
  range(from: number, to: number): Trades | undefined;
}

/**
 * The price of one symbol as a function of seed, symbol and time alone: every restart and every timeframe tells the same
 * story. A block starts where the one before it ended, its children stay between its low and its high and touch both,
 * and share out its lots; so any stretch of whole seconds is the exact aggregation of its parts.
 */
export class PriceModel implements Prices {
  readonly #seed: number;
  /** Waves and levels each have random numbers of their own. */
  readonly #waves: readonly { days: number; seed: number }[];
  readonly #levels: readonly number[];
  readonly #character: Character;
  readonly #days = new Memo<Float64Array>(4000);
  // One per level that has children. A split hour or minute takes 2.4 kB.
  readonly #splits = [new Memo<Float64Array>(400), new Memo<Float64Array>(400), new Memo<Float64Array>(200)];

  constructor(seed: number, symbol: string, character: Character) {
    this.#seed = hashText(symbol, seed);
    this.#waves = WAVES.map((days) => ({ days, seed: hashText(`wave of ${days} days`, this.#seed) }));
    this.#levels = LEVELS.map((_, level) => hashText(`level ${level}`, this.#seed));
    this.#character = character;
  }

  range(from: number, to: number): Trades | undefined {
    const tally = new Tally();
    for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
      this.#collect(0, day, this.#day(day), 0, from, to, tally);
    }
    return tally.total;
  }

  #collect(
    level: number,
    index: number,
    block: Float64Array,
    at: number,
    from: number,
    to: number,
    tally: Tally,
  ): void {
    const { length, parts } = LEVELS[level] as (typeof LEVELS)[number];
    const start = index * length;
    if (parts === 0 || (from <= start && start + length <= to)) {
      tally.add(block, at);
      return;
    }
    const children = this.#splits[level]?.get(index, () => this.#split(level, index, parts, block, at));
    if (!children) return;
    const childLength = length / parts;
    const first = Math.max(0, Math.floor((from - start) / childLength));
    const end = Math.min(parts, Math.ceil((to - start) / childLength));
    for (let child = first; child < end; child++) {
      this.#collect(level + 1, index * parts + child, children, child * FIELDS, from, to, tally);
    }
  }

  #day(day: number): Float64Array {
    return this.#days.get(day, () => {
      const random = new Random(mix(this.#seed, day));
      const { dailyMove, dailyLots } = this.#character;
      const open = this.#priceAtMidnight(day);
      const close = this.#priceAtMidnight(day + 1);
      const high = Math.max(open, close) * (1 + dailyMove * 0.6 * random.next());
      const low = Math.min(open, close) / (1 + dailyMove * 0.6 * random.next());
      // Busy days are those on which the price moves.
      const stir = 0.5 + random.next() + (high / low - 1) / dailyMove / 2;
      return Float64Array.of(open, high, low, close, Math.round(dailyLots * stir * 0.6));
    });
  }

  #priceAtMidnight(day: number): number {
    const { base, dailyMove } = this.#character;
    let wander = 0;
    for (const { days, seed } of this.#waves) {
      const position = day / days;
      const knot = Math.floor(position);
      const part = position - knot;
      const smooth = part * part * (3 - 2 * part);
      wander += Math.sqrt(days) * ((1 - smooth) * normalAt(seed, knot) + smooth * normalAt(seed, knot + 1));
    }
    return base * Math.exp(wander * dailyMove * 0.45);
  }

  #split(level: number, index: number, parts: number, block: Float64Array, at: number): Float64Array {
    const random = new Random(mix(this.#levels[level] as number, index));
    return splitBlock(block.subarray(at, at + FIELDS), parts, random);
  }
}

function normalAt(seed: number, index: number): number {
  return new Random(mix(seed, index)).normal();
}

/**
 * Divides a block: a random path from its open to its close, kept between its low and its high. The child that comes nearest
 * to the high (low) is stretched to touch it.
 */
function splitBlock(block: Float64Array, parts: number, random: Random): Float64Array {
  const [open = 0, high = 0, low = 0, close = 0, lots = 0] = block;
  const height = high - low;
  const path = randomPath(parts, random, open, close, low, high);
  const children = new Float64Array(parts * FIELDS);
  const wick = (height / Math.sqrt(parts)) * 0.35;
  let highest = 0;
  let lowest = 0;
  for (let child = 0; child < parts; child++) {
    const from = path[child] as number;
    const to = path[child + 1] as number;
    const at = child * FIELDS;
    children[at] = from;
    children[at + 1] = Math.min(high, Math.max(from, to) + wick * random.next());
    children[at + 2] = Math.max(low, Math.min(from, to) - wick * random.next());
    children[at + 3] = to;
    if ((children[at + 1] as number) > (children[highest * FIELDS + 1] as number)) highest = child;
    if ((children[at + 2] as number) < (children[lowest * FIELDS + 2] as number)) lowest = child;
  }
  children[highest * FIELDS + 1] = high;
  children[lowest * FIELDS + 2] = low;
  shareOut(lots, children, parts, random);
  return children;
}

/** `parts + 1` prices from `open` to `close`, all within `[low, high]`. */
function randomPath(
  parts: number,
  random: Random,
  open: number,
  close: number,
  low: number,
  high: number,
): Float64Array {
  const walk = new Float64Array(parts + 1);
  for (let step = 1; step <= parts; step++) walk[step] = (walk[step - 1] as number) + random.normal();
  const drift = (walk[parts] as number) / parts;
  let most = 0;
  let least = 0;
  for (let step = 0; step <= parts; step++) {
    const bridge = (walk[step] as number) - drift * step;
    walk[step] = bridge;
    most = Math.max(most, bridge);
    least = Math.min(least, bridge);
  }
  const scale = most > least ? (high - low) / (most - least) : 0;
  for (let step = 1; step < parts; step++) {
    const price = open + ((close - open) * step) / parts + (walk[step] as number) * scale;
    walk[step] = reflect(price, low, high);
  }
  walk[0] = open;
  walk[parts] = close;
  return walk;
}

/** Cutting a path off at the edges would leave flat stretches there. */
function reflect(price: number, low: number, high: number): number {
  const inside = price > high ? 2 * high - price : price < low ? 2 * low - price : price;
  return Math.min(high, Math.max(low, inside));
}

/** Whole lots, by running totals, so that the parts add up to `lots` exactly. */
function shareOut(lots: number, children: Float64Array, parts: number, random: Random): void {
  const weights: number[] = [];
  let all = 0;
  for (let child = 0; child < parts; child++) {
    const weight = 1 + Math.floor(random.next() * random.next() * MOST_WEIGHT);
    weights.push(weight);
    all += weight;
  }
  let passed = 0;
  let given = 0;
  for (let child = 0; child < parts; child++) {
    passed += weights[child] as number;
    const total = Math.floor((lots * passed) / all);
    children[child * FIELDS + 4] = total - given;
    given = total;
  }
}

/** Adds blocks up, in the order of time. */
class Tally {
  total: Trades | undefined;

  add(block: Float64Array, at: number): void {
    const high = block[at + 1] as number;
    const low = block[at + 2] as number;
    const close = block[at + 3] as number;
    const lots = block[at + 4] as number;
    const total = this.total;
    if (!total) {
      this.total = { open: block[at] as number, high, low, close, lots };
      return;
    }
    if (high > total.high) total.high = high;
    if (low < total.low) total.low = low;
    total.close = close;
    total.lots += lots;
  }
}

/** One stretch after another; `earlier` comes first. */
export function join(earlier: Trades | undefined, later: Trades | undefined): Trades | undefined {
  if (!earlier || !later) return earlier ?? later;
  return {
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    lots: earlier.lots + later.lots,
  };
}
