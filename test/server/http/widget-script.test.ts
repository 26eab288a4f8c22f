/** The scripts a site pastes: one that follows every release, and one that never changes. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PinnedButton } from '../../../server/http/pages/widget-script.ts';
import { VERSION } from '../../../server/version.ts';
import { malipoForFile, type TestMalipo } from '../support/build-malipo.ts';

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
