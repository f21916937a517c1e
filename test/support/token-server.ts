import { customEndpoints, type Endpoints } from '../../src/tradingview/endpoints';
import { checkClientOptions } from '../../src/tradingview/options';
import { httpServer, type TestServer } from './servers';

/** A token as upstream makes them, which nobody has signed. @param times milliseconds since the epoch */
export function jwt(times: { expires?: number; issued?: number }, name = 'someone'): string {
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms / 1000));
  const claims = { user: name, exp: seconds(times.expires), iat: seconds(times.issued) };
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return `${part({ alg: 'RS512', typ: 'JWT' })}.${part(claims)}.secret-signature-of-${name}`;
}

/** The service that gives tokens for session cookies, played by a test. */
export class TokenServer {
  /** The path and the cookies of each request. */
  readonly asked: { path: string; cookie: string | undefined }[] = [];
  /** What the next requests get: a text is the token, a number the HTTP status. null: no answer at all. */
  answer: string | number | null | { body: string } = 500;
  readonly #server: TestServer;

  private constructor(server: TestServer) {
    this.#server = server;
    server.server.on('request', (request, response) => {
      this.asked.push({ path: request.url ?? '', cookie: request.headers.cookie });
      const { answer } = this;
      if (answer === null) return;
      if (typeof answer === 'number') response.writeHead(answer).end('{}');
      else response.end(typeof answer === 'string' ? JSON.stringify(answer) : answer.body);
    });
  }

  static async open(): Promise<TokenServer> {
    return new TokenServer(await httpServer(() => {}));
  }

  get httpUrl(): string {
    return `http://${this.#server.host}`;
  }

  /** For a client whose socket is played by the test, too. */
  get endpoints(): Endpoints {
    const options = { server: 'custom', url: 'ws://127.0.0.1:1/', httpUrl: this.httpUrl, token: 'none' };
    return customEndpoints(checkClientOptions(options));
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
