import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '..');

/** What each room may import of the others, as DESIGN.md draws the arrows: folders (with a slash at the end) and files. Nodes of a feed are a room by what their names begin with. */
const ARROWS: Record<string, string[]> = {
  'nodes/shared/': ['src/index.ts'],
  'nodes/tradingview/': ['nodes/shared/', 'src/index.ts'],
  'nodes/news/': ['nodes/shared/', 'src/index.ts'],
  'nodes/tv-': ['nodes/tradingview/', 'nodes/shared/', 'src/index.ts'],
  'nodes/news-': ['nodes/news/', 'nodes/shared/', 'src/index.ts'],
  'src/market/': [],
  'src/indicators/': [],
  'src/feed/': ['src/market/'],
  'src/tradingview/': ['src/feed/', 'src/market/'],
  'src/news/': ['src/feed/', 'src/market/'],
  'src/simulator/': ['src/tradingview/framing.ts', 'src/tradingview/messages.ts', 'src/market/', 'src/indicators/'],
};

/** Files that stand above the rooms and put them together. */
const COMPOSERS = ['src/index.ts', 'src/practice-endpoints.ts'];

/** What a room may import of packages; Node.js's own modules are not counted. */
const PACKAGES: Record<string, string[]> = {
  'nodes/shared/': ['node-red'],
  'nodes/tradingview/': ['node-red'],
  'nodes/tv-': ['node-red'],
  'nodes/news-': ['node-red'],
  'src/feed/': ['ws', 'https-proxy-agent'],
  'src/news/': ['eventsource-parser'],
  'src/simulator/': ['ws'],
};

interface Import {
  from: string;
  to: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

/** All that a source names as a module, however: import, export from, import(), require(), import type. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const forms = [
    /(?:^|[}\s*])from\s*['"]([^'"\n]+)['"]/g,
    /\bimport\s*['"]([^'"\n]+)['"]/g,
    /\b(?:import|require)\s*\(\s*['"]([^'"\n]+)['"]/g,
  ];
  return forms.flatMap((form) => [...source.matchAll(form)].map(([, name]) => name as string));
}

/** A relative import as the path of the source that it means. */
function resolve(file: string, name: string): string {
  const path = relative(ROOT, join(ROOT, dirname(file), name)).replaceAll('\\', '/');
  return path.endsWith('.ts') || path.endsWith('.json') ? path : `${path}.ts`;
}

const files = [...sources('src'), ...sources('nodes')];
const local: Import[] = [];
const packages: Import[] = [];
for (const from of files) {
  for (const name of importsOf(from)) {
    if (name.startsWith('.')) local.push({ from, to: resolve(from, name) });
    else if (!name.startsWith('node:')) packages.push({ from, to: name });
  }
}

const roomOf = (file: string) => Object.keys(ARROWS).find((room) => file.startsWith(room));

function allowed({ from, to }: Import): boolean {
  const room = roomOf(from);
  if (room === undefined) return true;
  const within = room.endsWith('/') && to.startsWith(room);
  return (
    within ||
    (ARROWS[room] as string[]).some((target) => (target.endsWith('/') ? to.startsWith(target) : to === target))
  );
}

describe('import directions', () => {
  it('are read from the sources at all', () => {
    assert.ok(files.length > 40);
    assert.ok(local.some(({ from, to }) => from === 'src/feed/connection.ts' && to === 'src/market/clock.ts'));
    assert.ok(packages.some(({ from, to }) => from === 'src/feed/websocket-transport.ts' && to === 'ws'));
  });

  it('name sources that exist', () => {
    assert.deepEqual(
      local.filter(({ to }) => !files.includes(to)),
      [],
    );
  });

  it('follow the arrows', () => {
    assert.deepEqual(
      local.filter((one) => !allowed(one)),
      [],
    );
  });

  it('never lead from the library to the nodes', () => {
    assert.deepEqual(
      local.filter(({ from, to }) => from.startsWith('src/') && to.startsWith('nodes/')),
      [],
    );
  });

  it('leave every source of the library in a room, but for those that compose', () => {
    assert.deepEqual(
      files.filter((file) => roomOf(file) === undefined),
      COMPOSERS.filter((file) => files.includes(file)),
    );
  });

  it('reach packages only where they belong', () => {
    const strange = packages.filter(({ from, to }) => {
      const room = roomOf(from);
      return !(room && PACKAGES[room]?.includes(to));
    });
    assert.deepEqual(strange, []);
  });

  it('would be noticed if they were wrong', () => {
    for (const [from, to] of [
      ['src/market/clock.ts', 'src/feed/errors.ts'],
      ['src/feed/connection.ts', 'src/tradingview/client.ts'],
      ['src/tradingview/client.ts', 'src/simulator/practice-market.ts'],
      ['src/news/client.ts', 'src/tradingview/client.ts'],
      ['src/tradingview/client.ts', 'src/news/client.ts'],
      ['src/news/client.ts', 'src/simulator/practice-news.ts'],
      ['src/feed/link.ts', 'src/news/client.ts'],
      ['src/simulator/practice-news.ts', 'src/news/messages.ts'],
      ['src/simulator/pulse.ts', 'src/tradingview/client.ts'],
      ['src/simulator/pulse.ts', 'src/feed/errors.ts'],
      ['nodes/tv-ohlc.ts', 'src/market/candle.ts'],
      ['nodes/tv-ohlc.ts', 'nodes/tv-connection.ts'],
      ['nodes/tv-ohlc.ts', 'nodes/news/feed.ts'],
      ['nodes/news-prices.ts', 'nodes/tradingview/feed.ts'],
      ['nodes/shared/status.ts', 'nodes/tradingview/feed.ts'],
    ] as const) {
      assert.equal(allowed({ from, to }), false, `${from} → ${to}`);
    }
  });
});
