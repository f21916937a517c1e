import type { Clock, Timer } from '../market/clock';
import type { Conditions, LookUpService } from './conditions';
import { type LookUpAnswer, type LookUpRequest, NOT_FOUND } from './look-up';
import { answerPineFacade, suggestScripts } from './pine-facade';
import type { SentAnswer } from './practice-answers';
import { renewToken } from './quote-token';
import { searchSymbols, symbolMarket } from './symbol-look-ups';

/** What the look-ups need to know of the market. */
export interface LookUpRules {
  readonly clock: Clock;
  readonly conditions: Conditions;
  /** Seconds. */
  readonly tokenLife: number;
  /** Whether a request comes from somebody who has signed in. */
  signedIn(request: LookUpRequest): boolean;
}

interface Route {
  service: LookUpService;
  /** It stands for all paths below it. */
  below?: true;
  answer(request: LookUpRequest, rules: LookUpRules): LookUpAnswer;
}

/** By path, as the real services have them. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/symbol_search/v3/': { service: 'symbol_search', answer: searchSymbols },
  '/symbol': { service: 'symbol', answer: symbolMarket },
  '/pine-facade/': {
    service: 'pine-facade',
    below: true,
    answer: (request, rules) => answerPineFacade(request, rules.signedIn(request)),
  },
  '/quote_token/': {
    service: 'quote_token',
    answer: (request, { clock, tokenLife, signedIn }) => renewToken(signedIn(request), clock.now(), tokenLife),
  },
  '/pubscripts-suggest-json/': { service: 'pine-facade', answer: suggestScripts },
};

/** Answers HTTP requests, unless the conditions are otherwise; it knows nothing of sockets, and never throws. */
export class LookUps {
  readonly #rules: LookUpRules;
  readonly #timers = new Set<Timer>();

  constructor(rules: LookUpRules) {
    this.#rules = rules;
  }

  /** @param send called at once, later, or never */
  answer(request: LookUpRequest, send: (answer: SentAnswer) => void): void {
    const route = Object.entries(ROUTES).find(
      ([path, { below }]) => path === request.path || (below && request.path.startsWith(path)),
    )?.[1];
    const answer = route ? this.#take(request, route) : sent(NOT_FOUND);
    const delay = this.#rules.conditions.inForce.slowLookUps ?? 0;
    if (!answer) return;
    if (delay === 0) {
      send(answer);
      return;
    }
    const timer = this.#rules.clock.after(delay, () => {
      this.#timers.delete(timer);
      send(answer);
    });
    this.#timers.add(timer);
  }

  /** Forgets what has not been answered. */
  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #take(request: LookUpRequest, route: Route): SentAnswer | undefined {
    const trouble = this.#rules.conditions.lookUpTrouble(route.service);
    if (trouble === 'silence') return undefined;
    if (trouble === 'rubbish') return { status: 200, text: '<!doctype html><title>Just a moment…</title>' };
    if (trouble !== undefined) return sent({ status: trouble, body: { code: trouble, message: 'out of order' } });
    if (request.method !== 'GET') return sent({ status: 405, body: { code: 405, message: 'method not allowed' } });
    return sent(route.answer(request, this.#rules));
  }
}

function sent({ status, body }: LookUpAnswer): SentAnswer {
  return { status, text: JSON.stringify(body) };
}
