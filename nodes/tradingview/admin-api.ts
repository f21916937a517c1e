import type { NodeAPI } from 'node-red';
import { type ClientOptions, FeedError, TradingViewClient } from '../../src/index';
import { tryConnection } from './connection-trial';
import type { TvConnectionNode } from './feed';

const BASE = '/livetick/tradingview';
/** Nobody types as much. */
const LONGEST_TEXT = 200;
/** Characters; what the editor shows is far less. */
const LONGEST_ANSWER = 1024 * 1024;
/** Each may hold an answer of upstream's in memory. */
const MOST_AT_A_TIME = 10;

/** Of a request and its answer, what is used here. */
interface AdminRequest {
  query: Record<string, unknown>;
  params: Record<string, string>;
  body?: unknown;
}
interface AdminResponse {
  status(code: number): AdminResponse;
  type(type: string): AdminResponse;
  send(body: string): unknown;
}

/** An answer that is no success. */
class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

/** What the editor asks while somebody fills in a form. Answers hold no secrets; addresses never come from a request. */
export function registerAdminApi(RED: NodeAPI): void {
  const read = RED.auth.needsPermission('tv-connection.read');
  const write = RED.auth.needsPermission('tv-connection.write');

  const deployed = (id: unknown): TvConnectionNode => {
    const node = typeof id === 'string' ? RED.nodes.getNode(id) : null;
    if (node?.type === 'tv-connection') return node as TvConnectionNode;
    throw new Refused(404, 'SETTING_INVALID', 'There is no such connection. Deploy it first.');
  };

  /** Does something with the client of a deployed connection, or with one of a server that everybody may ask. */
  const withClient = async <T>({ query }: AdminRequest, act: (client: TradingViewClient) => Promise<T>): Promise<T> => {
    if (query.connection !== undefined) {
      const { client } = deployed(query.connection);
      if (client) return act(client);
      throw new Refused(400, 'SETTING_INVALID', 'The connection is not set up rightly. Mend its settings and deploy.');
    }
    const client = new TradingViewClient({ server: publicServer(query.server) });
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  };

  const say = (response: AdminResponse, status: number, text: string) =>
    response.status(status).type('application/json').send(text);
  const refuse = (response: AdminResponse, error: unknown) => {
    const { status, code, sentence } = readFailure(error);
    say(response, status, JSON.stringify({ error: sentence, code }));
  };

  let asking = 0;
  const answer =
    (act: (request: AdminRequest) => Promise<unknown>) => async (request: AdminRequest, response: AdminResponse) => {
      if (asking >= MOST_AT_A_TIME) {
        return refuse(response, new FeedError('RATE_LIMITED', 'Too much is asked at a time. Wait a little.'));
      }
      asking++;
      try {
        say(response, 200, written(await act(request)));
      } catch (error) {
        refuse(response, error);
      } finally {
        asking--;
      }
    };

  RED.httpAdmin.get(
    `${BASE}/symbols`,
    read,
    answer(async (request) => ({
      symbols: await withClient(request, (client) => client.searchSymbols(text(request.query.q, 'q'))),
    })),
  );
  RED.httpAdmin.get(
    `${BASE}/indicators`,
    read,
    answer(async (request) => ({
      indicators: await withClient(request, (client) => client.searchIndicators(text(request.query.q ?? '', 'q'))),
    })),
  );
  RED.httpAdmin.get(
    `${BASE}/indicators/:id`,
    read,
    answer(async (request) => {
      const version = text(request.query.version ?? 'last', 'version');
      return withClient(request, (client) => client.indicator(text(request.params.id, 'id'), version));
    }),
  );
  RED.httpAdmin.get(
    `${BASE}/connections/:id`,
    read,
    answer(async ({ params }) => {
      const { client, users } = deployed(params.id);
      if (!client)
        throw new Refused(400, 'SETTING_INVALID', 'The connection is not set up rightly. Mend its settings.');
      const { state, since, channels, reconnects, lastPacketAgeMs, tokenExpires, conflated } = client.stats();
      const count = Object.keys(users).length;
      return { state, since, users: count, channels, reconnects, lastPacketAgeMs, tokenExpires, conflated };
    }),
  );
  RED.httpAdmin.post(
    `${BASE}/test`,
    write,
    answer(async ({ body }) => {
      const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
      return given.connection === undefined
        ? tryConnection(() => typedOptions(given))
        : deployed(given.connection).tryOut();
    }),
  );
  // A path that cannot be decoded would be answered with a stack trace, which goes into the log, too.
  RED.httpAdmin.use(
    BASE,
    (error: unknown, _request: AdminRequest, response: AdminResponse, next: (error: unknown) => void) => {
      if (!(error instanceof URIError)) return next(error);
      const sentence = 'The address cannot be read. A percent sign must begin a character.';
      return refuse(response, new Refused(400, 'SETTING_INVALID', sentence));
    },
  );
}

/** @throws FeedError PROTOCOL when upstream has given more than anybody could read */
function written(body: unknown): string {
  const text = JSON.stringify(body);
  if (text.length <= LONGEST_ANSWER) return text;
  throw new FeedError('PROTOCOL', 'The answer is too large to be shown. Ask for something else.');
}

/** What somebody has typed but not deployed. */
function typedOptions(given: Record<string, unknown>): ClientOptions {
  const secret = (field: string) => (given[field] === undefined ? undefined : text(given[field], field, 8192));
  return {
    server: publicServer(given.server),
    token: secret('token'),
    sessionId: secret('sessionId'),
    sessionSign: secret('sessionSign'),
  };
}

function publicServer(server: unknown): 'live' | 'practice' {
  if (server === 'live' || server === 'practice') return server;
  throw new Refused(400, 'SETTING_INVALID', 'Name a deployed connection, or server=live or server=practice.');
}

function text(value: unknown, field: string, longest = LONGEST_TEXT): string {
  if (typeof value === 'string' && value.length <= longest) return value;
  throw new Refused(400, 'SETTING_INVALID', `“${field}” must be a text of ${longest} characters at most.`);
}

/** Errors of the user are 400 or 404, those of the other side 502. */
function readFailure(error: unknown): { status: number; code: string; sentence: string } {
  if (error instanceof Refused) return { status: error.status, code: error.code, sentence: error.message };
  if (!(error instanceof FeedError)) return { status: 502, code: 'PROTOCOL', sentence: 'It has failed. Try again.' };
  const { code, message: sentence } = error;
  if (code === 'INDICATOR_UNKNOWN' || code === 'SYMBOL_UNKNOWN') return { status: 404, code, sentence };
  const isUsers = code.endsWith('_INVALID');
  return { status: isUsers ? 400 : 502, code, sentence };
}
