import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const CORES = { server: 0, client: 1 } as const;

/** Whether processes can be tied to a core here. */
export const canPin = availableParallelism() > 1 && works();

function works(): boolean {
  try {
    execFileSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A command that runs on a core of its own, where that can be had. */
export function pinned(role: keyof typeof CORES, command: string[]): [string, string[]] {
  const [program = '', ...args] = canPin ? ['taskset', '-c', String(CORES[role]), ...command] : command;
  return [program, args];
}
