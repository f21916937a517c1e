import type { Conversation, LinkControl } from '../feed/connection';
import { FeedError } from '../feed/errors';
import { eventReader } from './event-reader';
import { type NewsMessage, readMessage } from './messages';

/** Counted since the client was made. */
export interface EventCounts {
  events: number;
  /** Events that could not be read, and articles and prices that are none. */
  damaged: number;
  /** Events whose name is not known; they are left alone. */
  unknown: number;
}

export interface ConversationOptions {
  control: LinkControl;
  counts: EventCounts;
  /** Milliseconds since the epoch. */
  now: () => number;
  message: (message: NewsMessage) => void;
  /** Calls it; what it throws costs only the event at hand. */
  contain: (act: () => void) => void;
}

const ENDLESS = new FeedError(
  'PROTOCOL',
  'The news server sends an event without an end. Check the address; it is tried again.',
);
const ENDED = new FeedError('UNREACHABLE', 'The news server ends each stream at once. It is tried again.');

/** One stream of events. There is nothing to say and no login: who is let in is live with the first event. */
export function converse({ control, counts, now, message, contain }: ConversationOptions): Conversation {
  /** What follows in the same piece, the next stream tells again. */
  let over = false;
  const take = (told: NewsMessage) => {
    if (over) return;
    counts.events++;
    if (told.kind === 'malformed') counts.damaged++;
    if (told.kind === 'unknown') counts.unknown++;
    if ('damaged' in told) counts.damaged += told.damaged;
    control.live();
    if (told.kind === 'articles' || told.kind === 'prices' || told.kind === 'heartbeat') control.healthy();
    if (told.kind === 'close') {
      over = true;
      return control.ended({ error: ENDED });
    }
    message(told);
  };
  const read = eventReader(
    (name, data) => contain(() => take(readMessage(name, data, now()))),
    () => control.fail({ error: ENDLESS }),
  );
  return {
    received(data) {
      // A comment is a sign of life, too.
      control.alive();
      read(String(data));
    },
  };
}
