import { FeedError } from '../../src/index';
import { listSetting } from './settings';

/** Those of a node that has symbols. */
export const ACTIONS = ['subscribe', 'unsubscribe', 'list', 'reconnect'] as const;
export type Action = (typeof ACTIONS)[number] | 'set';

/** What a control message asks for; the symbols are as the message has them. */
export interface Control {
  action: Action;
  symbols: string[];
  /** What `set` is to change, by the names of the properties. */
  settings: Record<string, unknown>;
}

/**
 * Reads a control message: `msg.action`, which must be one of those that the node takes, and for `subscribe` and `unsubscribe` the symbols in `msg.payload` (text or list) or
 * `msg.topic`; for `set` an object in `msg.payload`.
 * @param examples what symbols are, for people
 * @throws FeedError ACTION_INVALID, SYMBOL_INVALID or SETTING_INVALID
 */
export function readControl(
  message: { action?: unknown; payload?: unknown; topic?: unknown },
  actions: readonly Action[],
  examples: string,
): Control {
  const action = actions.find((known) => known === message.action);
  if (!action) {
    const given = typeof message.action === 'string' ? `“${message.action.slice(0, 40)}”` : 'missing';
    throw new FeedError('ACTION_INVALID', `msg.action is ${given}. It must be one of ${actions.join(', ')}.`);
  }
  if (action === 'list' || action === 'reconnect') return { action, symbols: [], settings: {} };
  if (action === 'set') return { action, symbols: [], settings: readSettings(message.payload) };
  const symbols = [message.payload, message.topic].map(readSymbols).find((found) => found.length > 0);
  if (symbols) return { action, symbols, settings: {} };
  const sentence = `To ${action}, put ${examples} into msg.payload (a text or a list) or msg.topic.`;
  throw new FeedError('SYMBOL_INVALID', sentence);
}

function readSymbols(value: unknown): string[] {
  if (typeof value !== 'string' && !Array.isArray(value)) return [];
  return listSetting(value).filter((text) => Array.isArray(value) || text.trim() !== '');
}

function readSettings(payload: unknown): Record<string, unknown> {
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return { ...payload };
  const sentence = 'To set something, put an object with the properties that are to change into msg.payload.';
  throw new FeedError('SETTING_INVALID', sentence);
}
