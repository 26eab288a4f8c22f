/** A running shop for one test file: the real server, one browser, and buyers who are watched. */
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { findChrome } from '../../browser.ts';
import { BackOffice } from './back-office.ts';
import { Buyer } from './buyer.ts';
import { MalipoServer } from './malipo-server.ts';
import { VisitWatch } from './visit-watch.ts';

/** Nobody answers by himself while a test runs. */
export const NEVER_MS = 3_600_000;

/** A laptop whose owner does not care for animations: nobody has to wait until a button stands still. */
const USUAL: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-UG', reducedMotion: 'reduce' };

export interface VisitOptions extends BrowserContextOptions {
  /** Complaints that belong to this story: a browser reports every request that the story makes fail. */
  forgive?: RegExp;
  /** Origins of other sites that belong to this story. */
  homes?: string[];
}

/** What the browser prints when the network is gone. */
export const NETWORK_TROUBLE = /^console: (Failed to load resource: net::|Access to fetch .* has been blocked by CORS policy)/;

export interface Shop {
  readonly server: MalipoServer;
  readonly backOffice: BackOffice;
  /** Somebody with a browser of his own comes to the demo page. */
  buyer(options?: VisitOptions): Promise<Buyer>;
  /** A browser of his own, on no page yet. */
  stranger(options?: VisitOptions): Promise<Buyer>;
}

/** The demo shop puts a phone down that nobody has touched for seven seconds: here the test does. */
function keepPhoneInHand(): void {
  const begin = window.setTimeout.bind(window);
  window.setTimeout = ((act: () => void, ms?: number) => (ms === 7_000 ? 0 : begin(act, ms))) as typeof setTimeout;
}

/** Call at the top of a test file. After every test each visit must have been clean. */
export function openShop({ approvalMs, credentials }: { approvalMs: number; credentials?: () => Promise<Record<string, string>> }): Shop {
  let server: MalipoServer;
  let browser: Browser;
  let visits: { buyer: Buyer; forgive: RegExp | undefined }[] = [];

  beforeAll(async () => {
    const { executablePath, args } = await findChrome();
    [server, browser] = await Promise.all([credentials?.().then((given) => MalipoServer.start({ approvalMs, credentials: given })) ?? MalipoServer.start({ approvalMs }), chromium.launch({ executablePath, args })]);
  });

  afterEach(async () => {
    const complaints = visits.flatMap(({ buyer, forgive }) => buyer.watch.complaints.filter((complaint) => !forgive?.test(complaint)));
    await Promise.all(visits.map(({ buyer }) => buyer.context.close()));
    visits = [];
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await Promise.all([browser?.close(), server?.stop()]);
  });

  const stranger = async ({ forgive, homes = [], ...options }: VisitOptions = {}): Promise<Buyer> => {
    const context = await browser.newContext({ ...USUAL, ...options });
    await context.addInitScript(keepPhoneInHand);
    const watch = await VisitWatch.over(context, [server.url, server.shopUrl, ...homes]);
    const buyer = new Buyer(await context.newPage(), { watch, shopUrl: server.shopUrl, touches: options.hasTouch ?? false });
    visits.push({ buyer, forgive });
    return buyer;
  };

  return {
    get server() {
      return server;
    },
    get backOffice() {
      return new BackOffice(server);
    },
    stranger,
    buyer: async (options) => (await stranger(options)).visitShop(),
  };
}
