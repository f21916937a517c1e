import { isDeployed } from './market.js';
import { text } from './values.js';

const EVERY = 3_000;
const MINUTE = 60_000;

/** "Live · nodes: 2 · series: 3 · reconnects: 0 · token until 14:30" */
function describe({ state, users, channels, reconnects, tokenExpires, conflated }) {
  const parts = [
    text(`state.${state}`),
    text('life.users', { count: users }),
    text('life.series', { count: channels }),
  ];
  parts.push(text('life.reconnects', { count: reconnects }));
  if (conflated > 0) parts.push(text('life.conflated', { count: conflated }));
  if (tokenExpires !== null) {
    const minutes = Math.max(0, Math.floor((tokenExpires - Date.now()) / MINUTE));
    const left =
      minutes < 120 ? text('life.minutes', { minutes }) : text('life.hours', { hours: Math.floor(minutes / 60) });
    parts.push(minutes === 0 ? text('life.token-over') : text('life.token', { left }));
  }
  return parts.join(' · ');
}

/**
 * Shows how a deployed connection is doing, again and again while the form is open.
 * @returns what ends it
 */
export function connectionLife(node, row, line) {
  row.toggle(isDeployed(node));
  if (!isDeployed(node)) return () => {};
  let timer;
  let request;
  let ended = false;

  function ask() {
    if (ended || !line[0].isConnected) return;
    request = $.getJSON(`livetick/tradingview/connections/${encodeURIComponent(node.id)}`);
    request.then(
      (life) => {
        line.text(describe(life));
        timer = setTimeout(ask, EVERY);
      },
      ({ responseJSON }) => line.text([text('life.unknown'), responseJSON?.error].filter(Boolean).join(' ')),
    );
  }

  ask();
  return () => {
    ended = true;
    clearTimeout(timer);
    request?.abort();
  };
}
