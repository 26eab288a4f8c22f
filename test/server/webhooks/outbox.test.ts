import { describe, expect, it } from 'vitest';
import { DAY_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { refuseRows } from '../support/database.ts';
import { openReceiver } from './receiver.ts';
import { type Shop, type TellingMalipo, tellingMalipo } from './telling-malipo.ts';

/** Settles without running a single job: the client asks, and the provider's word is taken. */
async function verify(malipo: TellingMalipo, { key }: Shop, reference: string) {
  return malipo.app.inject({ method: 'POST', url: '/v1/webhooks/verify', headers: { 'x-api-key': key }, payload: { reference } });
}

/** The sandbox's customer answers in its books, and the news is lost. */
async function approveUnheard(malipo: TellingMalipo): Promise<void> {
  await malipo.store.write((tx) => tx.run(statement(`UPDATE sandbox_prompts SET status = 'approved', decided_at = ${malipo.clock.now()}`)));
}

describe('the commit that settles a payment', () => {
  it('holds its event, its delivery and the job: a server that dies then delivers when it is back', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    const reference = await malipo.collect(duka);
    await approveUnheard(malipo);
    expect((await verify(malipo, duka, reference)).json()).toMatchObject({ data: { status: 'completed' } });
    expect(await malipo.deliveries()).toMatchObject([{ status: 'pending', attempts: 0 }]);
    expect(await malipo.rows(`SELECT subject FROM jobs WHERE kind = 'webhook.deliver'`)).toEqual([{ subject: 'delivery:1' }]);
    const { databaseUrl } = malipo;
    await malipo.close();

    const again = await tellingMalipo({ databaseUrl, clock: malipo.clock });
    await again.pass(0);
    expect(receiver.heard).toMatchObject([{ body: { reference, status: 'completed' } }]);
  });

  it('is undone whole when the event cannot be written: nothing is settled that nobody would hear of', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    const reference = await malipo.collect(duka);
    await approveUnheard(malipo);
    await refuseRows(malipo.store, 'webhook_deliveries');
    expect((await verify(malipo, duka, reference)).statusCode).toBe(500);
    expect(await malipo.rows('SELECT status FROM payments')).toEqual([{ status: 'pending' }]);
    for (const table of ['webhook_events', 'ledger_transfers']) expect(await malipo.rows(`SELECT * FROM ${table}`)).toEqual([]);
  });
});

describe('an attempt whose server died before the job knew', () => {
  it('is not made again before its time', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver((_heard, response) => void response.writeHead(503).end())];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka);
    await malipo.pass(3 * SECOND_MS);
    await malipo.store.write((tx) => tx.run(statement(`UPDATE jobs SET run_at = 0 WHERE kind = 'webhook.deliver'`)));
    await malipo.pass(0);
    expect(receiver.heard).toHaveLength(1);
    await malipo.pass(6 * SECOND_MS);
    expect(receiver.heard).toHaveLength(2);
  });
});

describe('old events', () => {
  it('are forgotten after ninety days with their deliveries, and younger ones are not', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka);
    await malipo.pass(3 * SECOND_MS);
    await malipo.pass(60 * DAY_MS);
    await malipo.collect(duka);
    await malipo.pass(3 * SECOND_MS);
    await malipo.pass(31 * DAY_MS);
    for (const table of ['webhook_events', 'webhook_deliveries', 'webhook_attempts']) expect(await malipo.rows(`SELECT id FROM ${table}`)).toEqual([{ id: 2 }]);
  });
});
