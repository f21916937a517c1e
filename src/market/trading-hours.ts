/** A stretch of a trading day. */
export interface Segment {
  /** Minutes after midnight, local time. A segment that does not start before its end begins on the evening before. */
  start: number;
  end: number;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/**
 * When a market is open, from a text such as `24x7`, `0930-1600`, `0900-1130,1230-1530`, `1700-1700:23456` or
 * `0900-1630|0900-1400:6`: times by the market's clock; days 1 (Sunday) to 7, Monday to Friday where none are named; what
 * stands later goes before what stands earlier. (The session format of TradingView's charting library.)
 */
export class TradingHours {
  readonly #days: Map<number, Segment[]> | null;
  readonly #holidays: ReadonlySet<string>;
  readonly #local: Intl.DateTimeFormat;

  private constructor(days: Map<number, Segment[]> | null, timezone: string, holidays: ReadonlySet<string>) {
    this.#days = days;
    this.#holidays = holidays;
    this.#local = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  }

  /** @returns null when the text or the time zone cannot be understood: nothing is known of the hours then */
  static parse(session: string | null, timezone: string | null, holidays: string | null): TradingHours | null {
    if (session === null) return null;
    try {
      const days = session.toLowerCase() === '24x7' ? null : parseDays(session);
      return new TradingHours(days, timezone ?? 'Etc/UTC', new Set(holidays?.split(',')));
    } catch {
      return null;
    }
  }

  /** @param time milliseconds since the epoch */
  isOpen(time: number): boolean {
    if (!this.#days) return true;
    const { day, date, minute } = this.#localTime(time);
    if (this.#segments(day, date).some(({ start, end }) => minute < end && (start >= end || minute >= start)))
      return true;
    const tomorrow = dayAfter(day, date);
    return this.#segments(tomorrow.day, tomorrow.date).some(({ start, end }) => start >= end && minute >= start);
  }

  #segments(day: number, date: string): Segment[] {
    return this.#holidays.has(date) ? [] : (this.#days?.get(day) ?? []);
  }

  #localTime(time: number): { day: number; date: string; minute: number } {
    const part: Record<string, string> = {};
    for (const { type, value } of this.#local.formatToParts(time)) part[type] = value;
    return {
      day: WEEKDAYS.indexOf(part.weekday as string) + 1,
      date: `${part.year}${part.month}${part.day}`,
      minute: Number(part.hour) * 60 + Number(part.minute),
    };
  }
}

/** By the calendar, not by adding 24 hours: days on which clocks change are shorter or longer. */
function dayAfter(day: number, date: string): { day: number; date: string } {
  const next = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)) + 1));
  return { day: (day % 7) + 1, date: next.toISOString().slice(0, 10).replaceAll('-', '') };
}

function parseDays(session: string): Map<number, Segment[]> {
  const days = new Map<number, Segment[]>();
  for (const group of session.replace(/;\d$/, '').split('|')) {
    const [times = '', on = '23456'] = group.split(':');
    const segments = parseSegments(times);
    if (!/^[1-7]+$/.test(on)) throw new Error('not the days of a trading session');
    for (const day of on) days.set(Number(day), segments);
  }
  return days;
}

/** `0930-1600`, `0900-1130,1230-1530`, … @throws when the text is no trading session */
export function parseSegments(times: string): Segment[] {
  return times.split(',').map(parseSegment);
}

function parseSegment(text: string): Segment {
  const match = /^([01]\d|2[0-4])([0-5]\d)F?\d*-([01]\d|2[0-4])([0-5]\d)F?\d*$/.exec(text);
  if (!match) throw new Error('not a trading session');
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  return { start: Number(fromHour) * 60 + Number(fromMinute), end: Number(toHour) * 60 + Number(toMinute) };
}
