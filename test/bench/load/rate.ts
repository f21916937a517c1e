import type { Socket } from 'node:net';
import { STAMP } from './quote-packets';

/** Microseconds of the machine's clock that only goes forward, in ten digits; the same in all processes. */
export function stampNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return 1_000_000_000 + (seconds % 4_000) * 1_000_000 + Math.floor(nanoseconds / 1000);
}

/** Sends messages one by one at an even pace, each with the time of its sending written into its packets. */
export function sendAtRate(socket: Socket, messages: Buffer[], perSecond: number, total: number): void {
  const places = messages.map((message) => {
    const found: number[] = [];
    for (let at = message.indexOf(STAMP); at !== -1; at = message.indexOf(STAMP, at + 1)) found.push(at);
    return found;
  });
  const begun = process.hrtime.bigint();
  let sent = 0;
  const send = () => {
    const due = Math.min(total, (Number(process.hrtime.bigint() - begun) / 1e9) * perSecond);
    while (sent < due) {
      const which = sent++ % messages.length;
      // What was sent before may still wait to be written.
      const message = Buffer.from(messages[which] as Buffer);
      const stamp = String(stampNow());
      for (const at of places[which] as number[]) message.write(stamp, at, 'latin1');
      socket.write(message);
    }
    if (sent < total) setImmediate(send);
  };
  send();
}
