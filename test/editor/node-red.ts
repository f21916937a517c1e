import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { linkOtherPalettes } from '../support/examples';
import { NodeRedProcess } from '../support/node-red-process';

const ROOT = resolve(__dirname, '../..');

/** A user directory of its own; the caller removes it. */
export function makeUserDir(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'livetick-user-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Run {
  /** null while it runs. */
  exitCode: number | null;
  output: string;
}

/** Runs start.mjs as `npm start` does, on a free port unless `env` has one. */
function run(args: string[], env: NodeJS.ProcessEnv): { child: ChildProcess; result: Run } {
  const child = spawn(process.execPath, [join(ROOT, 'start.mjs'), ...args], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result: Run = { exitCode: null, output: '' };
  const collect = (text: Buffer) => {
    result.output += text;
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.once('exit', (code) => {
    result.exitCode = code;
  });
  return { child, result };
}

/** For a start that is to end by itself. */
export async function runToEnd(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { child, result } = run(args, env);
  await once(child, 'close');
  return result;
}

export interface RunningNodeRed {
  url: string;
  /** What it has written so far. */
  output(): string;
  /** Asks it to end, as Ctrl-C does. */
  stop(): Promise<{ exitCode: number | null; ms: number }>;
}

/** As `npm start` does it; or another Node-RED with the same palette, where NODE_RED_DIR names one. */
export function startNodeRed(userDir: string, ...args: string[]): Promise<RunningNodeRed> {
  return startOn(0, userDir, args);
}

/** Ends it and starts it again, at the same address. */
export async function restartNodeRed(nodeRed: RunningNodeRed, userDir: string): Promise<RunningNodeRed> {
  await nodeRed.stop();
  return startOn(Number(new URL(nodeRed.url).port), userDir, []);
}

/** @param port 0: one that is free */
function startOn(port: number, userDir: string, args: string[]): Promise<RunningNodeRed> {
  return process.env.NODE_RED_DIR ? startWithSettings(userDir, {}, port) : npmStart(userDir, args, port);
}

/** @param port 0: one that is free */
export async function npmStart(userDir: string, args: string[] = [], port = 0): Promise<RunningNodeRed> {
  const { child, result } = run(['--user-dir', userDir, ...args], { PORT: String(port) });
  const url = await new Promise<string>((found, failed) => {
    child.stdout?.on('data', () => {
      const match = /http:\/\/\S+/.exec(result.output);
      if (match && result.output.includes('Ctrl-C')) found(match[0]);
    });
    child.once('close', () => failed(new Error(`Node-RED did not start:\n${result.output}`)));
  });
  return {
    url,
    output: () => result.output,
    async stop() {
      const asked = performance.now();
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await once(child, 'close');
      }
      return { exitCode: child.exitCode, ms: performance.now() - asked };
    },
  };
}

/** A Node-RED with settings of its own, with this palette and the example of the first start. @param port 0: one that is free */
export async function startWithSettings(userDir: string, settings: object = {}, port = 0): Promise<RunningNodeRed> {
  const flow = join(userDir, 'flows.json');
  const palette = join(userDir, 'node_modules/@livetick/node-red-market-data');
  if (!existsSync(flow)) copyFileSync(join(ROOT, 'examples/first-candle.json'), flow);
  mkdirSync(dirname(palette), { recursive: true });
  if (!existsSync(palette)) {
    symlinkSync(ROOT, palette, 'junction');
    linkOtherPalettes(userDir);
  }
  // Or the editor asks nodered.org for news.
  const externalModules = { autoInstall: false, palette: { allowInstall: false } };
  const nodeRed = await NodeRedProcess.start(userDir, { externalModules, ...settings }, port || undefined);
  return {
    url: `${nodeRed.url}/`,
    output: () => nodeRed.output,
    async stop() {
      const asked = performance.now();
      const exitCode = await nodeRed.stop();
      return { exitCode, ms: performance.now() - asked };
    },
  };
}
