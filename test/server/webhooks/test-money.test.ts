/** A receiver must be able to tell what moved money from what did not: its goods go out for the one alone. */
import { expect, it } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';
import { AGREED_MINOR } from '../support/live-shop.ts';
import { collect, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { openReceiver } from './receiver.ts';

interface Told {
  status: string;
  is_test?: boolean;
}

it.each([
  ['dgateway', (body: object) => (body as { data: Told }).data, false],
  ['dukuzi', (body: object) => body as Told, undefined],
] as const)('a sale that nobody paid for is told as a test beside one that was paid, in the %s dialect', async (format, toldIn, whenPaid) => {
  const [provider, receiver] = [new ScriptedProvider(), await openReceiver()];
  const malipo = await buildMalipo({ live: [provider], env: { OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' } });
  const { app } = await malipo.apps.create({ name: 'Duka', webhookUrl: receiver.url, webhookFormat: format });
  const { key } = await malipo.keys.create(app.id, 'live');
  const reference = await collect(malipo, key);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await verify(malipo, key, reference);
  await malipo.jobs.runDue();

  // No live provider here takes it: it is sold in test mode, to whoever comes, and for whatever order they name.
  const item = await malipo.items.createProduct({ appId: app.id, name: 'Kitabu', currency: 'TZS', amount: 500 });
  const bought = await malipo.post(`/api/store/${item.slug}/pay`, { phone_number: '255712300001', metadata: { order_id: 'A1' } });
  expect(bought.statusCode, bought.body).toBe(201);
  await malipo.pass(10_000);

  const told = receiver.heard.map(({ body }) => toldIn(body));
  expect(told.map(({ status, is_test }) => ({ status, is_test }))).toEqual([
    { status: 'completed', is_test: whenPaid },
    { status: 'completed', is_test: true },
  ]);
});
