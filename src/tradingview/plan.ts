/** What a TradingView plan allows. The figures move with time and are not documented by TradingView: each can be overridden. */
export interface PlanLimits {
  /** Studies per series. */
  studies: number;
  /** Candles that can be asked for, counted back from the newest. */
  candles: number;
}

// Gathered from the reports of other clients' users; `pro` is the old name of `essential`.
const PLANS = {
  free: { studies: 2, candles: 5_000 },
  essential: { studies: 5, candles: 10_000 },
  pro: { studies: 5, candles: 10_000 },
  plus: { studies: 10, candles: 10_000 },
  premium: { studies: 25, candles: 20_000 },
  ultimate: { studies: 50, candles: 40_000 },
} as const satisfies Record<string, PlanLimits>;

export type Plan = keyof typeof PLANS;

export const PLAN_NAMES = Object.keys(PLANS) as Plan[];

export function isPlan(text: unknown): text is Plan {
  return typeof text === 'string' && Object.hasOwn(PLANS, text);
}

export function planLimits(plan: Plan): PlanLimits {
  return PLANS[plan];
}
