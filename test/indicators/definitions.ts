const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const newest = (values: readonly number[], count: number) => (values.length < count ? null : values.slice(-count));

/** Straight from the definition, over the whole history, to hold the formulas against. */
export const definitions = {
  sma(values: readonly number[], length: number): number | null {
    const last = newest(values, length);
    return last && mean(last);
  },
  exponential(values: readonly number[], length: number, part: number): number | null {
    if (values.length < length) return null;
    let average = mean(values.slice(0, length));
    for (const value of values.slice(length)) average = (1 - part) * average + part * value;
    return average;
  },
  ema: (values: readonly number[], length: number) => definitions.exponential(values, length, 2 / (length + 1)),
  rma: (values: readonly number[], length: number) => definitions.exponential(values, length, 1 / length),
  wma(values: readonly number[], length: number): number | null {
    const last = newest(values, length);
    return last && last.reduce((sum, value, at) => sum + value * (at + 1), 0) / ((length * (length + 1)) / 2);
  },
  rsi(values: readonly number[], length: number): number | null {
    const moves = values.slice(1).map((value, at) => value - (values[at] as number));
    const gain = definitions.rma(
      moves.map((move) => Math.max(0, move)),
      length,
    );
    const loss = definitions.rma(
      moves.map((move) => Math.max(0, -move)),
      length,
    );
    if (gain === null || loss === null) return null;
    return loss === 0 ? 100 : (100 * gain) / (gain + loss);
  },
  macd(values: readonly number[], length: number) {
    const line = values.map((_, at) => {
      const until = values.slice(0, at + 1);
      const fast = definitions.ema(until, length);
      const slow = definitions.ema(until, length + 3);
      return fast === null || slow === null ? null : fast - slow;
    });
    const macd = line.at(-1) ?? null;
    if (macd === null) return null;
    const signal = definitions.ema(
      line.filter((value) => value !== null),
      2,
    );
    return { macd, signal, histogram: signal === null ? null : macd - signal };
  },
  bands(values: readonly number[], length: number) {
    const last = newest(values, length);
    if (!last) return null;
    const basis = mean(last);
    const distance = 2 * Math.sqrt(mean(last.map((value) => (value - basis) ** 2)));
    return { basis, upper: basis + distance, lower: basis - distance };
  },
  vwma(values: readonly number[], length: number, volumes: readonly number[]): number | null {
    const last = newest(values, length);
    const weights = newest(volumes, length);
    return last && weights && mean(last.map((value, at) => value * (weights[at] as number))) / mean(weights);
  },
  volume(values: readonly number[], length: number) {
    return { volume: values.at(-1), average: definitions.sma(values, length) };
  },
};
