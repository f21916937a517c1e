import { EventEmitter, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { httpServer, type TestServer } from './servers';

export interface BotCall {
  token: string;
  method: string;
  /** As the form says it. */
  fields: Record<string, string>;
}

/** Answers as Telegram's Bot API does, and keeps what was asked of it. */
export class BotApi {
  readonly calls: BotCall[] = [];
  readonly #happened = new EventEmitter();
  #server: TestServer | null = null;

  static async open(): Promise<BotApi> {
    const api = new BotApi();
    api.#server = await httpServer(async (request, response) => {
      const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      const id = api.calls.push({ token, method, fields });
      const result = { message_id: id, date: 0, chat: { id: Number(fields.chat_id) }, text: fields.text };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }));
      api.#happened.emit('call');
    });
    return api;
  }

  get url(): string {
    return `http://${this.#server?.host}`;
  }

  async until(wanted: (calls: readonly BotCall[]) => boolean): Promise<void> {
    while (!wanted(this.calls)) await once(this.#happened, 'call');
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}
