/** What is Relworx's own: its signature, its list, its card page, its allow-list. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { DAY_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { NOT_AVAILABLE } from '../../../server/providers/reading.ts';
import { isSignedByRelworx, relworxSignature } from '../../../server/providers/relworx/signature.ts';
import type { Fault } from '../../simulators/faults.ts';
import { RELWORX, type RelworxSimulator } from '../../simulators/relworx/relworx.ts';
import type { Movement } from '../../simulators/simulator.ts';
import { benchOf, REFERENCE } from './contract/bench-of.ts';
import { CONTESTANTS } from './contract/contestants.ts';

const contestant = CONTESTANTS.find(({ slug }) => slug === 'relworx')!;
const bench = (env?: Record<string, string>) => benchOf(contestant, env);

const NOW = Date.UTC(2026, 2, 14, 12);
const FIELDS = { customer_reference: 'dgw_order_1234', internal_reference: 'd3ae5e14', status: 'success' };
const SIGNED = { url: 'https://pay.example.org/v1/webhooks/relworx', key: RELWORX.webhookKey, fields: FIELDS };

test('the signature is over address, time and the three fields by name, with nothing in between', () => {
  const t = String(NOW / 1_000);
  const text = `https://pay.example.org/v1/webhooks/relworx${t}customer_referencedgw_order_1234internal_referenced3ae5e14statussuccess`;
  const digest = createHmac('sha256', RELWORX.webhookKey).update(text).digest();
  expect(relworxSignature(SIGNED, NOW)).toBe(`t=${t},v=${digest.toString('hex')}`);
  expect(isSignedByRelworx(SIGNED, `t=${t},v=${digest.toString('hex')}`, NOW)).toBe(true);
  expect(isSignedByRelworx(SIGNED, `t=${t},v=${digest.toString('base64')}`, NOW)).toBe(true);
});

test.each([
  ['299 s ago', -299, true],
  ['301 s ago', -301, false],
  ['301 s ahead', 301, false],
])('a signature made %s is taken: %s s → %s', (_when, seconds, isTaken) => {
  expect(isSignedByRelworx(SIGNED, relworxSignature(SIGNED, NOW + seconds * SECOND_MS), NOW)).toBe(isTaken);
});

test.each([
  ['another address', { ...SIGNED, url: `${SIGNED.url}/` }],
  ['another key', { ...SIGNED, key: 'guess' }],
  ['another status', { ...SIGNED, fields: { ...FIELDS, status: 'failed' } }],
  ['another payment', { ...SIGNED, fields: { ...FIELDS, customer_reference: 'dgw_order_1235' } }],
])('a signature for %s is none', (_what, other) => {
  expect(isSignedByRelworx(SIGNED, relworxSignature(other, NOW), NOW)).toBe(false);
});

test.each(['', 'v=abc', 't=1', 't=now,v=abc', `t=${NOW / 1_000},v=`, `t=${NOW / 1_000},v=zz`, undefined, ['t=1,v=2']])('the header %j is none', (header) => {
  expect(isSignedByRelworx(SIGNED, header, NOW)).toBe(false);
});

test('without PUBLIC_URL no callback is taken, and the operator hears why', async () => {
  const at = await bench({ PUBLIC_URL: '' });
  await at.adapter.collect(at.collectRequest());
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const { body, headers } = at.callbacks[0]!;
  expect(at.adapter.readCallback({ 'relworx-signature': headers['Relworx-Signature'] }, body)).toBeNull();
  expect(at.log.join('\n')).toContain('PUBLIC_URL');
});

test('numbers go out with a plus, under the API version that is agreed on, for the account', async () => {
  const at = await bench();
  await at.adapter.collect(at.collectRequest());
  const [sent] = at.line.requests;
  expect(JSON.parse(sent!.body)).toEqual({ account_no: RELWORX.accountNo, reference: REFERENCE, msisdn: '+254712345678', currency: 'KES', amount: 25_000, description: 'Sisal basket' });
  expect(sent!.headers).toMatchObject({ accept: 'application/vnd.relworx.v2', authorization: `Bearer ${RELWORX.apiKey}` });
});

test('with the allow-list on, the operator hears that it is about the address', async () => {
  const at = await bench();
  (at.simulator as RelworxSimulator).strangeAddress = true;
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', reason: 'The payment provider is not available right now' });
  expect(at.log.join('\n')).toContain('allow-list');
});

test('a definite no is passed on in its own words', async () => {
  const at = await bench();
  expect(await at.adapter.collect(at.collectRequest({ amountMinor: 100 }))).toEqual({ kind: 'refused', code: 'provider_refused', reason: 'Amount must be from 10 to 70000' });
});

test.each(['Reference has been used before', 'Request cannot be processed'])('what it took once is its own, however it words the no to a second copy: %s', async (words) => {
  const at = await bench();
  (at.simulator as RelworxSimulator).saysToRepeated = words;
  at.line.next(/\/request-payment$/, { kind: 'arrives_twice' });
  const submission = await at.adapter.collect(at.collectRequest());
  expect(submission).toEqual({ kind: 'accepted', providerRef: '' });
  const payout = at.disburseRequest({ reference: `${REFERENCE}2` });
  at.simulator.books.decline(at.simulator.books.open({ reference: payout.reference, direction: 'disburse', amount: 25_000, currency: 'KES', msisdn: '+254712345678' }), 'Wallet is closed');
  expect(await at.adapter.disburse(payout)).toMatchObject({ kind: 'refused', code: 'failed', reason: 'The network did not say why' });
});

test.each<[string, Movement['status'], Fault, string]>([
  ['is under way there', 'pending', { kind: 'resets' }, 'accepted'],
  ['was paid there', 'success', { kind: 'breaks', status: 502 }, 'accepted'],
  ['has a status there that is not documented', 'pending', { kind: 'garbles', how: 'unknown_status' }, 'unknown'],
])('a no to a second copy of what %s is none, though nothing more is heard of it', async (_what, status, fault, kind) => {
  const at = await bench();
  const simulator = at.simulator as RelworxSimulator;
  simulator.listsAll = true;
  simulator.saysToRepeated = 'Request cannot be processed';
  const request = at.disburseRequest();
  at.simulator.books.open({ reference: REFERENCE, direction: 'disburse', amount: 25_000, currency: 'KES', msisdn: '+254712345678' }).status = status;
  at.line.next(fault.kind === 'garbles' ? /\/transactions$/ : /\/check-request-status$/, fault, Infinity);
  expect(await at.adapter.disburse(request)).toMatchObject({ kind });
});

test.each<[number, string]>([
  [408, 'Request timed out'],
  [409, 'Conflict'],
  [400, 'Reference has already been used'],
  [422, 'The customer reference already exists on this account'],
  [400, 'Duplicate reference'],
  [400, 'Duplicate transaction'],
  [400, 'This request was submitted already'],
  [400, 'The number has a pending request'],
  [422, 'The request to the network timed out'],
])('%i %j may be about an earlier copy of the same request: nobody knows', async (status, message) => {
  const at = await bench();
  at.simulator.handle = () => ({ status, json: { success: false, message } });
  for (const sent of [at.adapter.collect(at.collectRequest()), at.adapter.disburse(at.disburseRequest())]) expect((await sent).kind).toBe('unknown');
});

test.each<[string, 'collect' | 'disburse', string, string]>([
  ['Insufficient funds on account', 'collect', 'insufficient_funds', ''],
  ['Subscriber account is blocked', 'collect', 'provider_refused', ''],
  ['The payer’s mobile money account has no PIN', 'collect', 'provider_refused', ''],
  ['Account holder has rejected the request', 'collect', 'declined', ''],
  ['Insufficient funds on account', 'disburse', 'provider_refused', 'holds too little'],
  ['Account is suspended', 'collect', 'provider_refused', 'RELWORX_ACCOUNT_NO'],
  ['Access denied for this account', 'collect', 'provider_refused', 'RELWORX_ACCOUNT_NO'],
])('%j to a request to %s is told as %s, and to the operator where it is theirs: %j', async (message, call, code, told) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => (request.method === 'POST' ? { status: 400, json: { success: false, message } } : handle(request));
  const submission = await (call === 'collect' ? at.adapter.collect(at.collectRequest()) : at.adapter.disburse(at.disburseRequest()));
  expect(submission).toMatchObject({ kind: 'refused', code, reason: told === '' ? message : NOT_AVAILABLE });
  expect(at.log.join('\n')).toContain(told);
  if (told === '') expect(at.log).toEqual([]);
});

test.each<[string, string, number, string]>([
  ['it is forbidden to this server', 'Request cannot be processed', 403, 'Your account may not list transactions from here'],
  ['the key is not taken for it', 'Account is locked by another request', 401, 'Invalid credentials for this account'],
  ['too much was asked for', 'Account is locked by another request', 429, 'Too many requests for this account'],
  ['only that speaks of the account', 'Request cannot be processed', 400, 'The account statement is not ready'],
])('where the list cannot be read, for %s, a no to a second copy is none', async (_why, words, status, message) => {
  const at = await bench();
  const handle = at.simulator.handle.bind(at.simulator);
  (at.simulator as RelworxSimulator).saysToRepeated = words;
  at.simulator.handle = (request) => (/\/transactions/.test(request.path) ? { status, json: { success: false, message } } : handle(request));
  at.line.next(/\/send-payment$/, { kind: 'arrives_twice' });
  expect((await at.adapter.disburse(at.disburseRequest())).kind).toBe('unknown');
  expect(at.movements(REFERENCE)).toHaveLength(1);
});

test('an account that Relworx does not know has no list either: that is for the operator, and no doubt', async () => {
  const at = await bench({ RELWORX_ACCOUNT_NO: 'REL9999' });
  expect(await at.adapter.collect(at.collectRequest())).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
  expect(at.log.join('\n')).toContain('RELWORX_ACCOUNT_NO');
  // Of what was sent before the number was changed this says nothing.
  expect((await at.adapter.status(at.asked())).kind).toBe('unknown');
});

test('a no is a no also at a busy account, whose list is full and goes back beyond the request', async () => {
  const at = await bench();
  const { books } = at.simulator;
  const fill = (rows: number) => {
    for (let index = 0; index < rows; index++) books.open({ reference: `other-${books.movements.length}`, direction: 'collect', amount: 100, currency: 'KES', msisdn: '+254700000000' });
  };
  fill(600);
  at.clock.advance(DAY_MS);
  fill(600);
  const tooLittle = { amountMinor: 100, createdAt: at.clock.now() };
  expect((await at.adapter.collect(at.collectRequest(tooLittle))).kind).toBe('refused');
  expect((await at.adapter.status(at.asked({ createdAt: at.clock.now() }))).kind).toBe('not_found');
  fill(400);
  expect((await at.adapter.collect(at.collectRequest(tooLittle))).kind, 'a list of the last hours alone may have left it out').toBe('unknown');
});

test('whatever many payments ask at once, the list is read once for all of them, and never from before they asked', async () => {
  const at = await bench();
  const references = Array.from({ length: 50 }, (_, index) => `${REFERENCE.slice(0, -2)}${index}`);
  for (const reference of references) {
    const { providerRef } = (await at.adapter.collect(at.collectRequest({ reference, phone: `2547123456${references.indexOf(reference) + 10}` }))) as { providerRef: string };
    at.simulator.books.decline(at.simulator.books.byId(providerRef)!, 'Declined');
  }
  at.clock.advance(SECOND_MS);
  const sent = at.line.requests.length;
  const ask = async () => (await Promise.all(references.map((reference) => at.adapter.status(at.asked({ reference, providerRef: at.movements(reference)[0]!.id }))))).map(({ kind }) => kind);
  expect(new Set(await ask())).toEqual(new Set(['failed']));
  const asked = () => at.line.requests.slice(sent).map(({ path }) => path.replace(/.*\//, ''));
  expect(asked().filter((path) => path === 'transactions')).toHaveLength(1);
  expect(asked().filter((path) => path === 'check-request-status')).toHaveLength(50);
  const later = `${REFERENCE.slice(0, -2)}xx`;
  await at.adapter.collect(at.collectRequest({ reference: later, method: 'card', currency: 'UGX', phone: '', network: '' }));
  at.clock.advance(1);
  expect((await at.adapter.status(at.asked({ reference: later, createdAt: at.clock.now() }))).kind).toBe('pending');
  at.clock.advance(6 * SECOND_MS);
  await ask();
  expect(asked().filter((path) => path === 'transactions')).toHaveLength(3);
});

test('what was taken back is not there any more, however lately somebody else had the list read', async () => {
  const at = await bench();
  const { books } = at.simulator;
  await at.adapter.collect(at.collectRequest());
  const movement = at.movements(REFERENCE)[0]!;
  books.approve(movement);
  at.clock.advance(SECOND_MS);
  const asked = at.asked({ createdAt: at.clock.now() - SECOND_MS });
  expect((await at.adapter.status(asked)).kind).toBe('completed');
  at.clock.advance(SECOND_MS);
  books.reverse(movement, 'Taken back by the network');
  const told = [at.adapter.status(asked), at.adapter.status({ ...asked, providerRef: movement.id })];
  expect((await Promise.all(told)).map(({ kind }) => kind)).toEqual(['failed', 'failed']);
});

test.each([true, false])('a copy that failed is not the end where another is open or paid, also where its reference is the one that is known (a list that shows all: %s)', async (listsAll) => {
  const at = await bench();
  const { books } = Object.assign(at.simulator as RelworxSimulator, { listsAll });
  const { providerRef } = (await at.adapter.collect(at.collectRequest())) as { providerRef: string };
  const other = books.open({ reference: REFERENCE, direction: 'collect', amount: 25_000, currency: 'KES', msisdn: '+254712345678' });
  books.decline(books.byId(providerRef)!, 'Another request is in progress');
  for (const known of ['', providerRef]) expect((await at.adapter.status(at.asked({ providerRef: known }))).kind).toBe('pending');
  books.approve(other);
  expect(await at.adapter.status(at.asked({ providerRef }))).toMatchObject({ kind: 'completed', providerRef: listsAll ? other.id : '' });
});

test('a card is paid on a page of Relworx’s, and found again by our reference', async () => {
  const at = await bench();
  const opened = await at.adapter.collect(at.collectRequest({ method: 'card', currency: 'UGX', phone: '', network: '' }));
  expect(opened).toMatchObject({ kind: 'accepted', redirectUrl: expect.stringMatching(/^https:\/\/cards\.relworx\.example\//) as string });
  const asked = at.asked({ method: 'card', currency: 'UGX' });
  expect(await at.adapter.status(asked)).toMatchObject({ kind: 'pending' });
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  expect(await at.adapter.status(asked)).toMatchObject({ kind: 'completed', amountMinor: 2_500_000, currency: 'UGX' });
});

test('a list that shows its own references is asked further by them', async () => {
  const at = await bench();
  (at.simulator as RelworxSimulator).listsAll = true;
  const taken = await at.adapter.collect(at.collectRequest());
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'completed', providerRef: (taken as { providerRef: string }).providerRef });
  expect(at.line.requests.at(-1)!.path).toMatch(/check-request-status$/);
});

test.each([
  ['success', 'failed'],
  ['success', 'pending'],
  ['success', 'reversed'],
  ['successful', 'success'],
])('a request whose status is "%s" in an answer that says "%s" is not known to have been paid', async (request_status, status) => {
  const at = await bench();
  const { providerRef } = (await at.adapter.collect(at.collectRequest())) as { providerRef: string };
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => ({ status: 200, json: { ...(handle(request).json as object), request_status, status } });
  expect((await at.adapter.status(at.asked({ providerRef }))).kind).toBe('unknown');
});

test('what it refuses has the name that its list shows, where it shows one', async () => {
  const at = await bench();
  const simulator = Object.assign(at.simulator as RelworxSimulator, { listsAll: true });
  simulator.books.temper = () => 'fails';
  const submission = await at.adapter.disburse(at.disburseRequest());
  expect(submission).toMatchObject({ kind: 'refused', reason: 'The number has no wallet', providerRef: at.movements(REFERENCE)[0]!.id });
});

test('the history of a busy account is read as far as its list goes back', async () => {
  const at = await bench();
  const open = (index: number) => at.simulator.books.open({ reference: `other-${index}`, direction: 'collect', amount: 100, currency: 'KES', msisdn: '+254700000000' });
  for (let index = 0; index < 600; index++) open(index);
  at.clock.advance(DAY_MS);
  for (let index = 600; index < 1_100; index++) open(index);
  const span = { from: at.clock.now() - 1, until: at.clock.now() + 1 };
  expect(await at.adapter.history!(span)).toHaveLength(500);
  await expect(at.adapter.history!({ ...span, from: span.from - DAY_MS })).rejects.toThrow('1000 transactions');
  const handle = at.simulator.handle.bind(at.simulator);
  at.simulator.handle = (request) => ({ status: 200, json: { success: true, transactions: (handle(request).json as { transactions: unknown[] }).transactions.reverse() } });
  await expect(at.adapter.history!(span), 'what is left out of a list that begins with the oldest is the newest').rejects.toThrow('1000 transactions');
});

test('what is older than the list is unknown, not missing; nor is anything missing from a list that is full', async () => {
  const at = await bench();
  expect((await at.adapter.status(at.asked({ createdAt: at.clock.now() - 31 * DAY_MS }))).kind).toBe('unknown');
  expect((await at.adapter.status(at.asked())).kind).toBe('not_found');
  for (let index = 0; index < 1_000; index++) at.simulator.books.open({ reference: `other-${index}`, direction: 'collect', amount: 100, currency: 'KES', msisdn: '+254700000000' });
  expect((await at.adapter.status(at.asked())).kind).toBe('unknown');
});

test('an empty wallet holds nothing, which is not unknown', async () => {
  const at = await bench();
  (at.simulator as RelworxSimulator).balance = 0;
  expect(await at.adapter.balance!('KES')).toBe(0);
});

test('balance, name and history are read', async () => {
  const at = await bench();
  expect(await at.adapter.balance!('KES')).toBe(1_250_000);
  expect(await at.adapter.nameOf!('254712345678')).toBe('JANE DOE');
  await at.adapter.collect(at.collectRequest());
  await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}2` }));
  at.simulator.books.approve(at.movements(REFERENCE)[0]!);
  const span = { from: at.clock.now() - DAY_MS, until: at.clock.now() + 1 };
  expect((await at.adapter.history!(span)).map(({ direction, reference, status }) => ({ direction, reference, status }))).toEqual([
    { direction: 'disburse', reference: `${REFERENCE}2`, status: 'pending' },
    { direction: 'collect', reference: REFERENCE, status: 'completed' },
  ]);
  await expect(at.adapter.history!({ ...span, from: at.clock.now() - 40 * DAY_MS })).rejects.toThrow('last 30 days');
});
