/** The scripts a site pastes: one that follows every release, and one that never changes. */
import { createHash } from 'node:crypto';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeptBuilds } from '../../../server/http/pages/kept-builds.ts';
import { builtWidget, scriptOf, type Scripts } from '../../../server/http/pages/widget-build.ts';
import { type PinnedButton, WidgetScripts, widgetScriptRoutes } from '../../../server/http/pages/widget-script.ts';
import { VERSION } from '../../../server/version.ts';
import { buildMalipo, malipoForFile, type TestMalipo } from '../support/build-malipo.ts';
import { FailingStore } from '../support/failing-store.ts';

let malipo: TestMalipo;
let pinned: PinnedButton;

beforeAll(async () => {
  malipo = await malipoForFile();
  pinned = (await malipo.get('/pay-button.json')).json<{ data: PinnedButton }>().data;
});
afterAll(() => malipo.close());

test('a build is named by its release and its content', () => {
  expect(pinned.build).toMatch(new RegExp(`^${VERSION.replaceAll('.', '\\.')}-[0-9a-f]{10}$`));
  expect(pinned.path).toBe(`/pay-button/${pinned.build}.js`);
});

test('the pinned script may be kept for ever by any page, and its hash is what is said', async () => {
  const { statusCode, headers, rawPayload } = await malipo.get(pinned.path);
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
  expect(pinned.integrity).toBe(`sha384-${createHash('sha384').update(rawPayload).digest('base64')}`);
});

test('the floating script is the same one, kept for minutes', async () => {
  const [floating, fixed] = [await malipo.get('/pay-button.js'), await malipo.get(pinned.path)];
  expect(floating.body).toBe(fixed.body);
  expect(floating.headers['cache-control']).toBe('public, max-age=300');
  const again = await malipo.get('/pay-button.js', { headers: { 'if-none-match': floating.headers.etag as string } });
  expect(again.statusCode).toBe(304);
});

test('browsers compile it while it arrives', async () => {
  expect((await malipo.get(pinned.path)).body.split('\n', 1)).toEqual(['//# allFunctionsCalledOnLoad']);
});

test('what the button fetches later carries the build’s name as well, and never changes', async () => {
  const { statusCode, headers } = await malipo.get(`/pay-button/${pinned.build}/panel.js`);
  expect(statusCode).toBe(200);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await malipo.get(pinned.path)).body).toContain(pinned.build);
});

test.each(['0.0.1-0123456789.js', `${VERSION}.js`, '0.0.1-0123456789/panel.js', 'panel.js', ''])(
  'another build, /pay-button/%s, is not here: the answer says which is',
  async (path) => {
    const { statusCode, headers, body } = await malipo.get(`/pay-button/${path}`);
    expect(statusCode).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining(pinned.path) } });
  },
);

/** The widget as an earlier release had it: another name, and so another content. */
async function earlierBuild(): Promise<Scripts> {
  const renamed = (text: string) => text.replaceAll(pinned.build, '0.0.9-0123456789');
  const files = [...(await builtWidget())].map(async ([address, { bodies }]) => [renamed(address), await scriptOf(Buffer.from(renamed(bodies.identity.toString())))] as const);
  return new Map(await Promise.all(files));
}

/** The server that ran on this database before the upgrade. */
async function earlierServer({ store, clock, app }: TestMalipo) {
  const server = Fastify();
  await server.register(widgetScriptRoutes, { widget: new WidgetScripts({ kept: new KeptBuilds({ store, clock }), log: app.log, build: earlierBuild }) });
  return server;
}

test('a build that was served once is served for ever: after an upgrade its addresses give the same bytes, parts too', async () => {
  const upgraded = await buildMalipo();
  const earlier = await earlierServer(upgraded);
  const { data } = (await earlier.inject('/pay-button.json')).json<{ data: PinnedButton }>();
  expect(data.build).not.toBe(pinned.build);
  for (const address of [data.path, `/pay-button/${data.build}/panel.js`, `/pay-button/${data.build}/sw.js`]) {
    const [before, after] = [await earlier.inject(address), await upgraded.get(address)];
    expect(after.statusCode, address).toBe(200);
    expect(after.rawPayload).toEqual(before.rawPayload);
    expect(after.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(after.headers['etag']).toBe(before.headers['etag']);
  }
  const { rawPayload } = await upgraded.get(data.path);
  expect(`sha384-${createHash('sha384').update(rawPayload).digest('base64')}`).toBe(data.integrity);
  // And what is new is what the floating address gives.
  expect((await upgraded.get('/pay-button.js')).body).toContain(pinned.build);
});

test('of two servers on one database that are upgraded one after the other, the old one serves the new build', async () => {
  const upgraded = await buildMalipo();
  const earlier = await earlierServer(upgraded);
  await upgraded.get('/pay-button.js');
  expect((await earlier.inject(`/pay-button/${pinned.build}/panel.js`)).rawPayload).toEqual((await upgraded.get(`/pay-button/${pinned.build}/panel.js`)).rawPayload);
});

test('a build that cannot be kept is served all the same, and the operator is told', async () => {
  let disk: FailingStore;
  const full = await buildMalipo({ wrapStore: (store) => (disk = new FailingStore(store)) });
  disk!.failing = 'writing';
  expect((await full.get('/pay-button.js')).statusCode).toBe(200);
  expect(full.log.join('')).toContain('could not be kept');
});
