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

  /** Whether the values of a candle may be other than the truth. */
  excusesValues(time: number, place: number): boolean {
    const { truth, chronicle, recorder, now } = this.#case;
    // Its last trades may have been lost, and nothing be loaded that tells them.
    const deaf = !chronicle.heardAll(truth.symbol, time, recorder.left ?? now);
    const neverTold = deaf && (recorder.left !== null || chronicle.had('limitHistory', time, now));
    return neverTold || this.excuses(time, place);
  }

  /**
   * Whether a change or insertion of this candle may be unknown.
   * @param place among the delivered ones, where it is or would be
   */
  excuses(time: number, place: number): boolean {
    const { truth, chronicle, recorder, ledger, now } = this.#case;
    const last = chronicle.amendmentsOf(truth.symbol, truth.timeframe, time).at(-1);
    if (!last) return false;
    if (recorder.left !== null || place === 0) return true;
    if (ledger.gaps.some((gap) => gap.place >= place)) return true;
    // What is loaded then may not overlap with much.
    if (chronicle.had('limitHistory', time, now) || chronicle.had('smallPages', time, now)) return true;
    const heard = recorder.joined < last.at && chronicle.heard(truth.symbol, last.at);
    const since = heard ? last.at : chronicle.linkAfter(last.at);
    if (since === undefined) return true;
    return place < ledger.delivered.filter(({ at }) => at <= since).length - KEPT;
  }
}
