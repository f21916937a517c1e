import type { NodeMessage } from 'node-red';
import type { Bar } from '../../src/market/candle';

/** A message as a flow sees it, with the properties that our nodes, Catch and Status set. */
export interface FlowMessage extends NodeMessage {
  symbol?: string;
  event?: string;
  timeframe?: string;
  backfilled?: boolean;
  changed?: string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever a node has sent
  payload?: any;
  error?: { message: string; code?: string; source: { id: string; type: string } };
  status?: { fill?: string; shape?: string; text?: string };
}

/** The candles that a node has told as closed, history first, as they stand after all corrections. */
export function settledCandles(messages: readonly FlowMessage[]): FlowMessage['payload'][] {
  const told = ({ event }: FlowMessage) => event === 'history' || event === 'closed';
  const candles = messages.filter(told).flatMap(({ payload }) => payload);
  for (const { event, payload } of messages) if (event === 'correction') candles[payload.index] = payload;
  return candles;
}

/** True candles as a node ought to have told them. */
export function asTold(truth: readonly Bar[]): FlowMessage['payload'][] {
  return truth.map(({ time, ...values }, index) => ({ index, timestamp: time, ...values, closed: true }));
}
