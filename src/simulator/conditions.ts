import type { SignedOn } from './practice-token';

/** `silent`: not a word is sent. `heartbeat`: heartbeats are, and nothing else. */
export type FreezeMode = 'silent' | 'heartbeat';

/** What of a packet is wrong; see `Faults.malform`. */
export type Damage = 'length' | 'cut' | 'junk' | 'types';

/** How a client is kept out: an HTTP status in place of the upgrade, or nobody listens. */
export interface Refusal {
  how: 403 | 429 | 'connection';
  /** Seconds; only with 429. */
  retryAfter?: number;
}

/** The services beside the data socket, as fault switches name them. */
export const LOOK_UP_SERVICES = ['symbol_search', 'symbol', 'pine-facade', 'quote_token'] as const;

export type LookUpService = (typeof LOOK_UP_SERVICES)[number];

/** What a look-up answers instead: an HTTP status, a page that is no JSON, or nothing at all. */
export type LookUpTrouble = number | 'rubbish' | 'silence';

/** `silent`: heartbeats and nothing else, until it signs on with another. `error`: it is refused and ended. */
export type ExpiredToken = 'silent' | 'error';

/** How much goes through to a client. */
export type Flow = 'all' | 'beats' | 'nothing';

/** What is out of order, by the name of the switch that made it so. */
export interface InForce {
  freeze?: FreezeMode;
  freezeSymbol?: ReadonlySet<string>;
  freezeQuote?: ReadonlySet<string>;
  /** Milliseconds. */
  slow?: number;
  duplicate?: true;
  /** Packets. */
  reorder?: number;
  straggler?: true;
  malform?: { kind: Damage; every: number | undefined; countdown: number };
  /** A study is well and an error is told all the same, so many times. */
  studyError?: { times: number };
  stallStudies?: true;
  failLookUps?: { service: string; how: LookUpTrouble; times: number | undefined };
  /** Milliseconds. */
  slowLookUps?: number;
  /** Candles. */
  limitHistory?: number;
  /** Candles. */
  smallPages?: number;
  refuse?: Refusal;
  tooManyConnections?: { times: number };
  ban?: string;
  badToken?: true;
  /** Without a token, all of them have expired. */
  expireToken?: { mode: 'error' | 'silent'; token: string | undefined };
}

/** What the market and its connections ask before they act. All is in order until a fault switch says otherwise. */
export class Conditions {
  readonly inForce: InForce = {};
  readonly #now: () => number;
  readonly #expiredToken: ExpiredToken;

  /**
   * @param now the market's time, milliseconds since the epoch
   * @param expiredToken what a connection hears once the token that it has signed on with is over
   */
  constructor(now: () => number, expiredToken: ExpiredToken) {
    this.#now = now;
    this.#expiredToken = expiredToken;
  }

  /** @param token what the client has signed on with, if it has */
  flow(token: SignedOn | undefined): Flow {
    const { freeze } = this.inForce;
    if (freeze === 'silent') return 'nothing';
    return freeze || this.#isMute(token) ? 'beats' : 'all';
  }

  /** Whether a request is attended to; with an expired token only a fresh one is. */
  hears(method: string | undefined, token: SignedOn | undefined): boolean {
    return !this.inForce.freeze && (method === 'set_auth_token' || !this.#isMute(token));
  }

  /** Whether live data of a symbol goes out. */
  streams(symbol: string): boolean {
    return !this.inForce.freezeSymbol?.has(symbol);
  }

  /** Whether quotes of a symbol go out. */
  streamsQuote(symbol: string): boolean {
    return !this.inForce.freezeQuote?.has(symbol);
  }

  /** What goes wrong with the study at hand. */
  studyTrouble(): 'error' | 'stall' | undefined {
    const { stallStudies, studyError } = this.inForce;
    if (stallStudies) return 'stall';
    if (!studyError) return undefined;
    if (--studyError.times === 0) delete this.inForce.studyError;
    return 'error';
  }

  /** What goes wrong with the look-up at hand. */
  lookUpTrouble(service: string): LookUpTrouble | undefined {
    const { failLookUps } = this.inForce;
    if (failLookUps?.service !== service) return undefined;
    if (failLookUps.times !== undefined && --failLookUps.times === 0) delete this.inForce.failLookUps;
    return failLookUps.how;
  }

  refusesToken(token: string): boolean {
    const { badToken, expireToken } = this.inForce;
    return badToken === true || (expireToken?.mode === 'error' && (expireToken.token ?? token) === token);
  }

  /** Why a connection that has just been made is ended at once, in upstream's words; undefined: it is welcome. */
  objection(): string | undefined {
    const { ban, tooManyConnections } = this.inForce;
    if (ban !== undefined) return ban;
    if (!tooManyConnections) return undefined;
    if (--tooManyConnections.times === 0) delete this.inForce.tooManyConnections;
    return 'user connections limit reached';
  }

  /** The damage that the packet at hand is to take. */
  damage(): Damage | undefined {
    const { malform } = this.inForce;
    if (!malform || --malform.countdown > 0) return undefined;
    if (malform.every === undefined) delete this.inForce.malform;
    else malform.countdown = malform.every;
    return malform.kind;
  }

  /** Whether a connection is to be ended, because its token is over. */
  expels(token: SignedOn | undefined): boolean {
    return this.#expiredToken === 'error' && this.#isOver(token);
  }

  /** Nothing but heartbeats is sent to it. */
  #isMute(token: SignedOn | undefined): boolean {
    if (this.#expiredToken === 'silent' && this.#isOver(token)) return true;
    const { expireToken } = this.inForce;
    return expireToken?.mode === 'silent' && token !== undefined && (expireToken.token ?? token.text) === token.text;
  }

  #isOver(token: SignedOn | undefined): boolean {
    return token?.expires !== undefined && token.expires <= this.#now();
  }
}
