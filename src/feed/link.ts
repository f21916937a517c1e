import { FeedError } from './errors';
import { unanswered, unreachable } from './link-failures';
import { onceAborted } from './once-aborted';
import type { Address, Failure, Transport } from './transport';

export interface LinkOptions {
  /** Asked for each link. */
  address: () => Promise<Address>;
  /** Milliseconds until a link must have opened; 10 s unless given. */
  handshakeTimeout?: number | undefined;
}

/** What is told of a link that is being opened. */
export interface Opening {
  address: Address;
  opened(): void;
  /** As text or as its bytes in UTF-8. */
  received(data: string | Buffer): void;
  /** Why it is about to end. The first reason counts, but for one that is `certain`. */
  failing(failure: Failure, certain?: boolean): void;
  /** It is over. @param otherwise why, where nothing has been said of it */
  gone(otherwise: FeedError): void;
}

/** What carries a link. */
export interface Carrier {
  send(text: string): void;
  /** Ends it in good order, if that does not take long; `gone` follows. */
  close(): void;
  /** Ends it at once; `gone` follows. */
  destroy(): void;
}

const HANDSHAKE_TIMEOUT = 10_000;

/**
 * What all transports have in common: asks for the address, lets nobody wait for a handshake for ever, reports the end once, and lets
 * go of the address then.
 * @param open begins to open what carries the link; may throw
 */
export function linkTransport(options: LinkOptions, open: (opening: Opening) => Carrier): Transport {
  const { handshakeTimeout = HANDSHAKE_TIMEOUT } = options;
  return (events) => {
    let carrier: Carrier | null = null;
    let release = () => {};
    let over = false;
    const end = (failure: Failure) => {
      if (over) return;
      over = true;
      release();
      events.closed(failure);
    };

    const connect = async () => {
      const address = await options.address();
      if (over) return address.release();
      release = address.release;
      let failure: Failure | null = null;
      let answered = () => {};
      carrier = open({
        address,
        opened: () => {
          answered();
          events.opened();
        },
        received: (data) => events.received(data),
        failing: (reason, certain = false) => {
          failure = certain ? reason : (failure ?? reason);
        },
        gone: (otherwise) => {
          answered();
          end(failure ?? { error: otherwise });
        },
      });
      // A socket's own would not count the way through a proxy.
      answered = onceAborted(AbortSignal.timeout(handshakeTimeout), () => {
        failure = { error: unanswered(address.url, handshakeTimeout) };
        carrier?.destroy();
      });
    };
    connect().catch((error) => end(unreachable('', error)));

    return {
      send: (text) => carrier?.send(text),
      close: () => {
        if (carrier) carrier.close();
        else queueMicrotask(() => end({ error: new FeedError('UNREACHABLE', 'Closed before it opened.') }));
      },
    };
  };
}
