import type { Conversation, LinkControl } from '../feed/connection';
import { type ErrorCode, FeedError } from '../feed/errors';
import type { Failure } from '../feed/transport';
import type { ByteCursor } from './byte-cursor';
import { decodeFrame, encodePacket } from './framing';
import { LiveFrame } from './live-packets';
import { encodeRequest, type Packet, readPacket, type ServerMessage } from './messages';
import type { Secrets } from './secrets';

/** Messages that show that data flow; a server may greet and beat without ever giving any. */
const HEALTHY: ReadonlySet<ServerMessage['method']> = new Set(['timescale_update', 'du', 'series_completed', 'qsd']);

const MINUTE = 60_000;

/** `wrong auth token` and the like; not every token is one to sign in with (`Unexpected token < in JSON`). */
const TOKEN_REFUSED =
  /auth\w*[ _]token|(?:invalid|wrong|bad|expired|malformed) (?:\w+ )?token|token (?:is |has )?(?:invalid|wrong|expired)/i;

/** How many unknown methods the log names; a server may make up any number. */
const MOST_NAMES = 50;

/** With so many unreadable packets in one message the server is not worth listening to: reading rubbish costs time. */
const MOST_UNREADABLE = 1_000;
const RUBBISH: Failure = {
  error: new FeedError('PROTOCOL', 'The server sends what cannot be read. Check the address; it is tried again.'),
};

/** Counted since the client was made. */
export interface PacketCounts {
  packets: number;
  /** Stretches of a message that were no packet, and packets that could not be read. */
  damaged: number;
  /** Messages whose method is not known; they are passed on all the same. */
  unknown: number;
}

export interface ConversationOptions {
  control: LinkControl;
  /** Gives what to sign in with, at once or later; or the reason why there is nothing. */
  signIn: (use: (token: string) => void, fail: (failure: Failure) => void) => void;
  /** What follows from upstream's refusal of the token. */
  refusal: () => Failure;
  secrets: Secrets;
  counts: PacketCounts;
  /** The server has introduced itself. @param time its clock, milliseconds since the epoch, where it told it */
  greeted: (time: number | null) => void;
  /** Takes a packet of live data as it came. @returns false when it is to be read as any other */
  express: (packet: ByteCursor, end: number) => boolean;
  /** A payload has come that is no heartbeat; told before it is read. */
  payload: (payload: string) => void;
  message: (message: ServerMessage) => void;
  /** The first heartbeat has come: from now on silence means that the link is down. */
  beating: () => void;
  /** The hello names another host; true when it is followed. */
  redirected: (host: string) => boolean;
  log: (text: string) => void;
}

/**
 * One TradingView conversation over one link: takes packets apart, echoes heartbeats, signs in after the hello, and passes
 * messages on. Opening order as in the official client: hello, token, locale, then everything else.
 */
export function converse(options: ConversationOptions): Conversation {
  const { control, counts, secrets } = options;
  let greeted = false;
  /** Methods that the log has named already. */
  const known = new Set<string>();

  const greet = (packet: Packet & { kind: 'hello' }) => {
    if (greeted) return;
    greeted = true;
    if (packet.redirect && options.redirected(packet.redirect)) return control.again();
    options.greeted(packet.time);
    options.signIn(
      (token) => {
        control.send(encodeRequest('set_auth_token', [token]));
        control.send(encodeRequest('set_locale', ['en', 'US']));
        control.live();
      },
      (failure) => control.fail(failure),
    );
  };

  const fail = (reason: string) =>
    control.fail(TOKEN_REFUSED.test(reason) ? options.refusal() : readProtocolError(reason));

  const noteUnknown = (name: string) => {
    counts.unknown++;
    if (known.has(name) || known.size >= MOST_NAMES) return;
    known.add(name);
    options.log(`Messages of a kind that is not used here are passed on: ${secrets.hide(name).slice(0, 40)}.`);
  };

  const take = (packet: Exclude<Packet, { kind: 'malformed' }>) => {
    switch (packet.kind) {
      case 'heartbeat':
        options.beating();
        return control.send(encodePacket(packet.payload));
      case 'hello':
        return greet(packet);
      case 'message':
        if (packet.message.method === 'protocol_error') return fail(secrets.hide(packet.message.reason));
        if (packet.message.method === 'unknown') noteUnknown(packet.message.name);
        if (HEALTHY.has(packet.message.method)) control.healthy();
        // Upstream's words become sentences for users.
        return options.message(isError(packet.message) ? secrets.redact(packet.message) : packet.message);
    }
  };

  const failed = (error: unknown) =>
    options.log(`A packet could not be handled: ${error instanceof Error ? error.stack : error}`);

  /** Takes what live data a message begins with. @returns what else there is of it */
  const express = (message: Buffer): string => {
    const frame = new LiveFrame(message);
    const before = counts.packets;
    while (frame.next()) {
      try {
        if (!options.express(frame.cursor, frame.end)) break;
      } catch (error) {
        failed(error);
      }
      frame.accept();
      counts.packets++;
    }
    if (counts.packets > before) control.healthy();
    return frame.rest();
  };

  return {
    received(data) {
      control.alive();
      const text = typeof data === 'string' ? data : express(data);
      if (text === '') return;
      const { packets, damaged } = decodeFrame(text);
      counts.packets += packets.length;
      counts.damaged += damaged;
      if (damaged > 0) options.log(`${damaged} damaged stretches of a message were skipped.`);
      let unreadable = 0;
      for (const payload of packets) {
        try {
          const packet = readPacket(payload);
          if (packet.kind !== 'heartbeat') options.payload(payload);
          if (packet.kind !== 'malformed') {
            take(packet);
            continue;
          }
          counts.damaged++;
          if (++unreadable === 1) options.log(`A packet was skipped: ${packet.reason}.`);
          if (unreadable > MOST_UNREADABLE) return control.fail(RUBBISH);
        } catch (error) {
          // One packet that trips a handler must not cost those behind it.
          failed(error);
        }
      }
    },
  };
}

function isError(message: ServerMessage): boolean {
  return message.method.endsWith('_error') || (message.method === 'qsd' && message.status !== 'ok');
}

/** What ends the whole connection, in upstream's words and in ours. */
function readProtocolError(reason: string): Failure {
  const error = (code: ErrorCode, sentence: string) => new FeedError(code, sentence);
  if (/^banned/i.test(reason)) {
    return {
      error: error(
        'BANNED',
        'TradingView has banned this account or address. Nothing is tried until you deploy or reconnect.',
      ),
      stop: true,
    };
  }
  if (/connections? limit/i.test(reason)) {
    return {
      error: error(
        'TOO_MANY_CONNECTIONS',
        'The account is in use on too many devices. It is tried again in 15 minutes.',
      ),
      minWait: 15 * MINUTE,
    };
  }
  return { error: error('PROTOCOL', `TradingView ended the connection: ${reason.slice(0, 200)}. It is tried again.`) };
}
