import type { Agent } from 'node:http';
import type { Address } from './transport';

/** A proxy of one's own choice, in place of the one in the environment. */
export interface ProxySettings {
  /** `http://host:port` or `https://host:port`. */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Hosts that are reached without it: names, `.suffixes`, `host:port`, or `*` for all. */
  noProxy?: readonly string[] | undefined;
}

type Environment = Record<string, string | undefined>;

const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' };

/**
 * How a request for this address is to travel: through the proxy of the settings; without settings through that of the usual
 * environment variables (HTTPS_PROXY for wss and https, HTTP_PROXY for ws and http, ALL_PROXY, NO_PROXY, in capitals or not).
 * @returns undefined where there is no proxy for it, or the environment's is no address; to be destroyed after use
 */
export function proxyAgent(url: string, settings: ProxySettings | null, env: Environment): Agent | undefined {
  const target = new URL(url);
  const isSecure = target.protocol === 'wss:' || target.protocol === 'https:';
  const variable = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()];
  const exceptions = settings ? (settings.noProxy ?? []) : (variable('no_proxy') ?? '').split(/[\s,]+/);
  const port = target.port || DEFAULT_PORTS[target.protocol];
  if (exceptions.some((exception) => excepts(exception.trim(), target.hostname, port))) return undefined;
  const proxy = settings?.url ?? (variable(isSecure ? 'https_proxy' : 'http_proxy') || variable('all_proxy'));
  if (!proxy) return undefined;
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (!URL.canParse(address)) return undefined;
  const server = new URL(address);
  const username = settings?.username || decoded(server.username);
  const password = settings?.password || decoded(server.password);
  // The agent's library prints the address where DEBUG asks for it.
  server.username = '';
  server.password = '';
  // Loaded only where there is a proxy, for it takes long.
  const { ProxyAgent } = require('./proxy-agent') as typeof import('./proxy-agent');
  return new ProxyAgent(server, login(username, password));
}

/** An address with the way to it: straight, or through the proxy of the settings or the environment. */
export function reachable(url: string, settings: ProxySettings | null): Address {
  const agent = proxyAgent(url, settings, process.env);
  return { url, agent, release: () => agent?.destroy() };
}

function login(username: string, password: string): Record<string, string> {
  if (!username && !password) return {};
  return { 'Proxy-Authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** A part of an address as it was meant; a percent sign that begins nothing is one. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function excepts(exception: string, host: string, port: string | undefined): boolean {
  if (exception === '') return false;
  if (exception === '*') return true;
  const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(exception.toLowerCase()) ?? [];
  if (only !== undefined && only !== port) return false;
  const suffix = name.replace(/^\*?\.?/, '.');
  return host.toLowerCase() === suffix.slice(1) || host.toLowerCase().endsWith(suffix);
}
