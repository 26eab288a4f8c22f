/** The real server in a process of its own, as `npm start` runs it, on free ports and a database of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../malipo.js', import.meta.url));

/** What `serve --demo` prints; the key only on the first start. */
const PRINTED = {
  url: /^Malipo is running at (\S+)$/m,
  shopUrl: /^ +demo shop +(\S+?)\/ /m,
  testKey: /^ +test API key +(\S+)/m,
};

type Process = ChildProcessByStdio<null, Readable, Readable>;

export class MalipoServer {
  /** The server the widget talks to. */
  url = '';
  /** The merchant's site, another origin. */
  shopUrl = '';
  /** The merchant's secret key, printed at the first start. */
  testKey = '';
  readonly #folder: string;
  readonly #approvalMs: number;
  readonly #credentials: Record<string, string>;
  #process: Process | null = null;

  private constructor(folder: string, approvalMs: number, credentials: Record<string, string>) {
    this.#folder = folder;
    this.#approvalMs = approvalMs;
    this.#credentials = credentials;
  }

  /** `approvalMs`: how long a sandbox subscriber takes who answers by himself. `credentials`: of a provider that a test plays. */
  static async start({ approvalMs, credentials = {} }: { approvalMs: number; credentials?: Record<string, string> | undefined }): Promise<MalipoServer> {
    const server = new MalipoServer(await mkdtemp(join(tmpdir(), 'malipo-e2e-')), approvalMs, credentials);
    server.testKey = PRINTED.testKey.exec(await server.#run(0, PRINTED.testKey))![1]!;
    return server;
  }

  /** As a power cut would: nothing is said, saved or closed. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** On the same port and database; the merchant's site may get another port. */
  async startAgain(): Promise<void> {
    await this.#run(Number(new URL(this.url).port), PRINTED.shopUrl);
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Answers what was printed once `last` was. */
  async #run(port: number, last: RegExp): Promise<string> {
    const child: Process = spawn(process.execPath, [CLI, 'serve', '--demo'], {
      // Nothing of the developer's own: a provider's credentials would make this a live server.
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: String(port),
        DATABASE_URL: `file:${join(this.#folder, 'malipo.db')}`,
        SANDBOX_APPROVAL_MS: String(this.#approvalMs),
        RATE_LIMIT_FACTOR: '0',
        ...this.#credentials,
        // The server looks after itself when the process that started it dies, as it does under npm.
        npm_lifecycle_event: 'test:e2e',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const printed = await printedUntil(child, last);
    this.url = PRINTED.url.exec(printed)![1]!;
    this.shopUrl = PRINTED.shopUrl.exec(printed)![1]!;
    return printed;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

function printedUntil(child: Process, last: RegExp): Promise<string> {
  let printed = '';
  let errors = '';
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (last.test(printed)) resolve(printed);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${String(code)} before it was ready:\n${printed}${errors}`)));
  });
}
