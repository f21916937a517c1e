import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { WebSocketServer } from 'ws';
import { decodeFrame, encodePacket } from '../../src/tradingview/framing';

/** Captured frames of the real service lie beside the project where they may be had; they are no part of it. */
const RECORDINGS = resolve(__dirname, '../../../shared/recordings/tradingview');

/** The path of a recording, or null where there is none. */
export function recordingPath(name: string): string | null {
  const path = join(RECORDINGS, name);
  return existsSync(path) ? path : null;
}

/** The WebSocket messages of a captured session that the server sent, in order. */
export function recordedServerMessages(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('in\t')).map((line) => line.slice(3));
}

/** What a replay waits for before it answers. */
export type AnsweredWhen = 'series' | 'study';

/**
 * A server that greets with the recorded hello, and answers the first series asked for, or the first study on it, with the rest
 * of the recording, under the client's own session id.
 */
export async function replayServer(
  messages: string[],
  when: AnsweredWhen = 'series',
): Promise<{ url: string; close: () => void }> {
  const [hello = '', ...rest] = messages;
  const recordedId = /cs_\w{12}/.exec(rest[0] ?? '')?.[0] ?? '';
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    // The hello's declared length no longer fits: its owner has taken a value out.
    socket.send(encodePacket(hello.replace(/^~m~\d+~m~/, '')));
    socket.on('message', (data) => {
      for (const packet of decodeFrame(data.toString()).packets) {
        const { m, p } = JSON.parse(packet);
        if (m !== `create_${when}`) continue;
        for (const message of rest) socket.send(message.replaceAll(recordedId, p[0]));
      }
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket.io/websocket`,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
