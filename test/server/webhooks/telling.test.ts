import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, isoTime, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { type Heard, openReceiver, status } from './receiver.ts';
import { APPROVES, APPROVES_AFTER_EXPIRY, HAS_NO_FUNDS, NEVER_ANSWERS, tellingMalipo } from './telling-malipo.ts';

/** The sandbox's customer takes three seconds to approve. */
const APPROVAL_MS = 3 * SECOND_MS;

function standardHeaders({ headers }: Heard): Record<string, string> {
  const of = (name: string) => headers[name] as string;
  return { 'webhook-id': of('webhook-id'), 'webhook-timestamp': of('webhook-timestamp'), 'webhook-signature': of('webhook-signature') };
}

describe('a completed payment', () => {
  it('is told to its app in the DGateway shape, also at the top level', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    const reference = await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);

    const [{ headers, body }] = receiver.heard as [Heard];
    const { provider_ref } = (await malipo.rows<{ provider_ref: string }>('SELECT provider_ref FROM payments'))[0]!;
    expect(body).toEqual({
      event: 'transaction.completed',
      data: {
        reference,
        status: 'completed',
        amount: 50_000,
        currency: 'UGX',
        provider: 'iotec',
        direction: 'collect',
        failure_reason: '',
        provider_ref,
        phone_number: APPROVES,
        metadata: { order: 'A1' },
        is_test: true,
      },
      timestamp: isoTime(malipo.clock.now()),
      reference,
      status: 'completed',
      amount: 50_000,
      currency: 'UGX',
      failure_reason: '',
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'user-agent': expect.stringMatching(/^Malipo\//) });
    expect(await malipo.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1, next_attempt_at: null }]);
  });

  it('is signed as Standard Webhooks and as DGateway clients check it', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);

    const [one] = receiver.heard as [Heard];
    expect(new Webhook(duka.secret).verify(one.raw, standardHeaders(one))).toEqual(one.body);
    expect(() => new Webhook(duka.secret).verify(`${one.raw} `, standardHeaders(one))).toThrow();
    expect(one.headers['x-dgateway-signature']).toBe(createHmac('sha256', duka.secret).update(one.raw).digest('hex'));
  });

  it('can be signed with sha256= before the hex, for clients that want it', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.settings.change(duka.id, { signatureForm: 'sha256' });
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    const [{ raw, headers }] = receiver.heard as [Heard];
    expect(headers['x-dgateway-signature']).toBe(`sha256=${createHmac('sha256', duka.secret).update(raw).digest('hex')}`);
  });

  it('is told to its own callback address instead, where it has one', async () => {
    const [malipo, appsOwn, itsOwn] = [await tellingMalipo(), await openReceiver(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: appsOwn.url });
    await malipo.collect(duka, { callback_url: `${itsOwn.url}?order=7` });
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(itsOwn.heard.map(({ path }) => path)).toEqual(['/hook?order=7']);
    expect(appsOwn.heard).toHaveLength(1);
  });

  it('is told once, however often its provider repeats itself', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka, { phone_number: '256772100007' });
    await malipo.pass(APPROVAL_MS);
    await malipo.pass(MINUTE_MS);
    expect(receiver.heard).toHaveLength(1);
  });

  it('of an app without an address is recorded, and told by a replay once there is one', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({});
    const reference = await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(await malipo.deliveries()).toEqual([]);

    await malipo.settings.change(duka.id, { url: receiver.url });
    expect(await malipo.replay.since(duka.id, 0, { all: false })).toMatchObject([{ status: 'pending', url: receiver.url }]);
    await malipo.pass(0);
    expect(receiver.heard).toMatchObject([{ body: { reference } }]);
  });
});

describe('a failed payment', () => {
  it('is told with its reason', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka, { phone_number: HAS_NO_FUNDS });
    await malipo.pass(APPROVAL_MS);
    const reason = expect.stringContaining('Insufficient funds');
    expect(receiver.heard[0]!.body).toMatchObject({
      event: 'transaction.failed',
      status: 'failed',
      failure_reason: reason,
      data: { status: 'failed', failure_reason: reason },
    });
  });

  it('that expired is failed with that reason in the DGateway dialect', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka, { phone_number: NEVER_ANSWERS });
    await malipo.pass(4 * HOUR_MS);
    expect(receiver.heard.map(({ body }) => body)).toMatchObject([{ event: 'transaction.failed', status: 'failed', failure_reason: 'expired' }]);
  });

  it('that completes late is told of again, as a new event', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka, { phone_number: APPROVES_AFTER_EXPIRY });
    await malipo.pass(4 * HOUR_MS);
    await malipo.pass(MINUTE_MS);
    expect(receiver.heard.map(({ body }) => body.event)).toEqual(['transaction.failed', 'transaction.completed']);
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });
});

describe('the Dukuzi dialect', () => {
  it('says five things of a completed payment, and that it was a test, in East Africa Time', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url, format: 'dukuzi' });
    await malipo.collect(duka, { currency: 'TZS', amount: 5_000, phone_number: '255712300001' });
    await malipo.pass(APPROVAL_MS);
    const completedAt = new Date(malipo.clock.now() + 3 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
    expect(receiver.heard.map(({ body }) => body)).toEqual([
      { transaction_id: 1, status: 'completed', amount: 5_000, customer_phone: '255712300001', completed_at: completedAt, is_test: true },
    ]);
  });

  it('calls an expired payment expired', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url, format: 'dukuzi' });
    await malipo.collect(duka, { currency: 'TZS', amount: 5_000, phone_number: '255712300004' });
    await malipo.pass(4 * HOUR_MS);
    expect(receiver.heard[0]!.body).toEqual({ transaction_id: 1, status: 'expired', amount: 5_000, customer_phone: '255712300004', completed_at: null, is_test: true });
  });
});

describe('what is told', () => {
  it('is the payment as it was at the event, whatever became of it since', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver(status(500))];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.collect(duka, { phone_number: APPROVES_AFTER_EXPIRY });
    await malipo.pass(4 * HOUR_MS);
    await malipo.pass(MINUTE_MS);
    expect(await malipo.rows('SELECT status FROM payments')).toEqual([{ status: 'completed' }]);
    receiver.answerWith(status(200));
    await malipo.pass(10 * MINUTE_MS);
    expect(receiver.heard.map(({ body }) => body.status)).toEqual(['failed', 'failed', 'failed', 'completed']);
    expect(receiver.heard[2]!.raw).toBe(receiver.heard[0]!.raw);
  });
});

describe('a changed secret', () => {
  it('signs beside the old one until that ends', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    const { secret } = await malipo.settings.rotateSecret(duka.id, HOUR_MS);
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);

    const [during] = receiver.heard as [Heard];
    for (const valid of [secret, duka.secret]) expect(new Webhook(valid).verify(during.raw, standardHeaders(during))).toEqual(during.body);
    expect(during.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(during.headers['x-dgateway-signature']).toBe(createHmac('sha256', secret).update(during.raw).digest('hex'));

    malipo.clock.advance(HOUR_MS);
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(receiver.heard[1]!.headers['webhook-signature']).toMatch(/^v1,\S+$/);
  });

  it('keeps no more than one old one', async () => {
    const [malipo, receiver] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: receiver.url });
    await malipo.settings.rotateSecret(duka.id, HOUR_MS);
    await malipo.settings.rotateSecret(duka.id, HOUR_MS);
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    const [one] = receiver.heard as [Heard];
    expect(() => new Webhook(duka.secret).verify(one.raw, standardHeaders(one))).toThrow('No matching signature');
  });
});
