import type { CandleSource } from './candle-source';
import { packet, timedPacket } from './chart-packets';
import { symbolInfo } from './symbol-info';
import { readSymbolSpec, type SymbolSpec } from './symbol-spec';

interface Slot {
  spec: SymbolSpec | undefined;
  source: CandleSource | undefined;
  /** The client has heard of it. */
  told: boolean;
}

/**
 * The symbols that a chart session has asked for, by the client's ids. Upstream takes a moment to resolve one, so a series
 * that is asked for right after is already loading when the answer comes; so the answer waits here until it is due.
 */
export class SymbolSlots {
  readonly #slots = new Map<string, Slot>();
  readonly #find: (spec: SymbolSpec) => CandleSource | undefined;

  constructor(find: (spec: SymbolSpec) => CandleSource | undefined) {
    this.#find = find;
  }

  has(id: string): boolean {
    return this.#slots.has(id);
  }

  add(id: string, text: string): void {
    const spec = readSymbolSpec(text);
    this.#slots.set(id, { spec, source: spec && this.#find(spec), told: false });
  }

  /** What can be had under this id; undefined for symbols that are unknown or refused. */
  source(id: string): CandleSource | undefined {
    const source = this.#slots.get(id)?.source;
    return source?.instrument.paidGroup ? undefined : source;
  }

  /** The answer about one symbol, or about all; nothing when the client has heard it. */
  answers(session: string, now: number, only?: string): string[] {
    const due = only === undefined ? [...this.#slots] : [[only, this.#slots.get(only)] as const];
    const answers: string[] = [];
    for (const [id, slot] of due) {
      if (!slot || slot.told) continue;
      slot.told = true;
      answers.push(answer(session, id, slot, now));
    }
    return answers;
  }

  clear(): void {
    this.#slots.clear();
  }
}

function answer(session: string, id: string, { spec, source }: Slot, now: number): string {
  if (!spec || !source) return packet('symbol_error', [session, id, 'invalid symbol']);
  const { instrument } = source;
  if (instrument.paidGroup) {
    return packet('symbol_error', [session, id, 'permission denied', 'group', instrument.paidGroup]);
  }
  return timedPacket('symbol_resolved', [session, id, symbolInfo(instrument, spec.session, now)], now);
}
