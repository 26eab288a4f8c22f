import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { findChrome } from '../../browser.ts';
import { startServerProcess } from '../../serve-process.ts';
import { inFolder } from '../folder.ts';
import { atMost, figure, median, type Row } from '../row.ts';

const CLI = fileURLToPath(new URL('../../../malipo.js', import.meta.url));
const ITEM = 'swahili-ebook';

/** A cheap phone beside the machine that measures. */
const SLOWER_CPU = 4;

/** What DevTools calls slow 3G: 500 kbit/s less a fifth, and 400 ms that are felt five times over. */
const SLOW_3G = { offline: false, latency: 2_000, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** One round trip, the transfer of what comes with it, and the work on it. */
const ONE_ROUND_TRIP = 1.5;

interface Site {
  server: string;
  url: string;
}

export const row: Row = {
  name: 'widget',
  title: `The pay button: what is sent of it, a ${SLOWER_CPU} × slower CPU, and slow 3G (a round trip takes ${SLOW_3G.latency / 1_000} s)`,

  async measure({ rounds, progress }) {
    return inFolder((folder) =>
      onASite(join(folder, 'malipo.db'), async (site, browser) => {
        const sizes = await sizesOf(site.server);
        const interactiveMs: number[] = [];
        const journeys: { formMs: number; promptMs: number }[] = [];
        for (let round = 1; round <= rounds; round++) {
          interactiveMs.push(await onAPage(browser, (page, session) => untilInteractive(site, page, session)));
          journeys.push(await onAPage(browser, (page, session) => journey(site, page, session)));
          progress(`round ${round} of ${rounds}: interactive after ${Math.round(interactiveMs.at(-1)!)} ms`);
        }
        const trips = (step: 'formMs' | 'promptMs') => median(journeys.map((each) => each[step])) / SLOW_3G.latency;
        return {
          figures: [
            figure('all a buyer downloads in English until card is chosen', (sizes.button.gzip + sizes.panel.gzip) / 1_000, 'kB gzip'),
            figure('  the same as browsers get it over https', (sizes.button.br + sizes.panel.br) / 1_000, 'kB br'),
            figure('  of it the panel, fetched when the button is about to be pressed', sizes.panel.gzip / 1_000, 'kB gzip'),
            figure('the card step, fetched when card is chosen', sizes.card.gzip / 1_000, 'kB gzip'),
            figure('another language, where it is spoken', sizes.words.gzip / 1_000, 'kB gzip'),
          ],
          goals: [
            atMost(14, figure('the script that a site pastes', sizes.button.gzip / 1_000, 'kB gzip')),
            atMost(100, figure(`slow 3G: script arrived to button ready, ${SLOWER_CPU} × slower CPU`, median(interactiveMs), 'ms')),
            atMost(ONE_ROUND_TRIP, figure('slow 3G: press to form', trips('formMs'), 'round trips')),
            atMost(ONE_ROUND_TRIP, figure('slow 3G: pay to “check your phone”', trips('promptMs'), 'round trips')),
          ],
        };
      }),
    );
  },
};

/** A merchant's page of another origin than the server's. */
async function onASite<Answer>(file: string, act: (site: Site, browser: Browser) => Promise<Answer>): Promise<Answer> {
  // Nobody answers by himself: what is measured ends where the buyer looks at the phone.
  const env = { PORT: '0', DATABASE_URL: `file:${file}`, RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: '86400000' };
  const server = await startServerProcess([CLI, 'serve', '--demo'], env);
  const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(pageOf(server.url)));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { executablePath, args } = await findChrome();
  const browser = await chromium.launch({ executablePath, args });
  try {
    return await act({ server: server.url, url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/` }, browser);
  } finally {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await server.stop();
  }
}

function pageOf(server: string): string {
  return `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A site</title>
<script>customElements.whenDefined('pay-button').then(() => document.querySelector('pay-button').updateComplete).then(() => { window.readyAt = performance.now(); });</script>
<script type="module" src="${server}/pay-button.js"></script>
<pay-button item="${ITEM}"><a href="${server}/pay/${ITEM}">Buy</a></pay-button></html>`;
}

/** Each visit is a first one: nothing is in a cache. */
async function onAPage<Answer>(browser: Browser, act: (page: Page, session: CDPSession) => Promise<Answer>): Promise<Answer> {
  const context = await browser.newContext({ locale: 'en' });
  try {
    const page = await context.newPage();
    return await act(page, await context.newCDPSession(page));
  } finally {
    await context.close();
  }
}

/**
 * Over a network that takes its time, as they do: the script arrives when the page itself has long been painted. Where all
 * arrives at once, that first painting is most of what is measured (an element of two lines was ready after 50 to 90 ms).
 */
async function untilInteractive({ url }: Site, page: Page, session: CDPSession): Promise<number> {
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_CPU });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW_3G);
  await page.goto(url, { timeout: 60_000 });
  await page.waitForFunction('window.readyAt', undefined, { timeout: 60_000 });
  return page.evaluate<number>(`readyAt - performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/pay-button.js')).responseEnd`);
}

/** From a page that is read to its end, a finger instead of a mouse: nothing is fetched ahead by hovering. */
async function journey({ url }: Site, page: Page, session: CDPSession): Promise<{ formMs: number; promptMs: number }> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW_3G);
  await page.goto(url, { waitUntil: 'networkidle', timeout: 60_000 });
  const button = page.locator('[part=button]');
  const formMs = await timed(async () => {
    await button.dispatchEvent('click');
    await page.locator('#phone').waitFor();
  });
  await page.locator('#phone').fill('0772 123 456');
  const promptMs = await timed(async () => {
    await page.locator('[part=submit]').click();
    await page.getByRole('heading', { name: 'Check your phone' }).waitFor();
  });
  return { formMs, promptMs };
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

type Encoding = 'gzip' | 'br';

async function sizesOf(server: string): Promise<Record<'button' | 'panel' | 'card' | 'words', Record<Encoding, number>>> {
  const { data } = (await (await fetch(`${server}/pay-button.json`)).json()) as { data: { path: string } };
  const parts = data.path.replace(/\.js$/, '');
  const size = async (path: string) => ({ gzip: await bytesSent(server + path, 'gzip'), br: await bytesSent(server + path, 'br') });
  return { button: await size('/pay-button.js'), panel: await size(`${parts}/panel.js`), card: await size(`${parts}/card.js`), words: await size(`${parts}/sw.js`) };
}

/** Bytes of the body on the wire, which `fetch` would unpack. */
async function bytesSent(url: string, encoding: Encoding): Promise<number> {
  const [response] = (await once(get(url, { headers: { 'accept-encoding': encoding } }), 'response')) as [NodeJS.ReadableStream & { headers: Record<string, string> }];
  if (response.headers['content-encoding'] !== encoding) throw new Error(`${url} was not sent as ${encoding}`);
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}
