import { HttpsProxyAgent, type HttpsProxyAgentOptions } from 'https-proxy-agent';

/**
 * The way through a proxy. Its `destroy` also ends what is still under way to the proxy: an agent knows of its sockets only once
 * they are through.
 */
export class ProxyAgent extends HttpsProxyAgent<string> {
  readonly #closing: AbortController;

  constructor(server: URL, login: Record<string, string>, closing = new AbortController()) {
    // What is not said of headers goes to the sockets, which end by this signal.
    super(server, { headers: login, signal: closing.signal } as HttpsProxyAgentOptions<string>);
    this.#closing = closing;
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }
}
