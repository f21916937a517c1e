/** What one WebSocket message held. */
export interface Frame {
  /** The payloads, in order; heartbeats among them. */
  packets: string[];
  /** How many stretches of the message were no packet and were skipped. */
  damaged: number;
}

/** How often in a message what stands before rubbish is read to see whether it is whole. */
const PATIENCE = 1_000;
const MARK = '~m~';
const HEADER = /~m~(\d{1,9})~m~/g;
const HEADER_HERE = /~m~\d{1,9}~m~/y;

/** Wraps a payload for the wire. The length counts UTF-16 code units, as the official client's encoder does. */
export function encodePacket(payload: string): string {
  return `${MARK}${payload.length}${MARK}${payload}`;
}

/** Whether the text is a heartbeat payload, `~h~<number>`. */
export function isHeartbeat(payload: string): boolean {
  return /^~h~\d+$/.test(payload);
}

/**
 * Takes a WebSocket text message apart by the declared lengths; a payload may hold anything, also what looks like a header.
 *
 * A packet counts as whole when its declared length ends at the end of the message or at the next header. Lengths are UTF-16
 * code units; a length that does not fit is tried as code points and as UTF-8 bytes, as other encoders count. What fits in
 * no way costs only itself: reading goes on at the next header that does. A packet never spans two messages.
 */
export function decodeFrame(message: string): Frame {
  const packets: string[] = [];
  let damaged = 0;
  let skipping = false;
  let at = 0;
  const patience = { left: PATIENCE };
  while (at < message.length) {
    const header = headerFrom(message, at);
    if (!header || header.index > at) {
      if (!skipping) damaged++;
      skipping = true;
    }
    if (!header) break;
    const start = header.index + header[0].length;
    const end = endOfPacket(message, start, Number(header[1]), skipping, patience);
    if (end === undefined) {
      if (!skipping) damaged++;
      skipping = true;
      at = header.index + 1;
    } else {
      packets.push(message.slice(start, end));
      skipping = false;
      at = end;
    }
  }
  return { packets, damaged };
}

function headerFrom(message: string, at: number): RegExpExecArray | null {
  HEADER.lastIndex = at;
  return HEADER.exec(message);
}

/**
 * @param astray amid rubbish only the usual way of counting is tried: lying headers must not make reading slow
 * @param patience how often more of this message may still be read in vain
 */
function endOfPacket(
  message: string,
  start: number,
  length: number,
  astray: boolean,
  patience: { left: number },
): number | undefined {
  const inUnits = start + length;
  if (fits(message, inUnits)) return inUnits;
  // Rubbish behind a good packet must not cost the packet.
  if (inUnits < message.length && patience.left > 0) {
    if (isWhole(message.slice(start, inUnits))) return inUnits;
    patience.left--;
  }
  if (astray) return undefined;
  const inCodePoints = advance(message, start, length, () => 1);
  if (fits(message, inCodePoints)) return inCodePoints;
  const inBytes = advance(message, start, length, utf8Length);
  return fits(message, inBytes) ? inBytes : undefined;
}

function fits(message: string, end: number | undefined): boolean {
  if (end === undefined || end > message.length) return false;
  HEADER_HERE.lastIndex = end;
  return end === message.length || HEADER_HERE.test(message);
}

/** The position `length` further on, counting each code point as `weigh` says; undefined where none is at that length. */
function advance(
  message: string,
  start: number,
  length: number,
  weigh: (codePoint: number) => number,
): number | undefined {
  let at = start;
  let counted = 0;
  while (counted < length && at < message.length) {
    const codePoint = message.codePointAt(at) as number;
    counted += weigh(codePoint);
    at += codePoint > 0xffff ? 2 : 1;
  }
  return counted === length ? at : undefined;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function isWhole(payload: string): boolean {
  if (isHeartbeat(payload)) return true;
  try {
    return typeof JSON.parse(payload) === 'object';
  } catch {
    return false;
  }
}
