/** Servers in processes of their own, for what only a whole process can show: being started, loaded and killed. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));

/** No start takes this long, whatever else the machine does. */
const START_TIMEOUT_MS = 120_000;

/** What a server prints when it listens; `localhost` may mean ::1 first, where nobody listens. */
const LISTENING = /running at http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/;

export interface ServerProcess {
  readonly pid: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What it wrote to stderr: nothing, while all is well. */
  complaints(): string;
  /** Asks it to stop and waits until it has; throws when it did not end well. */
  stop(): Promise<void>;
  /** `kill -9`: no handler runs, nothing is flushed. Waits until the process is gone. */
  kill(): Promise<void>;
}

/** A server did not come up; the message is what it said instead. */
export class NotStartedError extends Error {
  override name = 'NotStartedError';
}

/** Runs a script with Node and waits until it says that it is `running at http://localhost:PORT`. */
export async function startServerProcess(args: readonly string[], env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd: PACKAGE,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  const said = { out: '', err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const listening = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
      const port = LISTENING.exec(said.out)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  const slow = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const url = await Promise.race([listening, ended.then(() => null)]);
  clearTimeout(slow);
  if (url === null) throw new NotStartedError(said.err || said.out || 'it ended without a word');

  return {
    pid: child.pid!,
    url,
    complaints: () => said.err,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`The server ended with ${code}: ${said.err}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Kills `malipo serve` after so many milliseconds, whether it listens by then or not. */
export async function killWhileStarting(databaseFile: string, env: Record<string, string>, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ['malipo.js', 'serve'], {
    cwd: PACKAGE,
    env: { ...inherited(), ...serveEnvironment(databaseFile, env) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  await ended;
}

/** Runs one command of the command line and answers what it prints as JSON. */
export function runCli<T>(databaseFile: string, ...args: string[]): Promise<T> {
  return runCliWith({}, databaseFile, ...args);
}

/** The same with an environment of its own. */
export async function runCliWith<T>(env: Record<string, string>, databaseFile: string, ...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, ['malipo.js', ...args, '--json'], {
    cwd: PACKAGE,
    env: { ...inherited(), ...env, DATABASE_URL: urlOf(databaseFile) },
  });
  return JSON.parse(stdout) as T;
}

function serveEnvironment(databaseFile: string, env: Record<string, string>): Record<string, string> {
  // As under npm the server stops by itself when the process that started it dies.
  return { HOST: '127.0.0.1', PORT: '0', DATABASE_URL: urlOf(databaseFile), npm_lifecycle_event: 'test', ...env };
}

/** A file's path, or a database's address. */
function urlOf(database: string): string {
  return /^(file|postgres(ql)?):/.test(database) ? database : `file:${database}`;
}

/** Nothing of the caller's own configuration: a DATABASE_URL in its environment must never be used here. */
function inherited(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

/** The real `malipo serve` on a free port of this machine. */
export function startServe(databaseFile: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  return startServerProcess(['malipo.js', 'serve'], serveEnvironment(databaseFile, env));
}
