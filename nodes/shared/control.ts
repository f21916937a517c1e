import { FeedError } from '../../src/index';
import { listSetting } from './settings';

export const ACTIONS = ['subscribe', 'unsubscribe', 'list', 'reconnect'] as const;
export type Action = (typeof ACTIONS)[number];

/** What a control message asks for; the symbols are as the message has them. */
export interface Control {
  action: Action;
  symbols: string[];
}

/**
 * Reads a control message: `msg.action`, which must be one of those that the node takes, and for `subscribe` and `unsubscribe` the symbols in `msg.payload` (text or list) or
 * `msg.topic`.
 * @throws FeedError ACTION_INVALID or SYMBOL_INVALID
 */
export function readControl(
  message: { action?: unknown; payload?: unknown; topic?: unknown },
  actions: readonly Action[],
): Control {
  const action = actions.find((known) => known === message.action);
  if (!action) {
    const given = typeof message.action === 'string' ? `“${message.action.slice(0, 40)}”` : 'missing';
    throw new FeedError('ACTION_INVALID', `msg.action is ${given}. It must be one of ${actions.join(', ')}.`);
  }
  if (action === 'list' || action === 'reconnect') return { action, symbols: [] };
  const symbols = [message.payload, message.topic].map(readSymbols).find((found) => found.length > 0);
  if (symbols) return { action, symbols };
  const sentence = `To ${action}, put symbols such as BINANCE:BTCUSDT into msg.payload (a text or a list) or msg.topic.`;
  throw new FeedError('SYMBOL_INVALID', sentence);
}

function readSymbols(value: unknown): string[] {
  if (typeof value !== 'string' && !Array.isArray(value)) return [];
  return listSetting(value).filter((text) => Array.isArray(value) || text.trim() !== '');
}
