import type { ConnectionState, ConnectionStatus } from '../feed/connection';

/**
 * How a connection looks to those who watch what comes over it. The server ends each stream after some minutes, and another is
 * asked for when more is wanted: while a live one is just being followed by the next, nothing is amiss.
 */
export class Renewal {
  #wasLive = false;

  /** @returns the state, `live` also between a stream that was live and the next */
  see({ state, error, failures }: ConnectionStatus): ConnectionState {
    const onTheWay = state === 'connecting' || state === 'authenticating';
    if (onTheWay && this.#wasLive && !error && failures === 0) return 'live';
    this.#wasLive = state === 'live';
    return state;
  }
}
