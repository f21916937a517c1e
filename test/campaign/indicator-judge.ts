import type { IndicatorItem } from '../../src/market/indicator';
import { timeframeLength } from '../../src/market/timeframe';
import type { IndicatorTruth } from '../support/indicator-truth';
import type { Follower } from './follower';

/** How long after its close time an item may take to come, milliseconds. */
const LAG = 8_000;
/** Values of candles that are this far from where their computation began are exact. */
const EXACT = 1e-9;
const NEARLY = 1e-3;

/** What is wrong with the items that one follower of an indicator was told; nothing was lost or changed upstream. */
export function brokenByIndicator(follower: Follower, truth: IndicatorTruth, now: number): string[] {
  const { settings, messages, left, wanted } = follower;
  const length = timeframeLength(follower.timeframe);
  const problems: string[] = [];
  const delivered: IndicatorItem[] = [];
  for (const { at, msg } of messages) {
    const { event, payload } = msg;
    if (left !== null && at > left) problems.push(`${event} was told after leaving`);
    switch (event) {
      case 'history':
        if (delivered.length > 0) problems.push('history after an item, or twice');
        if (payload.length !== wanted.history) problems.push(`history of ${payload.length}`);
        delivered.push(...payload);
        break;
      case 'closed':
        delivered.push(payload);
        break;
      case 'forming': {
        const last = delivered.at(-1);
        if (payload.index !== delivered.length) problems.push(`forming with index ${payload.index}`);
        if (last && payload.timestamp !== last.timestamp + length) problems.push('forming that does not follow');
        break;
      }
      case 'correction':
        if (delivered[payload.index]?.timestamp !== payload.timestamp) problems.push('a correction of nothing');
        else delivered[payload.index] = payload;
        break;
      default:
        problems.push(`${event} ${JSON.stringify(payload)}`);
    }
  }
  const first = delivered[0]?.timestamp ?? now;
  const period = ((settings.indicatorInputs ?? {}) as { in_0?: number }).in_0 ?? 14;
  const truths = truth.all(settings.indicator === 'STD;RSI' ? 'rsi' : 'macd', first, now, period);
  for (const [n, item] of delivered.entries()) {
    const inPlace = item.index === n && item.timestamp === first + n * length && item.closed;
    if (!inPlace) problems.push(`item ${n} is out of order: ${JSON.stringify(item)}`);
    // Who has left does not hear that the last value was not whole, because the market had fallen silent.
    if (left !== null && n >= delivered.length - Math.ceil(60_000 / length)) continue;
    for (const [title, value] of Object.entries(truths.get(item.timestamp) ?? { 'any value': null })) {
      const told = item.values[title];
      const off = typeof told === 'number' && value !== null ? Math.abs(told - value) : Number.POSITIVE_INFINITY;
      if (off > (n >= wanted.history - 10 ? EXACT : NEARLY))
        problems.push(`item ${n} of ${delivered.length}: ${title} is ${told}, not ${value}`);
    }
  }
  const last = delivered.at(-1);
  if (left === null && (!last || last.timestamp < now - 2 * length - LAG))
    problems.push(`nothing has closed since ${last?.timestamp}`);
  return problems;
}
