import { Memo } from './memo';

const WEEK = 7 * 86_400_000;

/** Whether this is the name of a time zone, such as `America/New_York` or `Etc/UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    // Offsets such as `+09:00` are taken by newer engines, but are no names.
    return (
      /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
    );
  } catch {
    return false;
  }
}

/** The wall clock of one time zone, daylight saving included. All times are milliseconds since the epoch. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat | undefined;
  // Asking Intl is slow; weeks without a change of the clocks, nearly all, are answered from their two ends.
  readonly #weeks = new Memo<number>(4000);

  constructor(name: string) {
    if (name === 'Etc/UTC' || name === 'UTC') return;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What the wall clock is ahead of UTC at that moment. */
  offset(time: number): number {
    if (!this.#format) return 0;
    const week = Math.floor(time / WEEK);
    const before = this.#weekStart(week);
    return before === this.#weekStart(week + 1) ? before : this.#ask(time);
  }

  /** The wall clock's reading, as if it were UTC. */
  toLocal(time: number): number {
    return time + this.offset(time);
  }

  /** The moment at which the wall clock reads `local`; the first one where it does so twice. */
  toUtc(local: number): number {
    const guess = local - this.offset(local);
    const ahead = Math.max(this.offset(guess - 3 * 3_600_000), this.offset(guess + 3 * 3_600_000));
    // The larger offset gives the earlier moment; it counts when it is in force then.
    const earlier = local - ahead;
    return this.offset(earlier) === ahead ? earlier : local - this.offset(guess);
  }

  #weekStart(week: number): number {
    return this.#weeks.get(week, () => this.#ask(week * WEEK));
  }

  #ask(time: number): number {
    const at: Record<string, number> = {};
    for (const { type, value } of this.#format?.formatToParts(time) ?? []) at[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
    const seconds = Math.floor(time / 1000) * 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
  }
}
