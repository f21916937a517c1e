/** What a plan allows, as the runtime has it. */
export const PLANS = {
  free: { studies: 2, candles: 5_000 },
  essential: { studies: 5, candles: 10_000 },
  pro: { studies: 5, candles: 10_000 },
  plus: { studies: 10, candles: 10_000 },
  premium: { studies: 25, candles: 20_000 },
  ultimate: { studies: 50, candles: 40_000 },
};
