/** What is ioTec's own: its token, its ids, its statuses, and that the simulator answers as its document says. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { IOTEC, type IotecSimulator } from '../../simulators/iotec/iotec.ts';
import type { SimulatedAnswer } from '../../simulators/simulator.ts';
import { type Bench, benchOf, REFERENCE } from './contract/bench-of.ts';
import { CONTESTANTS } from './contract/contestants.ts';

const contestant = CONTESTANTS.find(({ slug }) => slug === 'iotec')!;
const bench = (env?: Record<string, string>) => benchOf(contestant, env);
const simulatorOf = ({ simulator }: Bench) => simulator as IotecSimulator;

test('many payments at once fetch one token, which serves for four minutes', async () => {
  const at = await bench();
  const references = Array.from({ length: 20 }, (_, index) => `${REFERENCE.slice(0, -2)}${String(index).padStart(2, '0')}`);
  const answers = await Promise.all(references.map((reference) => at.adapter.collect(at.collectRequest({ reference }))));
  expect(answers.every(({ kind }) => kind === 'accepted')).toBe(true);
  expect(simulatorOf(at).tokensIssued).toBe(1);
  at.clock.advance(239 * SECOND_MS);
  await at.adapter.status(at.asked());
  expect(simulatorOf(at).tokensIssued).toBe(1);
  at.clock.advance(2 * SECOND_MS);
  await at.adapter.status(at.asked());
  expect(simulatorOf(at).tokensIssued).toBe(2);
});

test.each(['300', 'soon', null, -1])('a token whose life is told as %j is used, for four minutes', async (expires_in) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    const answer = handle(request);
    return request.path === '/connect/token' ? { ...answer, json: { ...(answer.json as object), expires_in } } : answer;
  };
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('accepted');
  at.clock.advance(239 * SECOND_MS);
  await at.adapter.status(at.asked());
  expect(simulatorOf(at).tokensIssued).toBe(1);
  at.clock.advance(2 * SECOND_MS);
  await at.adapter.status(at.asked());
  expect(simulatorOf(at).tokensIssued).toBe(2);
});

test('a token that dies on the way is fetched again once, and the payment is taken once', async () => {
  const at = await bench();
  await at.adapter.status(at.asked());
  simulatorOf(at).expireTokens();
  const references = ['a', 'b', 'c'].map((end) => REFERENCE.slice(0, -1) + end);
  const answers = await Promise.all(references.map((reference) => at.adapter.collect(at.collectRequest({ reference }))));
  expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(at.simulator.books.movements.map(({ reference }) => reference).sort()).toEqual(references);
  expect(simulatorOf(at).tokensIssued).toBe(2);
});

test('what stands below ioTec’s minimum is refused in its own words', async () => {
  const at = await bench();
  expect(await at.adapter.collect(at.collectRequest({ amountMinor: 40_000 }))).toEqual({ kind: 'refused', code: 'provider_refused', reason: 'The amount must be at least 500' });
});

test('a wrong wallet is the operator’s trouble, not the buyer’s', async () => {
  const at = await bench({ IOTEC_WALLET_ID: '00000000-0000-4000-8000-000000000000' });
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', reason: 'The payment provider is not available right now' });
  expect(at.log.join('\n')).toContain('IOTEC_WALLET_ID');
});

test('a second copy that fails at once is no end while the first may be paid', async () => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    if (request.path.includes('/external-id/')) return { status: 200, json: at.movements(REFERENCE).map((movement) => simulatorOf(at).view(movement)) };
    const first = handle(request);
    if (request.method !== 'POST' || !request.path.endsWith('/collect')) return first;
    handle(request);
    at.simulator.books.decline(at.movements(REFERENCE)[1]!, 'Insufficient funds');
    return { status: 200, json: simulatorOf(at).view(at.movements(REFERENCE)[1]!) };
  };
  expect(await at.adapter.collect(at.collectRequest())).toEqual({ kind: 'accepted', providerRef: at.movements(REFERENCE)[0]!.id });
});

test.each([
  ['collect', 'Insufficient balance in the wallet of the payer', 'insufficient_funds', ''],
  ['disburse', 'Insufficient balance', 'provider_refused', 'holds too little'],
  ['collect', 'The recipient wallet is barred', 'provider_refused', ''],
] as const)('of a no to %s, %j, is told %s, and the operator %j', async (call, message, code, told) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.path.startsWith('/api') && request.method === 'POST' ? { status: 400, json: { message, code: 'BadRequest' } } : handle(request));
  expect(await (call === 'collect' ? at.adapter.collect(at.collectRequest()) : at.adapter.disburse(at.disburseRequest()))).toMatchObject({ kind: 'refused', code });
  expect(at.log.join('\n')).toContain(told);
  if (told === '') expect(at.log).toEqual([]);
});

test.each([null, ''])('a callback about what was made in the portal (externalId %j) is taken, and about nothing of ours', async (externalId) => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const { body, headers } = at.callbacks[0]!;
  const told = { ...(JSON.parse(body) as object), externalId };
  const lowerCase = { [IOTEC.callbackHeader.toLowerCase()]: headers[IOTEC.callbackHeader] };
  expect(at.adapter.readCallback(lowerCase, body)).toEqual({ reference: REFERENCE });
  expect(at.adapter.readCallback(lowerCase, JSON.stringify(told))).toEqual({ providerRef: at.movements(REFERENCE)[0]!.id });
  for (const broken of ['null', '[]', '{}', '"text"', '{"id":7}', 'no JSON']) expect(() => at.adapter.readCallback(lowerCase, broken)).toThrow();
});

test('of several movements under one reference the one that moved money counts', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  await at.adapter.collect(at.collectRequest());
  const [first, second] = at.movements(REFERENCE);
  at.simulator.books.approve(first!);
  at.simulator.books.decline(second!, 'Declined');
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    if (!request.path.includes('/external-id/')) return handle(request);
    return { status: 200, json: [second!, first!].map((movement) => simulatorOf(at).view(movement)) };
  };
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'completed', providerRef: first!.id });
});

test.each(['failed', 'reversed'] as const)('a movement that ended as %s is the payment’s end only if no other under its reference moved money', async (end) => {
  const at = await bench();
  at.line.next(/collect$/, { kind: 'arrives_twice' });
  const { providerRef } = (await at.adapter.collect(at.collectRequest())) as { providerRef: string };
  const [first, second] = at.movements(REFERENCE);
  expect(providerRef).toBe(second!.id);
  at.simulator.books.approve(first!);
  if (end === 'reversed') {
    at.simulator.books.approve(second!);
    at.simulator.books.reverse(second!, 'Paid twice');
  } else at.simulator.books.decline(second!, 'Another request is in progress');
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.path.includes('/external-id/') ? { status: 200, json: simulatorOf(at).view(first!) } : handle(request));
  expect(await at.adapter.status(at.asked({ providerRef }))).toMatchObject({ kind: 'completed', providerRef: first!.id, amountMinor: 2_500_000 });
});

test('money that moved twice under one reference is one payment, and the operator hears of the other', async () => {
  const at = await bench();
  at.line.next(/collect$/, { kind: 'arrives_twice' });
  await at.adapter.collect(at.collectRequest());
  const both = at.movements(REFERENCE);
  both.forEach((movement) => at.simulator.books.approve(movement));
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.path.includes('/external-id/') ? { status: 200, json: both.map((movement) => simulatorOf(at).view(movement)) } : handle(request));
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'completed', amountMinor: 2_500_000 });
  for (const { id } of both) expect(at.log.join('\n')).toContain(id);
});

test.each([
  [400, { message: 'Duplicate request', code: 'BadRequest' }],
  [400, { message: 'The request timed out', code: 'BadRequest' }],
  [404, { message: 'no Route matched with those values' }],
  [404, {}],
])('%i %j to a payment says nothing of what became of it', async (status, json) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.path.startsWith('/api/') ? { status, json } : handle(request));
  expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
  expect((await at.adapter.disburse(at.disburseRequest())).kind).toBe('unknown');
});

test.each([{ totalPages: undefined }, { total: undefined }, { total: 4 }])('a history with the totals %j is not known to be whole', async (totals) => {
  const at = await bench();
  for (let payout = 0; payout < 3; payout++) await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}${payout}` }));
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    const answer = handle(request);
    return request.path.endsWith('paged-history') ? { ...answer, json: { ...(answer.json as object), ...totals } } : answer;
  };
  await expect(at.adapter.history!({ from: 0, until: at.clock.now() + 1 })).rejects.toThrow(/history/);
});

test('a history is read whole where its times are taken for East African ones', async () => {
  const at = await bench();
  await at.adapter.disburse(at.disburseRequest());
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => {
    for (const name of ['From', 'To']) if (request.query.has(name)) request.query.set(name, new Date(Date.parse(request.query.get(name)!) - 3 * HOUR_MS).toISOString());
    return handle(request);
  };
  expect(await at.adapter.history!({ from: at.clock.now() - HOUR_MS, until: at.clock.now() + HOUR_MS })).toHaveLength(1);
});

test('an answer about somebody else’s payment says nothing of ours', async () => {
  const at = await bench();
  const other = await at.adapter.collect(at.collectRequest({ reference: 'dgw_somebody_else' }));
  at.simulator.books.approve(at.movements('dgw_somebody_else')[0]!);
  const { providerRef } = other as { providerRef: string };
  expect(await at.adapter.status(at.asked({ providerRef }))).toMatchObject({ kind: 'unknown' });
});

test('a payout that ioTec rolls back after its success is reversed', async () => {
  const at = await bench();
  await at.adapter.disburse(at.disburseRequest());
  const [movement] = at.movements(REFERENCE);
  at.simulator.books.approve(movement!);
  at.simulator.books.reverse(movement!, 'Wallet was closed');
  expect(await at.adapter.status(at.asked({ direction: 'disburse' }))).toMatchObject({ kind: 'reversed', amountMinor: 2_500_000, currency: 'UGX', reason: 'Wallet was closed' });
});

test('its sandbox’s play money is passed on as such, and so is never taken for shillings', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const [movement] = at.movements(REFERENCE);
  movement!.reported.currency = 'ITX';
  at.simulator.books.approve(movement!);
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'completed', currency: 'ITX' });
});

test('without a header agreed with ioTec no callback is taken for its own', async () => {
  const at = await bench({ IOTEC_CALLBACK_HEADER: '', IOTEC_CALLBACK_SECRET: '' });
  await at.adapter.collect(at.collectRequest());
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const { body, headers } = at.callbacks[0]!;
  expect(at.adapter.readCallback(headers, body)).toBeNull();
});

test('an empty wallet holds nothing, which is not unknown', async () => {
  const at = await bench();
  simulatorOf(at).balance = 0;
  expect(await at.adapter.balance!('UGX')).toBe(0);
});

test('the wallet’s balance and every page of the history are read', async () => {
  const at = await bench();
  expect(await at.adapter.balance!('UGX')).toBe(100_000_000);
  for (let payout = 0; payout < 3; payout++) await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}${payout}` }));
  at.simulator.books.approve(at.simulator.books.movements[1]!);
  const handle = at.simulator.handle.bind(at.simulator);
  // Two rows a page, whatever was asked for.
  at.simulator.handle = (request) => {
    request.query.set('PageSize', '2');
    return handle(request);
  };
  const entries = await at.adapter.history!({ from: at.clock.now() - 1, until: at.clock.now() + 1 });
  expect(entries.map(({ reference, status, amountMinor }) => ({ reference, status, amountMinor }))).toEqual([
    { reference: `${REFERENCE}0`, status: 'pending', amountMinor: 2_500_000 },
    { reference: `${REFERENCE}1`, status: 'completed', amountMinor: 2_500_000 },
    { reference: `${REFERENCE}2`, status: 'pending', amountMinor: 2_500_000 },
  ]);
});

/** The schemas of ioTec's OpenAPI document, whose vocabulary is OpenAPI 3.0's. */
const document = JSON.parse(readFileSync(new URL('../../simulators/iotec/openapi-schemas.json', import.meta.url), 'utf8')) as object;
const ajv = new Ajv({ strict: false, allErrors: true, formats: { uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, double: true, int32: true, int64: true, uri: true } });
ajv.addSchema({ $id: 'iotec', ...document });

function expectSchema(name: string, json: unknown): void {
  const validate = ajv.getSchema(`iotec#/components/schemas/${name}`)!;
  expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
}

test('the simulator answers, and our requests are, what ioTec’s document says', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}2` }));
  const sent = (path: RegExp) => JSON.parse(at.line.requests.find((request) => path.test(request.path))!.body) as unknown;
  expectSchema('CollectionRequest', sent(/collect$/));
  expectSchema('DisbursementRequest', sent(/disburse$/));

  const authorization = at.line.requests.at(-1)!.headers['authorization'];
  const ask = (path: string, query = ''): SimulatedAnswer =>
    at.simulator.handle({ method: 'GET', path, query: new URLSearchParams(query), headers: { authorization }, body: '' });
  const [collect, payout] = at.simulator.books.movements;
  const { books } = at.simulator;
  for (const move of [() => undefined, () => books.passOn(collect!), () => books.approve(collect!), () => books.reverse(collect!, 'Reversed')]) {
    move();
    expectSchema('CollectionViewModel', ask(`/api/collections/external-id/${REFERENCE}`).json);
  }
  books.approve(payout!);
  expectSchema('DisbursementViewModelDocs', ask(`/api/disbursements/status/${payout!.id}`).json);
  expectSchema('DisbursementViewModelPaginatedListViewModel', ask('/api/disbursements/paged-history', 'Page=1&PageSize=10').json);
  expectSchema('WalletBalance', ask(`/api/wallet-balance/${IOTEC.walletId}`).json);
  expectSchema('NotFoundResult', ask('/api/collections/status/nobody').json);
  expectSchema('UnauthorizedResult', at.simulator.handle({ method: 'GET', path: '/api/collections/status/x', query: new URLSearchParams(), headers: {}, body: '' }).json);
  const refused = at.simulator.handle({ method: 'POST', path: '/api/collections/collect', query: new URLSearchParams(), headers: { authorization }, body: '{}' });
  expectSchema('ApiErrorResponse', refused.json);
  for (const { body } of at.callbacks) {
    const told = JSON.parse(body) as { payer?: string };
    expectSchema(told.payer === undefined ? 'DisbursementViewModelDocs' : 'CollectionViewModel', told);
  }
});

test.each([{ message: 'no Route matched with those values' }, { statusCode: 404, message: 'Resource not found' }, { type: 'about:blank', title: 'Not Found', status: 404 }, {}])('a 404 that is not ioTec’s own is no word on a payout: %j', async (json) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.path.startsWith('/api/') ? { status: 404, json } : handle(request));
  expect((await at.adapter.status(at.asked({ direction: 'disburse' }))).kind).toBe('unknown');
});
