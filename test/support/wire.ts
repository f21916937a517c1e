import { decodeFrame, encodePacket } from '../../src/tradingview/framing';

/** A packet as a server would send it. */
export function packet(method: string, ...params: unknown[]): string {
  return encodePacket(JSON.stringify({ m: method, p: params }));
}

/** The packets of what a client has sent, heartbeats as they are. */
export function read(sent: readonly string[]): (string | { m: string; p: unknown[] })[] {
  return sent
    .flatMap((text) => decodeFrame(text).packets)
    .map((payload) => (payload.startsWith('{') ? JSON.parse(payload) : payload));
}

/** The first packet of a connection. */
export function hello(timestampMs: number | undefined, more: Record<string, unknown> = {}): string {
  return encodePacket(JSON.stringify({ session_id: '0.1.0', timestampMs, protocol: 'json', ...more }));
}
