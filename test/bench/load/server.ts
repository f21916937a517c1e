// The server's process: answers what clients open as the practice market, whose time stands still, and then sends the load.
// A client's process has a second connection, to say that it is ready (`go`) and that it has had a window (a line each).
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { SteppedClock } from '../../../src/market/clock';
import { PracticeMarket } from '../../../src/simulator/practice-market';
import { CERTIFICATE, KEY } from '../../support/certificate';
import { Opening } from './opening';
import type { Plan } from './plan';
import { Run } from './run';

/** A Wednesday, at noon. */
const NOW = Date.UTC(2026, 4, 13, 12);

const clock = new SteppedClock(NOW);
const market = new PracticeMarket({ clock, maxCandles: 40_001 });
const runs = new Map<string, Run>();
/** Clients that were ready before their connection was there. */
const waiting = new Map<string, () => void>();

function serve(socket: WebSocket, request: IncomingMessage): void {
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  const id = query.get('run') ?? '';
  const plan: Plan | null = JSON.parse(query.get('plan') ?? 'null');
  const opening = new Opening();
  socket.on('error', () => {});
  if (plan) {
    const run = runs.get(id) ?? new Run(plan);
    runs.set(id, run);
    run.lines.push({ socket: request.socket, opening });
  }
  if (plan?.unasked) return waiting.get(id)?.();
  const answer = (text: string) => {
    if (plan) opening.answered(text);
    socket.send(text);
  };
  const connection = market.connect(answer, (code) => socket.close(code));
  socket.on('message', (data) => {
    opening.asked(String(data));
    connection.receive(String(data));
    clock.advance(0);
  });
  socket.on('close', () => {
    connection.end();
    runs.delete(id);
  });
  clock.advance(0);
}

async function lookUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = market.lookUp(request.url ?? '', request.headers as { origin?: string });
  clock.advance(0);
  const { status, text } = await answer;
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function pilot(socket: Socket): void {
  let run: Run | undefined;
  let rest = '';
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') run?.acknowledge();
      else {
        const begin = () => {
          run = runs.get(line) as Run;
          process.send?.({ run: line, ...run.begin() });
        };
        if (runs.has(line)) begin();
        else waiting.set(line, begin);
      }
    }
  });
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function main(): Promise<void> {
  const [http, https] = [createHttpServer(lookUp), createHttpsServer({ key: KEY, cert: CERTIFICATE }, lookUp)];
  for (const server of [http, https]) new WebSocketServer({ server, perMessageDeflate: false }).on('connection', serve);
  const [plain, tls, pilots] = await Promise.all([portOf(http), portOf(https), portOf(createServer(pilot))]);
  process.on('disconnect', () => process.exit());
  process.send?.({ plain, tls, pilots });
}

void main();
