import type { Practice } from '../practice-client';
import type { Chronicle, Trouble } from './chronicle';
import type { Holding } from './schedule';

const SECOND = 1_000;
/** What passes while these hold may be lost, and nobody be told of it. */
const DEAFENING: ReadonlySet<string> = new Set(['freeze', 'freezeSymbol', 'expireToken', 'malform']);

/** Works the fault switches of the practice market, ends in time what holds, and writes it all down. */
export class Troublemaker {
  readonly #practice: Practice;
  readonly #chronicle: Chronicle;
  readonly #endings = new Set<() => void>();

  constructor(practice: Practice, chronicle: Chronicle) {
    this.#practice = practice;
    this.#chronicle = chronicle;
  }

  drop(code: 1000 | 1005 | 1006): void {
    this.#brief('drop');
    this.#faults.drop(code);
  }

  restart(): void {
    this.#brief('restart');
    this.#faults.restart();
  }

  loseSessions(): void {
    this.#brief('loseSessions', { deafens: true });
    this.#faults.loseSessions();
  }

  reconnect(): void {
    this.#brief('reconnect');
    this.#practice.client.reconnect();
  }

  /** The next packet is damaged; it may be a heartbeat's time until it comes. */
  damage(kind: 'length' | 'cut' | 'junk' | 'types'): void {
    this.#brief('damage', { deafens: true, lasts: 5 * SECOND });
    this.#faults.malform(kind);
  }

  skipBars(symbol: string, bars: number): void {
    const over = this.#begin('skipBars', { symbol, deafens: true });
    this.#faults.skipBars(symbol, bars);
    this.#endings.add(() => over(this.#now));
  }

  /** @param symbol null: all */
  hold(holding: Holding, symbol: string | null, seconds: number): void {
    const { fault } = holding;
    const over = this.#begin(fault, { symbol, deafens: DEAFENING.has(fault) });
    if (holding.fault === 'limitHistory') this.#chronicle.limit(this.#now, holding.candles);
    this.#switch(holding, symbol);
    const end = () => {
      this.#endings.delete(end);
      timer.cancel();
      over(this.#now);
      if (fault === 'limitHistory') this.#chronicle.limit(this.#now, Number.POSITIVE_INFINITY);
      this.#faults.clear(fault);
      this.#setOut();
    };
    const timer = this.#practice.clock.after(seconds * SECOND, end);
    this.#endings.add(end);
  }

  /** Nothing is wrong any more. */
  clear(): void {
    for (const end of [...this.#endings]) end();
    this.#endings.clear();
    this.#faults.clear();
    this.#setOut();
  }

  get #faults() {
    return this.#practice.market.faults;
  }

  get #now(): number {
    return this.#practice.clock.now();
  }

  #switch(holding: Holding, symbol: string | null): void {
    switch (holding.fault) {
      case 'freeze':
        return this.#faults.freeze(holding.mode);
      case 'freezeSymbol':
        return this.#faults.freezeSymbol(symbol as string);
      case 'refuse':
        return this.#faults.refuse(holding.how);
      case 'slow':
        return this.#faults.slow(holding.ms);
      case 'reorder':
        return this.#faults.reorder(holding.window);
      case 'malform':
        return this.#faults.malform(holding.kind, holding.every);
      case 'limitHistory':
      case 'smallPages':
        return this.#faults[holding.fault](holding.candles);
      case 'tooManyConnections':
        return this.#faults.tooManyConnections(holding.times);
      case 'expireToken':
        return this.#faults.expireToken(holding.mode);
      default:
        return this.#faults[holding.fault]();
    }
  }

  /** Only a person ends a stop. */
  #setOut(): void {
    const { client } = this.#practice;
    if (client.status.state === 'stopped') client.reconnect();
  }

  #begin(what: string, { symbol = null, deafens = false }: Partial<Trouble>): (at: number) => void {
    return this.#chronicle.trouble({ what, from: this.#now, symbol, deafens });
  }

  #brief(what: string, { deafens = false, lasts = 0 } = {}): void {
    this.#begin(what, { deafens })(this.#now + lasts);
  }
}
