import { setMaxListeners } from 'node:events';
import { FeedError } from '../feed/errors';
import { LookupRefused } from '../feed/lookup';
import type { Clock } from '../market/clock';
import { askService } from './ask-service';
import type { Endpoints } from './endpoints';
import { builtInDefinition, type IndicatorDefinition, isBuiltIn, readDefinition } from './indicator-definition';
import type { SessionCookies } from './quote-token';

const TRIES = 3;
const PAUSE = 1_000;
/** Definitions that are kept; whoever searches looks at many. */
const MOST_KNOWN = 100;

/**
 * What indicators take and give, from TradingView's `pine-facade`. Of the newest hundred each id and version is asked for once,
 * however many want to know; failures are not kept.
 */
export class IndicatorLookup {
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #cookies: SessionCookies | null;
  readonly #known = new Map<string, Promise<IndicatorDefinition>>();
  #giveUp = anyoneMayListen(new AbortController());

  /** @param cookies whose scripts are to be had besides those that are open to everybody */
  constructor(endpoints: Endpoints, clock: Clock, cookies: SessionCookies | null = null) {
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#cookies = cookies;
  }

  /**
   * @param version `last`, or a version such as `45.0`
   * @throws FeedError INDICATOR_UNKNOWN, INDICATOR_FORBIDDEN, SETTING_INVALID; UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL
   *   after the third try
   */
  async find(id: string, version: string): Promise<IndicatorDefinition> {
    checkIndicatorId(id);
    if (isBuiltIn(id)) return builtInDefinition(id);
    checkVersion(version);
    const key = `${id} ${version}`;
    const known = this.#known.get(key);
    if (known) return known;
    const asked = this.#ask(id, version);
    this.#known.set(key, asked);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    asked.catch(() => {
      if (this.#known.get(key) === asked) this.#known.delete(key);
    });
    return asked;
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#giveUp.abort();
    this.#giveUp = anyoneMayListen(new AbortController());
  }

  async #ask(id: string, version: string): Promise<IndicatorDefinition> {
    const { signal } = this.#giveUp;
    for (let n = 1; ; n++) {
      try {
        return await this.#translate(id, version, signal);
      } catch (error) {
        if (signal.aborted) throw closed();
        if (n === TRIES || !isMomentary(error)) throw error;
        await this.#pause(signal);
        if (signal.aborted) throw closed();
      }
    }
  }

  /** Ends at once when all is given up. */
  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.#clock.after(PAUSE, end);
      signal.addEventListener('abort', end);
    });
  }

  async #translate(id: string, version: string, signal: AbortSignal): Promise<IndicatorDefinition> {
    try {
      const path = `pine-facade/translate/${encodeURIComponent(id)}/${encodeURIComponent(version)}`;
      const answer = await askService(this.#endpoints, 'pine-facade', path, { cookies: this.#cookies, signal });
      const definition = readDefinition(id, version, answer);
      if (definition) return definition;
      throw readFailure(answer, id, version);
    } catch (error) {
      throw error instanceof LookupRefused ? readRefusal(error.status, id, version) : error;
    }
  }
}

/** Any number of look-ups may wait for it, without a warning of Node.js. */
function anyoneMayListen(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}

/** @throws FeedError INDICATOR_UNKNOWN when a text cannot be the id of an indicator */
export function checkIndicatorId(id: string): void {
  if (/^(STD|PUB|USER|TV)[^;\s]*;\S.*$/.test(id) || isBuiltIn(id)) return;
  const sentence = `“${id.slice(0, 60)}” is no indicator. Indicators are written STD;RSI, PUB;…, USER;… or Volume@tv-basicstudies-246.`;
  throw new FeedError('INDICATOR_UNKNOWN', sentence);
}

/** @throws FeedError SETTING_INVALID */
export function checkVersion(version: string): void {
  if (version === 'last' || /^\d{1,6}(\.\d{1,6})?$/.test(version)) return;
  throw new FeedError('SETTING_INVALID', 'The setting “version” must be “last”, or a version such as 45.0.');
}

/** Whether a failure may pass by itself. */
export function isMomentary(error: unknown): boolean {
  const momentary: readonly string[] = ['UNREACHABLE', 'TIMEOUT', 'RATE_LIMITED', 'PROTOCOL'];
  return error instanceof FeedError && momentary.includes(error.code);
}

function readRefusal(status: number, id: string, version: string): FeedError {
  if (status === 404) return unknown(id, version);
  if (status === 401 || status === 403) return forbidden(id);
  if (status === 429) {
    return new FeedError(
      'RATE_LIMITED',
      'TradingView is asked for too many indicators in a short time. Wait a little.',
    );
  }
  return new FeedError('PROTOCOL', `TradingView cannot tell what ${id} is (HTTP ${status}). Try again later.`);
}

/** `{success: false, reason: …}`, or something that cannot be read. */
function readFailure(answer: unknown, id: string, version: string): FeedError {
  const { success, reason } = (answer ?? {}) as { success?: unknown; reason?: unknown };
  if (success !== false)
    return new FeedError('PROTOCOL', `What TradingView says of ${id} cannot be read. Try again later.`);
  return /auth|access|permission|denied/i.test(String(reason)) ? forbidden(id) : unknown(id, version);
}

function unknown(id: string, version: string): FeedError {
  const which = version === 'last' ? id : `version ${version} of ${id}`;
  return new FeedError('INDICATOR_UNKNOWN', `TradingView does not know ${which}. Check the indicator and its version.`);
}

function forbidden(id: string): FeedError {
  const sentence = `${id} is not open to everybody. Put the session cookies of an account that may use it into the connection.`;
  return new FeedError('INDICATOR_FORBIDDEN', sentence);
}

function closed(): FeedError {
  return new FeedError('UNREACHABLE', 'The connection was closed before the indicator had been looked up.');
}
