import type { Instrument } from './instruments';
import { legsOf } from './spread';

/** The third parameter of `symbol_resolved`; the keys and their mixed spelling are upstream's. */
export function symbolInfo(
  instrument: Instrument,
  session: 'regular' | 'extended',
  now: number,
): Record<string, unknown> {
  const { symbol, description, hours, source, currency, baseCurrency, extendedSession, spread } = instrument;
  const fullName = instrument.fullName ?? symbol;
  const extended = session === 'extended' && extendedSession;
  const currencyId = (code: string) => (instrument.market === 'crypto' && code !== 'USD' ? `XTVC${code}` : code);
  return {
    source2: { ...source, 'exchange-type': 'exchange' },
    currency_code: currency,
    currency_id: currencyId(currency),
    ...(baseCurrency && { base_currency: baseCurrency, base_currency_id: currencyId(baseCurrency) }),
    source_id: source.id,
    provider_id: source.id.toLowerCase(),
    subsession_id: extended ? 'extended' : 'regular',
    pro_perm: '',
    ...(instrument.lotsPerUnit !== null && { volume_type: 'base' }),
    measure: 'price',
    allowed_adjustment: instrument.type === 'stock' ? 'any' : 'none',
    short_description: description,
    variable_tick_size: '',
    name: spread ? fullName : fullName.slice(fullName.indexOf(':') + 1),
    full_name: fullName,
    pro_name: symbol,
    base_name: [fullName],
    description,
    ...(instrument.localDescription && {
      local_description: instrument.localDescription,
      language: instrument.language,
    }),
    exchange: source.name,
    exchange_listed_name: source.name,
    listed_exchange: source.id,
    pricescale: instrument.pricescale,
    pointvalue: 1,
    minmov: instrument.minmov,
    minmove2: instrument.minmove2 ?? 0,
    fractional: false,
    timezone: hours.timezone,
    session: extended || hours.session,
    session_display: extended || hours.session,
    ...(hours.holidays.length > 0 && { session_holidays: holidays(instrument, now) }),
    subsessions: [
      subsession('regular', 'Regular Trading Hours', hours.session),
      ...(extendedSession ? [subsession('extended', 'Extended Trading Hours', extendedSession)] : []),
    ],
    type: instrument.type,
    typespecs: instrument.typespecs,
    has_intraday: instrument.intraday,
    has_extended_hours: extendedSession !== undefined,
    has_adjustment: instrument.type === 'stock',
    ...(instrument.delay > 0 && { delay: instrument.delay }),
    legs: spread ? legsOf(spread).map((leg) => leg.fullName ?? leg.symbol) : [fullName],
    is_tradable: instrument.type !== 'index' && !spread,
    is_replayable: true,
    aliases: [],
    alternatives: [],
    bar_source: 'trade',
    bar_transform: 'none',
    bar_fillgaps: false,
    visible_plots_set: instrument.lotsPerUnit === null ? 'ohlc' : 'ohlcv',
    'is-tickbars-available': instrument.intraday,
  };
}

/** Every holiday by its date, from the listing to the end of next year, as upstream lists them. */
function holidays({ hours }: Instrument, now: number): string {
  const dates: string[] = [];
  const end = new Date(now).getUTCFullYear() + 1;
  for (let year = Number(hours.listed.slice(0, 4)); year <= end; year++) {
    for (const day of hours.holidays) dates.push(`${year}${day}`);
  }
  return dates.join(',');
}

function subsession(id: string, description: string, session: string): Record<string, unknown> {
  return { id, description, private: false, session, 'session-display': session };
}
