/** Drives WebKit for the test runner by W3C WebDriver (https://www.w3.org/TR/webdriver2/): one window, in which the files run one after another. */
import type { BrowserLauncher, SessionResult } from '@web/test-runner-core';
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const DRIVER = 'WebKitWebDriver';
const SCREEN = 'Xvfb';

/** What is missing is said before anything runs. */
export function webkitLauncher(): BrowserLauncher {
  const driver = process.env.WEBKIT_DRIVER ?? onPath(DRIVER);
  const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  if (!driver) throw new Error(`There is no ${DRIVER} on this machine: apt install webkit2gtk-driver, or set WEBKIT_DRIVER`);
  if (!hasScreen && !onPath(SCREEN)) throw new Error('There is no screen on this machine: apt install xvfb, or set DISPLAY');
  return new WebkitLauncher(driver, hasScreen);
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

class WebkitLauncher implements BrowserLauncher {
  readonly name = 'WebKit';
  readonly type = 'webkit';
  /** The driver serves one browser, and what is not in front has no focus. */
  readonly concurrency = 1;

  readonly #driver: string;
  readonly #hasScreen: boolean;
  readonly #children: ChildProcess[] = [];
  #window: Promise<string> | undefined;
  #active: string | undefined;

  constructor(driver: string, hasScreen: boolean) {
    this.#driver = driver;
    this.#hasScreen = hasScreen;
  }

  async startSession(sessionId: string, url: string): Promise<void> {
    this.#window ??= this.#openWindow();
    this.#active = sessionId;
    await this.#order('POST', '/url', { url });
  }

  isActive(sessionId: string): boolean {
    return this.#active === sessionId;
  }

  async getBrowserUrl(): Promise<string> {
    return (await this.#order('GET', '/url')) as string;
  }

  /** Leaves the page, which ends whatever still runs on it. */
  async stopSession(): Promise<SessionResult> {
    this.#active = undefined;
    await this.#order('POST', '/url', { url: 'about:blank' });
    return {};
  }

  startDebugSession(): Promise<void> {
    return Promise.reject(new Error('WebKit is not driven by hand here'));
  }

  async stop(): Promise<void> {
    try {
      if (this.#window) await this.#order('DELETE', '');
    } finally {
      for (const child of this.#children) child.kill();
    }
  }

  async #order(method: string, path: string, body?: unknown): Promise<unknown> {
    return ask(method, `${(await this.#window) ?? ''}${path}`, body);
  }

  /** The address of the driver's session. */
  async #openWindow(): Promise<string> {
    // By the C locale WebKit asks for American English; by C.UTF-8, which containers have, for a language named C.
    const env = { ...process.env, LC_ALL: 'C', ...(this.#hasScreen ? {} : { DISPLAY: await this.#openScreen() }) };
    const port = await freePort();
    const driver = spawn(this.#driver, [`--port=${String(port)}`], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    this.#children.push(driver);
    const address = `http://127.0.0.1:${String(port)}`;
    await answers(address, driver);
    const { sessionId } = (await ask('POST', `${address}/session`, { capabilities: {} })) as { sessionId: string };
    return `${address}/session/${sessionId}`;
  }

  /** The name of a screen that nobody sees; the server chooses a free number. */
  async #openScreen(): Promise<string> {
    const screen = spawn(SCREEN, ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    this.#children.push(screen);
    for await (const number of screen.stdio[3] as Readable) return `:${String(number).trim()}`;
    throw new Error(`${SCREEN} did not start`);
  }
}

/** The driver says nothing when it listens. */
async function answers(address: string, driver: ChildProcess): Promise<void> {
  while (driver.exitCode === null) {
    const isThere = await fetch(`${address}/status`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await pause(50);
  }
  throw new Error(`${DRIVER} ended with ${String(driver.exitCode)}`);
}

async function ask(method: string, address: string, body?: unknown): Promise<unknown> {
  const response = await fetch(address, { method, body: body === undefined ? null : JSON.stringify(body) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${method} ${new URL(address).pathname}: ${JSON.stringify(value)}`);
  return value;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
