/** The handset at /sandbox/phone: what a person sees and does instead of the subscriber who answers by itself. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { type Answer, buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { collect, PHONE, transaction } from '../support/payments.ts';

const APPROVAL_MS = 3 * SECOND_MS;

async function prompted(body: object = {}) {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey, { description: 'Order 12', ...body });
  const status = async () => (await transaction(malipo, testKey, reference)).status;
  return { malipo, testKey, reference, status };
}

function act(malipo: TestMalipo, reference: string, action: unknown, pin?: unknown): Promise<Answer> {
  return malipo.post(`/sandbox/phone/prompts/${reference}`, { action, ...(pin === undefined ? {} : { pin }) });
}

async function prompts(malipo: TestMalipo, query: string): Promise<Record<string, unknown>[]> {
  const answer = await malipo.get(`/sandbox/phone/prompts${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data as Record<string, unknown>[];
}

test('a prompt shows who asks for what, on which wallet, and when it answers by itself', async () => {
  const { malipo, reference } = await prompted();
  const expected = {
    reference,
    phone_number: PHONE,
    network: 'mtn',
    network_name: 'MTN MoMo',
    merchant: 'Shop duka',
    description: 'Order 12',
    amount: 50_000,
    currency: 'UGX',
    status: 'waiting',
    approves_at: '2026-03-14T12:00:03Z',
    expires_at: '2026-03-14T16:00:00Z',
  };
  expect(await prompts(malipo, `?reference=${reference}`)).toEqual([expected]);
  for (const phone of [PHONE, `%2B${PHONE}`, '0772123456']) expect(await prompts(malipo, `?phone=${phone}`)).toEqual([expected]);
});

test('a phone lists its newest five prompts, and only its own', async () => {
  const { malipo, testKey, reference } = await prompted();
  const references = [reference];
  for (let count = 0; count < 5; count++) {
    malipo.clock.advance(SECOND_MS);
    references.push(await collect(malipo, testKey));
  }
  await collect(malipo, testKey, { phone_number: '256772999999' });
  const shown = (await prompts(malipo, `?phone=${PHONE}`)).map((prompt) => prompt.reference);
  expect(shown).toEqual(references.reverse().slice(0, 5));
});

test.each(['', '?phone=', '?phone=12', '?phone=abc', '?reference=dgw_unknown'])('there is no prompt for %j', async (query) => {
  const { malipo } = await prompted();
  expect(await prompts(malipo, query)).toEqual([]);
});

test('holding a prompt stops it from answering by itself', async () => {
  const { malipo, reference, status } = await prompted();
  const held = await act(malipo, reference, 'hold');
  expect(held.json().data).toMatchObject({ status: 'waiting', approves_at: null });
  await malipo.pass(HOUR_MS);
  expect(await status()).toBe('pending');
  expect((await act(malipo, reference, 'approve', '1234')).json().data.status).toBe('approved');
  await malipo.jobs.runDue();
  expect(await status()).toBe('completed');
});

test.each(['1234', '12345'])('approving with the PIN %s completes the payment at once', async (pin) => {
  const { malipo, reference, status } = await prompted();
  const answer = await act(malipo, reference, 'approve', pin);
  expect(answer.json().data).toMatchObject({ reference, status: 'approved', approves_at: null });
  await malipo.jobs.runDue();
  expect(await status()).toBe('completed');
});

test.each([undefined, null, '', '123', '123456', 'abcd', '12 34', '١٢٣٤', 1234])('the PIN %j is not one, and the prompt goes on waiting', async (pin) => {
  const { malipo, reference, status } = await prompted();
  const before = await rowCounts(malipo.store);
  const answer = await act(malipo, reference, 'approve', pin);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code).toBe('VALIDATION_ERROR');
  expect(await rowCounts(malipo.store)).toEqual(before);
  await malipo.pass(APPROVAL_MS);
  expect(await status()).toBe('completed');
});

test('declining fails the payment and says who declined', async () => {
  const { malipo, testKey, reference } = await prompted();
  expect((await act(malipo, reference, 'decline')).json().data.status).toBe('declined');
  await malipo.jobs.runDue();
  expect(await transaction(malipo, testKey, reference)).toMatchObject({ status: 'failed', failure_reason: 'The customer declined the payment' });
});

test('ignoring leaves the payment pending until it expires', async () => {
  const { malipo, reference, status } = await prompted();
  expect((await act(malipo, reference, 'ignore')).json().data.status).toBe('ignored');
  await malipo.pass(4 * HOUR_MS - 1);
  expect(await status()).toBe('pending');
  await malipo.pass(1);
  expect(await status()).toBe('failed');
  await malipo.pass(8 * DAY_MS);
  expect(await status()).toBe('failed');
});

test.each([
  ['approve', 'approved', 'completed'],
  ['decline', 'declined', 'failed'],
  ['ignore', 'ignored', 'pending'],
])('after %s nothing a person does changes the answer', async (first, shown, status) => {
  const prompt = await prompted();
  const { malipo, reference } = prompt;
  await act(malipo, reference, first, '1234');
  for (const action of ['approve', 'decline', 'ignore', 'hold']) {
    expect((await act(malipo, reference, action, '1234')).json().data.status).toBe(shown);
  }
  await malipo.pass(APPROVAL_MS);
  expect(await prompt.status()).toBe(status);
  expect((await rowCounts(malipo.store)).ledger_transfers).toBe(first === 'approve' ? 1 : 0);
});

test('a wallet without money cannot pay, whoever approves', async () => {
  const { malipo, testKey, reference } = await prompted({ phone_number: '256772100002' });
  expect((await act(malipo, reference, 'approve', '1234')).json().data.status).toBe('done');
  await malipo.jobs.runDue();
  expect((await transaction(malipo, testKey, reference)).failure_reason).toBe('Insufficient funds in the customer’s wallet');
});

test('a number that never answers gets no prompt, and nobody can answer for it', async () => {
  const { malipo, reference } = await prompted({ phone_number: '256772100004' });
  expect(await prompts(malipo, `?reference=${reference}`)).toEqual([]);
  expect((await act(malipo, reference, 'approve', '1234')).statusCode).toBe(404);
});

test('a prompt that nobody answered in time is done', async () => {
  const { malipo, reference } = await prompted();
  await act(malipo, reference, 'hold');
  await malipo.pass(4 * HOUR_MS);
  expect(await prompts(malipo, `?reference=${reference}`)).toMatchObject([{ status: 'done', approves_at: null }]);
});

test.each([
  ['/sandbox/phone/prompts/dgw_unknown', { action: 'approve', pin: '1234' }, 404, 'NOT_FOUND'],
  ['/sandbox/phone/prompts/dgw_unknown', { action: 'refund' }, 400, 'VALIDATION_ERROR'],
  ['/sandbox/phone/prompts/dgw_unknown', {}, 400, 'VALIDATION_ERROR'],
  ['/sandbox/phone/prompts/dgw_unknown', [], 400, 'VALIDATION_ERROR'],
])('POST %s with %j is %d %s', async (url, body, statusCode, code) => {
  const malipo = await buildMalipo();
  const answer = await malipo.post(url, body);
  expect([answer.statusCode, answer.json().error.code]).toEqual([statusCode, code]);
});

test('the phone’s page can be framed by any site and loads nothing from elsewhere', async () => {
  const malipo = await buildMalipo();
  const answer = await malipo.get('/sandbox/phone');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/html/);
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('frame-ancestors');
  expect(answer.headers['x-frame-options']).toBeUndefined();
});
