import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import type { FlowMessage } from './flow-message';

/** Takes messages out of a Node-RED in another process: a `tcp out` node writes them here, one JSON text a line. */
export class MessageSink<M = FlowMessage> {
  readonly messages: M[] = [];
  readonly #server: Server;
  #connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open<M = FlowMessage>(): Promise<MessageSink<M>> {
    const server = createServer();
    const sink = new MessageSink<M>(server);
    server.on('connection', (socket) => {
      sink.#connections++;
      createInterface({ input: socket }).on('line', (line) => {
        sink.messages.push(JSON.parse(line));
        server.emit('message');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The nodes that lead here; wire to the node `sink`. @param z the tab they lie on */
  nodes(z: string): object[] {
    const func = 'return { payload: JSON.stringify(msg) + "\\n" };';
    const tcp = { host: '127.0.0.1', port: String(this.port), beserver: 'client', base64: false, end: false };
    return [
      { id: 'sink', z, type: 'function', func, outputs: 1, x: 500, y: 100, wires: [['sink-tcp']] },
      { id: 'sink-tcp', z, type: 'tcp out', ...tcp, x: 700, y: 100, wires: [] },
    ];
  }

  /** Waits until its nodes have found it: what reaches them before is lost. */
  async connected(): Promise<void> {
    while (this.#connections === 0) await once(this.#server, 'connection');
  }

  async until(wanted: (messages: M[]) => boolean): Promise<M[]> {
    while (!wanted(this.messages)) await once(this.#server, 'message');
    return this.messages;
  }

  close(): void {
    this.#server.close();
  }
}
