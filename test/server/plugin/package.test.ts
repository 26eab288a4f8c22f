/**
 * The package as it is published: packed, unpacked into somebody else's project with the libraries it declares and no
 * others, imported, started, paid through. (Unpacked and linked rather than installed: that needs no registry.)
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-store.ts';
import { installPacked, ROOT, run } from './packed.ts';

const SHOP = `
import Fastify from 'fastify';
import { malipo } from 'malipo/server';
import { createMalipo } from 'malipo/client';

const shop = Fastify();
await shop.register(malipo, { prefix: '/payments', env: { DATABASE_URL: 'file:./malipo.db', SANDBOX_APPROVAL_MS: '0' } });
const { app } = await shop.malipo.apps.create({ name: 'Duka', slug: 'duka' });
const { key } = await shop.malipo.keys.create(app.id, 'test');
const baseUrl = (await shop.listen({ port: 0, host: '127.0.0.1' })) + '/payments';

const client = createMalipo({ baseUrl, apiKey: key });
const { data: started } = await client.POST('/v1/payments/collect', { body: { amount: 5000, currency: 'UGX', phone_number: '256772100001' } });
let status = 'pending';
while (status === 'pending') {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { data } = await client.GET('/v1/payments/transactions/{reference}', { params: { path: { reference: started!.data.reference } } });
  status = data!.data.status;
}
const { data: pinned } = await (await fetch(baseUrl + '/pay-button.json')).json() as { data: { path: string } };
const files = ['/pay-button.js', pinned.path, '/docs/', '/llms.txt', '/sandbox/phone', '/assets/hosted-page.css'];
const answers = await Promise.all(files.map(async (file) => (await fetch(baseUrl + file)).status));
console.log(JSON.stringify({ status, answers }));
await shop.close();
`;

/** A package to be made and a compiler to be run, on a machine that does much else. */
const PATIENCE_MS = 600_000;

test('the packed package is imported, mounted, and takes a payment', { timeout: PATIENCE_MS }, async () => {
  const project = await installPacked(temporaryFolder());

  // As TypeScript, so that the types are tried as well; run as the JavaScript it compiles to.
  writeFileSync(join(project, 'shop.mts'), SHOP);
  await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node', 'shop.mts'], { cwd: project });
  const { stdout } = await run(process.execPath, ['shop.mjs'], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({ status: 'completed', answers: Array(6).fill(200) });

  const cli = await run(process.execPath, ['node_modules/malipo/server/cli.js', 'key', 'list', '--json'], { cwd: project, env: { ...process.env, DATABASE_URL: 'file:./malipo.db' } });
  expect(cli.stdout).toContain('dgw_test_');
});
