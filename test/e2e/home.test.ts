import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../server/core/clock.ts';
import { openStore } from '../../server/db/open.ts';
import '../../server/app.ts';
import { homeRoute } from '../../server/http/pages/home.ts';
import { KeptBuilds } from '../../server/http/pages/kept-builds.ts';
import { pageAssets } from '../../server/http/pages/page-assets.ts';
import { builtWidget, type Scripts } from '../../server/http/pages/widget-build.ts';
import { WidgetScripts, widgetScriptRoutes } from '../../server/http/pages/widget-script.ts';
import { audit, prepareAudits } from './support/audit.ts';
import { NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a person is promised who opens the server's own address: something to paste that works as it stands.
const shop = openShop({ approvalMs: NEVER_MS });

async function visitHome(options?: VisitOptions): Promise<Page> {
  const { context, page } = await shop.stranger(options);
  await prepareAudits(context);
  await page.goto(`${shop.server.url}/`);
  await page.locator('figure#pinned').waitFor();
  return page;
}

const tagIn = (page: Page, figure: string): Promise<string> => page.locator(`#${figure} code`).innerText();

test('the tag of every release, pasted as it stands into another site, sells', async () => {
  const tag = await tagIn(await visitHome(), 'floating');
  const site = await serveSite({ '/pasted.html': `<!doctype html><html lang="en"><title>Pasted</title>${tag}</html>` });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/pasted.html`);
  await buyer.startPaying('0772 123 456');
});

test('the hash in the other tag is that of the bytes that are served, and a browser runs them under it', async () => {
  const page = await visitHome();
  const tag = await tagIn(page, 'pinned');
  const [, address, integrity] = /src="([^"]+)"\s+integrity="([^"]+)"/.exec(tag)!;
  const bytes = Buffer.from(await (await fetch(address!)).arrayBuffer());
  expect(integrity).toBe(`sha384-${createHash('sha384').update(bytes).digest('base64')}`);

  const [, element] = (await tagIn(page, 'floating')).split('\n\n');
  const site = await serveSite({ '/pasted.html': `<!doctype html><html lang="en"><title>Pasted</title>${tag}\n${element!}</html>` });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/pasted.html`);
  await buyer.startPaying('0772 123 456');
});

test('both are copied by a press', async () => {
  const page = await visitHome({ permissions: ['clipboard-read', 'clipboard-write'] });
  for (const figure of ['floating', 'pinned']) {
    // That is said for two seconds only.
    const isSaid = page.getByRole('status').getByText('Copied').waitFor();
    await page.locator(`#${figure}`).getByRole('button', { name: 'Copy' }).click();
    await isSaid;
    const tag = await tagIn(page, figure);
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(tag);
  }
});

/** A server that has just been started from its sources: the button is being built until the test says otherwise. */
async function startingServer() {
  const folder = await mkdtemp(join(tmpdir(), 'malipo-e2e-'));
  const store = await openStore(`file:${join(folder, 'malipo.db')}`);
  const { promise, resolve, reject } = Promise.withResolvers<Scripts>();
  const app = Fastify();
  const widget = new WidgetScripts({ kept: new KeptBuilds({ store, clock: systemClock }), log: app.log, build: () => promise });
  await app.register(homeRoute, { demo: false, widget, publicUrl: (request) => `http://${request.host}` });
  await app.register(widgetScriptRoutes, { widget });
  await app.register(pageAssets);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
  return { url, isBuilt: async () => resolve(await builtWidget()), cannotBuild: () => reject(new Error('no room')) };
}

test('while the button is being built the page is there at once, and the tag comes by itself', async () => {
  const server = await startingServer();
  const { page } = await shop.stranger({ homes: [server.url] });
  await page.goto(server.url);
  await page.getByText('as soon as the button is built').waitFor();
  await server.isBuilt();
  expect(await tagIn(page, 'pinned')).toContain('integrity="sha384-');
});

test('a button that cannot be built is said to be the trouble', async () => {
  const server = await startingServer();
  const { page } = await shop.stranger({ homes: [server.url], forgive: /Failed to load resource/ });
  await page.goto(server.url);
  await page.getByText('as soon as the button is built').waitFor();
  server.cannotBuild();
  await page.getByText('could not be built').waitFor();
});

test.for([
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 320, height: 740 } },
] as const)('axe finds nothing wrong and nothing is wider than $viewport.width px in $colorScheme colours', async (options) => {
  const page = await visitHome(options);
  expect(await audit(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(options.viewport.width);
});
