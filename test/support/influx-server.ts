import { EventEmitter, once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { httpServer, type TestServer } from './servers';

export interface Point {
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, number>;
  /** As it stands in the line, in the precision that the write names. */
  time: number;
}

export interface Write {
  path: string;
  query: Record<string, string>;
  points: Point[];
}

/** Takes writes in line protocol as InfluxDB 1 and 2 do, and keeps what they say. */
export class InfluxServer {
  /** Those that were accepted. */
  readonly writes: Write[] = [];
  refused = 0;
  /** While it is so, every write is answered with 503. */
  away = false;
  readonly #happened = new EventEmitter();
  #server: TestServer | null = null;

  static async open(): Promise<InfluxServer> {
    const influx = new InfluxServer();
    influx.#server = await httpServer(async (request, response) => {
      const raw = await buffer(request);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://influx');
      if (influx.away) influx.refused++;
      else {
        const points = body.toString().split('\n').filter(Boolean).map(readLine);
        influx.writes.push({ path: pathname, query: Object.fromEntries(searchParams), points });
      }
      response.writeHead(influx.away ? 503 : 204).end();
      influx.#happened.emit('write');
    });
    return influx;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return this.#server?.host as string;
  }

  /** What the database holds: of each measurement, set of tags and time the last point. */
  get points(): Point[] {
    const name = ({ measurement, tags, time }: Point) => JSON.stringify([measurement, tags, time]);
    return [...new Map(this.writes.flatMap(({ points }) => points).map((point) => [name(point), point])).values()];
  }

  async until(wanted: (influx: this) => boolean): Promise<void> {
    while (!wanted(this)) await once(this.#happened, 'write');
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}

/** `measurement,tag=a field=1,field=2 time`, where a backslash stands before what would otherwise separate. */
function readLine(line: string): Point {
  const [series = '', fields = '', time = '', ...more] = splitAt(line, ' ');
  if (more.length > 0 || !/^-?\d+$/.test(time)) throw new Error(`not a line: ${line}`);
  const [measurement = '', ...tags] = splitAt(series, ',');
  return {
    measurement: unescaped(measurement),
    tags: Object.fromEntries(tags.map((tag) => splitAt(tag, '=').map(unescaped))),
    fields: Object.fromEntries(
      splitAt(fields, ',').map((field) => {
        const [key = '', value = ''] = splitAt(field, '=');
        if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value)) throw new Error(`not a float: ${field}`);
        return [unescaped(key), Number(value)];
      }),
    ),
    time: Number(time),
  };
}

function splitAt(text: string, sign: ' ' | ',' | '='): string[] {
  return text.split(new RegExp(`(?<!\\\\)${sign}`));
}

function unescaped(text: string): string {
  return text.replace(/\\([ ,=])/g, '$1');
}
