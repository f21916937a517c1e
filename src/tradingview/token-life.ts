import type { FeedError } from '../feed/errors';
import type { Service } from '../feed/subscription';
import type { Failure } from '../feed/transport';
import type { Clock } from '../market/clock';
import type { Endpoints } from './endpoints';
import { encodeRequest } from './messages';
import type { ClientSettings } from './options';
import { fetchToken } from './quote-token';
import type { Secrets } from './secrets';
import { TokenKeeper } from './token-keeper';
import { TokenSchedule, type TokenWarning } from './token-schedule';
import { TokenSilence } from './token-silence';

export interface TokenLifeOptions {
  settings: ClientSettings;
  endpoints: Endpoints;
  secrets: Secrets;
  clock: Clock;
  random: () => number;
  /** Upstream's clock, milliseconds since the epoch. */
  serverTime: () => number;
  /** What is open upstream and may be expected to bring data. */
  openChannels: () => number;
  /** Sends over the live link. */
  send: (text: string) => void;
  /** Ends the link until a person has done something. */
  stop: (error: FeedError) => void;
  /** Ends the link and opens another. */
  drop: (error: FeedError) => void;
  /** The warning has come, has changed, or is gone. */
  changed: () => void;
  log: (text: string) => void;
}

/** The life of a client's token, from signing in to renewal or the end. A service in that it comes and goes with the link. */
export class TokenLife implements Service {
  readonly channels = 0;
  readonly subscriptions = 0;
  readonly #keeper: TokenKeeper;
  readonly #schedule: TokenSchedule;
  readonly #silence: TokenSilence;

  constructor(options: TokenLifeOptions) {
    const { settings, endpoints, send } = options;
    const { cookies } = settings;
    const keeper = new TokenKeeper({
      ...options,
      token: settings.token,
      fetch: cookies && ((signal) => fetchToken(endpoints, cookies, signal)),
    });
    const schedule = new TokenSchedule({
      ...options,
      keeper,
      signIn: (token) => send(encodeRequest('set_auth_token', [token])),
    });
    this.#keeper = keeper;
    this.#schedule = schedule;
    this.#silence = new TokenSilence({ ...options, keeper, renew: () => schedule.renew() });
  }

  /** When the present token expires, milliseconds since the epoch; null without one, or when it does not say. */
  get expires(): number | null {
    return this.#keeper.expires;
  }

  /** Not null while the token is about to expire and nothing renews it. */
  get warning(): TokenWarning | null {
    return this.#schedule.warning;
  }

  /** Gives what to sign in with, at once or when it has been fetched; or the reason why there is nothing. */
  signIn(use: (token: string) => void, fail: (failure: Failure) => void): void {
    this.#keeper.signIn(use, fail);
  }

  /** What follows from upstream's refusal of the token. */
  refusal(): Failure {
    return this.#keeper.refusal();
  }

  /** Something came that is neither hello nor heartbeat. */
  heard(): void {
    this.#keeper.proven();
    this.#silence.heard();
  }

  /** A person wants a fresh start. */
  restart(): void {
    this.#keeper.restart();
  }

  connected(): void {
    this.#schedule.connected();
    this.#silence.connected();
  }

  disconnected(): void {
    this.#schedule.disconnected();
    this.#silence.disconnected();
  }

  close(): void {
    this.#keeper.close();
  }
}
