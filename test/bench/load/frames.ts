/** A text message of a server, as it goes over the socket: not masked, in one piece. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length >= 65_536) throw new Error('a message of the load is too long');
  const header = length < 126 ? Buffer.from([0x81, length]) : Buffer.from([0x81, 126, length >> 8, length & 0xff]);
  return Buffer.concat([header, payload]);
}

/** Packets in messages of so many each. */
export function messagesOf(packets: readonly string[], perMessage: number): Buffer[] {
  const messages = Math.ceil(packets.length / perMessage);
  return Array.from({ length: messages }, (_, n) =>
    textFrame(packets.slice(n * perMessage, (n + 1) * perMessage).join('')),
  );
}
