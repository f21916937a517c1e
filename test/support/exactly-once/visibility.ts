import type { Case } from './promises';

/** What a series keeps at the least, less what may have come meanwhile. */
const KEPT = 55;

/**
 * Whether a listener could know what upstream changed afterwards. It is told where upstream tells it: in the stream while the
 * series is heard, else by what is loaded after an outage, as far as that overlaps what the series has kept.
 */
export class Visibility {
  readonly #case: Case;

  constructor(one: Case) {
    this.#case = one;
  }

  /**
   * Whether a candle may be other than the truth, or missing.
   * @param place among the delivered ones, where it is or would be
   */
  excuses(time: number, place: number): boolean {
    const { truth, chronicle, recorder, ledger, now } = this.#case;
    const deaf = !chronicle.heardAll(truth.symbol, time, recorder.left ?? now);
    if (deaf && (recorder.left !== null || chronicle.limited(time, now))) return true;
    const last = chronicle.amendmentsOf(truth.symbol, truth.timeframe, time).at(-1);
    if (!last) return false;
    if (recorder.left !== null || place === 0) return true;
    if (ledger.gaps.some((gap) => gap.place >= place)) return true;
    if (chronicle.limited(time, now)) return true;
    const heard = recorder.joined < last.at && chronicle.heard(truth.symbol, last.at);
    const since = heard ? last.at : chronicle.linkAfter(last.at);
    if (since === undefined) return true;
    return place < ledger.delivered.filter(({ at }) => at <= since).length - KEPT;
  }
}
