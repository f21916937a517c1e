import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { TradingViewClient } from '../../src/tradingview/client';
import { encodePacket } from '../../src/tradingview/framing';
import { httpServer } from '../support/servers';
import { untrustedServer } from '../support/tls-server';
import { hello } from '../support/wire';

const MIB = 2 ** 20;

/** A server that greets each client as it should, and then does as the test says. */
class Rude {
  readonly sockets: WebSocket[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      socket.send(hello(Date.now()));
    });
  }

  static async open(): Promise<Rude> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new Rude(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Bytes that are no work of a WebSocket library. */
  raw(...parts: (number[] | Buffer)[]): void {
    const { _socket } = this.sockets.at(-1) as unknown as { _socket: Socket };
    _socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))));
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('a hostile socket', function () {
  this.timeout(30_000);
  let server: Rude;
  let client: TradingViewClient;
  let states: string[];

  beforeEach(async () => {
    server = await Rude.open();
    client = new TradingViewClient({ server: 'custom', url: server.url });
    states = [];
    client.on('state', (state) => states.push(state));
    client.watchPackets({}, () => {});
    while (client.status.state !== 'live') await once(client, 'state');
  });

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  async function reconnected(): Promise<void> {
    while (server.sockets.length < 2 || client.status.state !== 'live') await once(client, 'state');
  }

  it('that sends bytes which are no text is left, and tried again', async () => {
    server.raw([0x81, 0x04, 0xff, 0xfe, 0xc0, 0x80]);
    await reconnected();
    assert.ok(states.includes('waiting'));
  });

  it('that breaks the protocol of WebSockets is left, and tried again', async () => {
    server.raw([0xf7, 0x7f], Buffer.alloc(64, 0xff));
    await reconnected();
  });

  it('that announces a message of 64 MiB is left before that has come', async () => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(64 * MIB));
    server.raw([0x81, 0x7f], length, Buffer.alloc(1024, 0x61));
    await reconnected();
  });

  it('that never ends a message takes no more memory than the largest one', async () => {
    const part = Buffer.alloc(MIB, 0x61);
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(MIB));
    const socket = server.sockets[0] as WebSocket;
    const closed = once(socket, 'close');
    server.raw([0x01, 0x7f], length, part);
    for (let n = 0; n < 64 && socket.readyState === socket.OPEN; n++) {
      server.raw([0x00, 0x7f], length, part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
    await reconnected();
  });

  it('that never stops talking leaves the process its time', async () => {
    const socket = server.sockets[0] as WebSocket;
    const chatter = encodePacket('{"m":"du","p":["cs_nobody",{}]}').repeat(500);
    let turns = 0;
    const turn = setInterval(() => {
      turns++;
    }, 1);
    const begun = performance.now();
    while (client.stats().packets < 200_000) {
      for (let n = 0; n < 8 && socket.bufferedAmount < MIB; n++) socket.send(chatter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    clearInterval(turn);
    assert.ok(turns > 10, `${turns} turns in ${Math.round(performance.now() - begun)} ms`);
    assert.equal(client.status.state, 'live');
    assert.equal(server.sockets.length, 1);
  });
});

describe('an address that is refused before a word is said', () => {
  /** What the first two tries come to. @returns the sentence of the second */
  async function tryTwice(url: string): Promise<string> {
    const client = new TradingViewClient({ server: 'custom', url });
    client.watchPackets({}, () => {});
    try {
      while (client.status.failures < 2) await once(client, 'state');
      const { state, error } = client.status;
      assert.deepEqual([state, error?.code], ['waiting', 'UNREACHABLE']);
      return error?.message ?? '';
    } finally {
      await client.close();
    }
  }

  it('because its certificate is not trusted', async () => {
    const server = await untrustedServer();
    const sentence = await tryTwice(`wss://${server.host}/`);
    await server.close();
    assert.match(sentence, /its certificate is not trusted/);
  });

  it('because it does not speak TLS', async () => {
    const server = await httpServer(() => {});
    const sentence = await tryTwice(`wss://${server.host}/`);
    await server.close();
    assert.match(sentence, /it does not speak TLS|the connection was cut/);
  });

  it('because nobody has its name', async () => {
    assert.match(await tryTwice('ws://nobody-has-this-name.invalid/'), /its name (is not known|cannot be looked up)/);
  });
});
