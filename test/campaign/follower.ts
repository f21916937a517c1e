import type { Candle } from '../../src/market/candle';
import type { Timeframe } from '../../src/market/timeframe';
import type { Listener, Told } from '../support/exactly-once/recorder';
import type { FlowMessage } from '../support/flow-message';
import type { FlowNode } from './plan';

/** One symbol of one node, from the time when it was asked for until it was left: what it was told. */
export class Follower implements Listener {
  readonly settings: FlowNode;
  readonly symbol: string;
  readonly joined: number;
  readonly wanted: Listener['wanted'];
  readonly messages: { at: number; msg: FlowMessage }[] = [];
  left: number | null = null;

  /** @param after open time of the last candle that it had in an earlier life, if it remembers one */
  constructor(settings: FlowNode, symbol: string, joined: number, after: number | undefined) {
    this.settings = settings;
    this.symbol = symbol;
    this.joined = joined;
    const timeframe = settings.timeframe as Timeframe;
    this.wanted = { symbol, timeframe, history: settings.history as number, ...(after !== undefined && { after }) };
  }

  get timeframe(): Timeframe {
    return this.wanted.timeframe;
  }

  get name(): string {
    const { id, timeframe } = this.settings;
    return `${id} ${this.symbol}${timeframe ? ` ${timeframe}` : ''}${this.left === null ? '' : ' (left)'}`;
  }

  take(at: number, msg: FlowMessage): void {
    this.messages.push({ at, msg });
  }

  /** The candles, as the library would have told them. */
  get told(): { at: number; event: Told }[] {
    return this.messages.map(({ at, msg }) => ({ at, event: eventOf(msg) }));
  }

  /** Open time of the last closed candle that it had, in this life or an earlier one. */
  get last(): number | undefined {
    for (const { msg } of this.messages.toReversed()) {
      if (msg.event === 'closed') return msg.payload.timestamp;
      if (msg.event === 'history' && msg.payload.length > 0) return msg.payload.at(-1).timestamp;
    }
    return this.wanted.after;
  }
}

function eventOf({ event, symbol = '', timeframe, payload, backfilled }: FlowMessage): Told {
  const about = { symbol, timeframe: timeframe as Timeframe };
  switch (event) {
    case 'history':
      return { event, candles: payload as Candle[], ...about };
    case 'gap':
      return { event, from: payload.from, to: payload.to, ...about };
    case 'closed':
      return { event, candle: payload as Candle, ...(backfilled && { backfilled }), ...about };
    case 'forming':
    case 'correction':
      return { event, candle: payload as Candle, ...about };
    default:
      throw new Error(`no candle has the event ${event}`);
  }
}
