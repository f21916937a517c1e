import type { Action, Holding, Schedule, Wish } from './schedule';

/** A schedule as people read it. */
export function tell({ scene, offset, grace, wishes, steps }: Schedule): string {
  const name = (n: number) => scene.symbols[n % scene.symbols.length] as string;
  const start = new Date(scene.start + offset).toISOString();
  let passed = 0;
  const lines = steps.map(({ wait, action }) => {
    passed += wait;
    return `  +${(passed / 1000).toFixed(3)} s  ${inWords(action, name)}`;
  });
  const first = wishes.map((wish) => `  +0.000 s  ${wants(wish, name)}`);
  return [`${scene.name}, ${start}, grace ${grace} s`, ...first, ...lines, '  then all is cleared'].join('\n');
}

function inWords(action: Action, name: (n: number) => string): string {
  switch (action.do) {
    case 'hold': {
      const { holding, seconds, cut } = action;
      return `${inForce(holding, name)} for ${seconds} s${cut ? ', and the connection drops' : ''}`;
    }
    case 'drop':
      return `the connection drops (${action.code})`;
    case 'damage':
      return `the next packet is damaged (${action.kind})`;
    case 'skipBars':
      return `${action.bars} candles of ${name(action.symbol)} are not streamed`;
    case 'correct':
    case 'insert':
      return `${action.do} what listener ${action.watch} gets, ${action.candles} candles back`;
    case 'leaveOut':
      return `nothing will be traded in the series of listener ${action.watch}, ${action.candles} candles ahead`;
    case 'join':
      return wants(action.wish, name);
    case 'leave':
      return `listener ${action.watch} leaves${action.back ? ', and comes back' : ''}`;
    case 'sleep':
      return `all sleep until ${name(0)} opens`;
    default:
      return action.do;
  }
}

function wants({ symbol, timeframe, history, after }: Wish, name: (n: number) => string): string {
  const had = after === null ? '' : ` after the one ${after} back`;
  return `somebody wants ${name(symbol)} ${timeframe}, history ${history}${had}`;
}

function inForce(holding: Holding, name: (n: number) => string): string {
  const { fault, ...args } = holding;
  const values = 'symbol' in args ? [name(args.symbol)] : Object.values(args);
  return `${fault}(${values.join(', ')})`;
}
