/** The server as its users start it: a process of its own, told by its environment, heard by what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

export const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

export interface ServeProcess {
  child: ChildProcess;
  /** What it printed so far. */
  output(): string;
  errors(): string;
  /** Where it listens; waits until it says so, throws when it ends before. */
  address(): Promise<string>;
  /** The exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
  /** Whether it, or any process it started, is still there. */
  anyAlive(): boolean;
}

/** Starts `malipo serve`, or another command line; ended with the test at the latest. */
export function startServe(
  env: Record<string, string>,
  [command, ...words]: [string, ...string[]] = [process.execPath, 'malipo.js', 'serve'],
): ServeProcess {
  const child = spawn(command, words, {
    cwd: PACKAGE,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The first of a process group of its own, so that nothing it starts is out of sight.
    detached: true,
  });
  const signalAll = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-child.pid!, signal);
    } catch {
      return false;
    }
  };
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ending = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  onTestFinished(async () => {
    signalAll('SIGKILL');
    await ending;
  });
  const said = () => /running at (http:\S+)/.exec(output)?.[1];
  return {
    child,
    output: () => output,
    errors: () => errors,
    address: async () => {
      await until(() => said() !== undefined || child.exitCode !== null);
      const address = said();
      if (address === undefined) throw new Error(`It ended before it listened: ${errors}`);
      return address;
    },
    ended: async () => {
      const [code, signal] = await ending;
      return code ?? signal!;
    },
    anyAlive: () => signalAll(0),
  };
}
