import { setTimeout as pass } from 'node:timers/promises';
import { type Timeframe, timeframeLength } from '../../src/market/timeframe';
import type { Chronicle } from '../support/exactly-once/chronicle';
import { AMENDED, type Deed, type FlowNode } from './plan';
import type { Sheet } from './sheet';
import type { Stage } from './stage';

/** What passes while these hold may be lost, and nobody be told of it. */
const DEAFENING = ['freeze', 'freezeSymbol', 'malform', 'loseSessions', 'skipBars'];
/** Who is shut out by these waits for very long, or for ever, unless somebody says `reconnect`. */
const SHUT_OUT = ['tooManyConnections', 'ban'];

/** Makes happen what a plan says, and writes down what the judge has to know of it. */
export class Deeds {
  readonly #stage: Stage;
  readonly #sheet: Sheet;
  readonly #chronicle: Chronicle;
  readonly #endings = new Set<() => Promise<void>>();
  readonly #holes = new Map<string, number[]>();
  /** When nobody is stopped, who could not hear that something ends. */
  #awake: Promise<void> = Promise.resolve();
  /** What went wrong with the campaign itself. */
  readonly #failures: unknown[] = [];
  #requests = 0;
  #shuts = false;

  constructor(stage: Stage, sheet: Sheet, chronicle: Chronicle) {
    this.#stage = stage;
    this.#sheet = sheet;
    this.#chronicle = chronicle;
  }

  /** @returns what was done, in words */
  async perform(deed: Deed): Promise<string> {
    const { market, relay, red } = this.#stage;
    switch (deed.do) {
      case 'fault':
        // A packet that is damaged is the next one, whenever that comes.
        this.#trouble(deed.fault, deed.fault === 'skipBars' ? String(deed.args[0]) : null)(Date.now() + 5_000);
        await market.fault(deed.fault, ...deed.args);
        return `${deed.fault}(${deed.args})`;
      case 'hold':
        return this.#hold(deed);
      case 'network': {
        const over = this.#trouble(`network ${deed.how}`, null, deed.how === 'lose');
        relay[deed.how]();
        if (!('seconds' in deed)) {
          over(Date.now() + 30_000);
          return `the network: ${deed.how}`;
        }
        this.#endLater(deed.seconds, async () => {
          relay.mend();
          over(Date.now());
        });
        return `the network: ${deed.how} for ${deed.seconds} s`;
      }
      case 'sleep': {
        const over = this.#trouble('sleep', null, deed.who === 'market');
        const who = deed.who === 'market' ? market : red;
        who.freeze();
        this.#awake = pass(deed.seconds * 1000);
        await this.#awake;
        who.thaw();
        over(Date.now());
        return `${deed.who} slept for ${deed.seconds} s`;
      }
      case 'clock':
        await this.#stage.clock(deed.offset);
        return `Node-RED's host has its clock ${deed.offset} ms ahead`;
      case 'correct':
      case 'leaveOut':
      case 'insert':
        return this.#amend(deed);
      case 'deploy': {
        const over = this.#trouble('deploy', null);
        const what = this.#sheet.change(deed.change, deed.node, deed.fresh);
        await this.#sheet.deploy(deed.type);
        over(Date.now());
        return `deploy (${deed.type}) with ${deed.change} changed: ${what}`;
      }
      case 'control': {
        const node = this.#sheet.node(deed.node, 'tv-ohlc', 'tv-indicator', 'tv-trades');
        // What is amended is not for indicators.
        const allowed = node?.type !== 'tv-indicator' || !AMENDED.includes(deed.symbol);
        if (!node || !allowed) return '';
        const { action, symbol } = deed;
        if (action === 'reconnect') this.#trouble(action, null)(Date.now() + 30_000);
        await this.#stage.input(node.id, { action, payload: symbol });
        return `${node.id}: ${action} ${action === 'reconnect' ? '' : symbol}`;
      }
      case 'ask':
        return this.#ask(deed);
    }
  }

  /** Nothing is wrong any more. */
  async clear(): Promise<void> {
    for (const end of [...this.#endings]) await end();
    if (this.#failures.length > 0) throw this.#failures[0];
    const { market, relay } = this.#stage;
    await market.fault('clear');
    relay.mend();
    if (this.#shuts) await this.#setOut();
  }

  /** Somebody says `reconnect`. */
  async #setOut(): Promise<void> {
    for (const connection of ['c', 'd']) {
      const node = this.#sheet.nodes.find(
        ({ type, connection: its }) => /ohlc|indicator|trades|packets/.test(type) && its === connection,
      );
      if (node) await this.#stage.input(node.id, { action: 'reconnect' });
    }
  }

  async #hold({ fault, args, seconds, cut }: Extract<Deed, { do: 'hold' }>): Promise<string> {
    const { market } = this.#stage;
    if (fault === 'refuse' && args[0] !== 'connection') this.#shuts = true;
    const symbol = fault === 'freezeSymbol' && args.length === 1 ? String(args[0]) : null;
    const over = this.#trouble(fault, symbol);
    if (fault === 'limitHistory') this.#chronicle.limit(Date.now(), Number(args[0]));
    await market.fault(fault, ...args);
    this.#endLater(seconds, async () => {
      await market.fault('clear', fault);
      if (SHUT_OUT.includes(fault)) await this.#setOut();
      over(Date.now());
      if (fault === 'limitHistory') this.#chronicle.limit(Date.now(), Number.POSITIVE_INFINITY);
    });
    if (cut) await market.fault('drop', 1006);
    return `${fault}(${args}) for ${seconds} s${cut ? ', and the connections drop' : ''}`;
  }

  async #amend({ do: what, node: n, symbol: s, candles }: Extract<Deed, { node: number; symbol: number }>) {
    const node = this.#sheet.node(n, 'tv-ohlc');
    const symbols = ((node?.symbols ?? []) as string[]).filter((one) => AMENDED.includes(one));
    const symbol = symbols[s % Math.max(1, symbols.length)];
    if (!node || !symbol) return '';
    const timeframe = node.timeframe as Timeframe;
    const length = timeframeLength(timeframe);
    const now = Date.now();
    const key = `${symbol} ${timeframe}`;
    const holes = this.#holes.get(key) ?? [];
    this.#holes.set(key, holes);
    const { market } = this.#stage;
    if (what === 'leaveOut') {
      const time = (Math.floor(now / length) + 1 + candles) * length;
      holes.push(time);
      await market.fault('leaveOut', symbol, timeframe, time);
      return `nothing is traded in ${key} at ${iso(time)}`;
    }
    if (what === 'insert') {
      const time = holes.find((hole) => hole + length < now);
      if (time === undefined) return '';
      holes.splice(holes.indexOf(time), 1);
      this.#note(symbol, timeframe, time, null);
      await market.fault('insert', symbol, timeframe, { time, open: 7, high: 7, low: 7, close: 7, volume: 1 });
      return `${key} at ${iso(time)} is inserted`;
    }
    const bars = await market.candles(symbol, timeframe, now - (candles + 3) * length, now - length + 1);
    const bar = bars.at(-candles);
    if (!bar) return '';
    this.#note(symbol, timeframe, bar.time, bar);
    await market.fault('correct', symbol, timeframe, bar.time, { close: bar.close * (1 + candles / 1_000) });
    return `${key} at ${iso(bar.time)} is corrected`;
  }

  async #ask({ node: n, symbol, timeframe, count, span }: Extract<Deed, { do: 'ask' }>): Promise<string> {
    const node: FlowNode | undefined = this.#sheet.node(n, 'tv-history');
    if (!node) return '';
    const now = Date.now();
    const length = timeframeLength(timeframe as Timeframe);
    const which = span ? { from: now - 2 * count * length, to: now - count * length } : { count };
    const request = ++this.#requests;
    await this.#stage.input(node.id, { request, payload: { symbol, timeframe, ...which } });
    return `${node.id} is asked for ${symbol} ${timeframe} ${JSON.stringify(which)}`;
  }

  #note(symbol: string, timeframe: Timeframe, time: number, before: Chronicle['amendments'][number]['before']): void {
    this.#chronicle.amendments.push({ at: Date.now(), symbol, timeframe, time, before });
  }

  #trouble(what: string, symbol: string | null, deafens = DEAFENING.includes(what)): (at: number) => void {
    return this.#chronicle.trouble({ what, from: Date.now(), symbol, deafens });
  }

  #endLater(seconds: number, act: () => Promise<void>): void {
    const end = async () => {
      clearTimeout(timer);
      await this.#awake;
      if (this.#endings.delete(end)) await act();
    };
    const timer = setTimeout(() => end().catch((error) => this.#failures.push(error)), seconds * 1000);
    this.#endings.add(end);
  }
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}
