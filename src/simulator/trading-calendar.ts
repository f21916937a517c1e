import { parseSegments } from '../market/trading-hours';
import { Memo } from './memo';
import type { Resolution } from './resolution';
import { TimeZone } from './time-zone';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Milliseconds since the epoch; `close` does not belong to it. */
export interface Interval {
  open: number;
  close: number;
}

export interface Hours {
  timezone: string;
  /** As upstream writes it: `24x7`, `0930-1600`, `0900-1130,1230-1530`, `1700-1700` (from the evening before); Monday to Friday. */
  session: string;
  /** Days of every year without trading, `MMDD`. */
  holidays: readonly string[];
  /** The first day of trading, `YYYY-MM-DD`. */
  listed: string;
}

interface TradingDay extends Interval {
  /** When trading goes on; more than one where there is a lunch break. */
  segments: Interval[];
}

/**
 * When a market trades, and which intervals it has. Trading days are numbered by their local date, in days since the epoch.
 * Intraday intervals start at the open of trading, the last one ends with it; days, weeks and months go from the first open
 * to the last close. An interval without trading time does not exist.
 */
export class TradingCalendar {
  readonly #zone: TimeZone;
  /** Minutes from local midnight of the trading day, negative for the evening before; null for a market without pause. */
  readonly #session: { from: number; to: number }[] | null;
  readonly #holidays: ReadonlySet<string>;
  readonly #listed: number;
  readonly #days = new Memo<TradingDay | null>(8000);
  readonly #periods = { week: new Memo<Interval | null>(2000), month: new Memo<Interval | null>(1000) };

  constructor(hours: Hours) {
    this.#zone = new TimeZone(hours.timezone);
    this.#session = hours.session === '24x7' ? null : parseSession(hours.session);
    this.#holidays = new Set(hours.holidays);
    this.#listed = Math.floor(Date.parse(hours.listed) / DAY);
  }

  /** The last interval that opens before `time`; it may have closed long before. */
  before(resolution: Resolution, time: number): Interval | undefined {
    for (let day = this.#localDay(time) + 1; day >= this.#listed; day--) {
      const found = this.#day(day);
      if (!found || found.open >= time) continue;
      if (resolution.kind === 'day') return { open: found.open, close: found.close };
      if (resolution.kind !== 'intraday') return this.#period(resolution.kind, periodOf(resolution.kind, day));
      const segment = found.segments.findLast(({ open }) => open < time) as Interval;
      const count = Math.ceil((Math.min(time, segment.close) - segment.open) / resolution.length);
      return cut(segment, count - 1, resolution.length);
    }
    return undefined;
  }

  /** The first interval that opens at `time` or later. */
  after(resolution: Resolution, time: number): Interval | undefined {
    // No market rests for longer than a few weeks; before its listing, the search begins there.
    const start = Math.max(this.#localDay(time) - 1, this.#listed);
    for (let day = start; day < start + 100; day++) {
      const found = this.#day(day);
      if (!found) continue;
      if (resolution.kind === 'intraday') {
        for (const segment of found.segments) {
          const skip = Math.max(0, Math.ceil((time - segment.open) / resolution.length));
          if (segment.open + skip * resolution.length < segment.close) return cut(segment, skip, resolution.length);
        }
        continue;
      }
      const interval =
        resolution.kind === 'day' ? found : this.#period(resolution.kind, periodOf(resolution.kind, day));
      if (interval && interval.open >= time) return { open: interval.open, close: interval.close };
    }
    return undefined;
  }

  /** The stretches of `[from, to)` in which trading goes on. */
  trading(from: number, to: number): Interval[] {
    if (!this.#session) {
      const open = Math.max(from, this.#listed * DAY);
      return open < to ? [{ open, close: to }] : [];
    }
    const stretches: Interval[] = [];
    const last = this.#localDay(to) + 1;
    for (let day = Math.max(this.#localDay(from), this.#listed); day <= last; day++) {
      for (const segment of this.#day(day)?.segments ?? []) {
        const open = Math.max(from, segment.open);
        const close = Math.min(to, segment.close);
        if (open < close) stretches.push({ open, close });
      }
    }
    return stretches;
  }

  #localDay(time: number): number {
    return Math.floor(this.#zone.toLocal(time) / DAY);
  }

  #day(day: number): TradingDay | null {
    return this.#days.get(day, () => {
      if (day < this.#listed) return null;
      if (!this.#session) {
        const whole = { open: day * DAY, close: (day + 1) * DAY };
        return { ...whole, segments: [whole] };
      }
      // Day 0 was a Thursday.
      const weekday = (((day + 4) % 7) + 7) % 7;
      if (weekday === 0 || weekday === 6 || this.#holidays.has(monthAndDay(day))) return null;
      const segments = this.#session.map(({ from, to }) => ({
        open: this.#zone.toUtc(day * DAY + from * MINUTE),
        close: this.#zone.toUtc(day * DAY + to * MINUTE),
      }));
      const open = (segments[0] as Interval).open;
      return { open, close: (segments.at(-1) as Interval).close, segments };
    });
  }

  /** From the first open to the last close among the trading days of a week or month. */
  #period(kind: 'week' | 'month', period: number): Interval | undefined {
    const found = this.#periods[kind].get(period, () => {
      const [first, end] = daysOf(kind, period);
      let open: number | undefined;
      let close = 0;
      for (let day = first; day < end; day++) {
        const trading = this.#day(day);
        if (!trading) continue;
        open ??= trading.open;
        close = trading.close;
      }
      return open === undefined ? null : { open, close };
    });
    return found ?? undefined;
  }
}

function cut(segment: Interval, index: number, length: number): Interval {
  const open = segment.open + index * length;
  return { open, close: Math.min(open + length, segment.close) };
}

/** @throws when the text is no trading session */
function parseSession(session: string): { from: number; to: number }[] {
  return parseSegments(session).map(({ start, end }) => ({ from: start < end ? start : start - 1440, to: end }));
}

function monthAndDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(5, 10).replace('-', '');
}

/** Weeks are counted from Monday to Sunday, months by the calendar. */
function periodOf(kind: 'week' | 'month', day: number): number {
  if (kind === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(day * DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function daysOf(kind: 'week' | 'month', period: number): [first: number, end: number] {
  if (kind === 'week') return [period * 7 - 3, period * 7 + 4];
  const monthStart = (month: number) => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY;
  return [monthStart(period), monthStart(period + 1)];
}
