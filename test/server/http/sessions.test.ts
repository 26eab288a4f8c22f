/** Checkout sessions: made by a merchant's server, sold in the mode of its key, paid once. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { paymentByReference } from '../../../server/payments/statements.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Provider, ProviderStatus } from '../../../server/providers/provider.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { type Answer, buildMalipo, type CallOptions, type MalipoOptions, type Shop, type TestMalipo } from '../support/build-malipo.ts';
import { walletBalance } from '../support/database.ts';
import { documentOf } from '../support/documented.ts';
import { PHONE, transaction, verify } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const ORDER = { amount: 50_000, currency: 'UGX', description: 'Order #1234', metadata: { order_id: '1234' } };
const BY_PHONE = { phone_number: PHONE };
const BY_CARD = { method: 'card' };

interface Made {
  id: number;
  slug: string;
  url: string;
  status: string;
  reference: string | null;
}

async function opened(options: MalipoOptions = {}): Promise<{ malipo: TestMalipo; shop: Shop }> {
  const malipo = await buildMalipo(options);
  return { malipo, shop: await malipo.makeShop({ slug: 'duka' }) };
}

function create(malipo: TestMalipo, key: string, body: object = {}, options: CallOptions = {}): Promise<Answer> {
  return malipo.post('/v1/checkout/sessions', { ...ORDER, ...body }, { key, ...options });
}

async function made(malipo: TestMalipo, key: string, body: object = {}): Promise<Made> {
  const answer = await create(malipo, key, body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json<{ data: Made }>().data;
}

async function asItStands(malipo: TestMalipo, key: string, id: number): Promise<Made> {
  return (await malipo.get(`/v1/checkout/sessions/${id}`, { key })).json<{ data: Made }>().data;
}

let keys = 0;

/** Each with a key of its own, as different buyers and tabs have. */
function pay(malipo: TestMalipo, { slug }: Pick<Made, 'slug'>, body: object = BY_PHONE, idempotencyKey = `attempt-${(keys += 1)}`): Promise<Answer> {
  return malipo.post(`/api/store/${slug}/pay`, body, { idempotencyKey });
}

async function paid(malipo: TestMalipo, session: Pick<Made, 'slug'>, body: object = BY_PHONE): Promise<string> {
  const answer = await pay(malipo, session, body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json<{ data: { reference: string } }>().data.reference;
}

function refusal(answer: Answer): [status: number, code: string, message: string] {
  const { error } = answer.json<{ error: { code: string; message: string } }>();
  return [answer.statusCode, error.code, error.message];
}

test('is bought by its slug, carries what the merchant said, and is over once it is paid', async () => {
  const { malipo, shop } = await opened();
  const { expectDocumented } = await documentOf(malipo);
  const created = await create(malipo, shop.testKey, { customer: { name: 'Jane Doe', email: 'jane@example.com' } });
  expectDocumented('POST', '/v1/checkout/sessions', created);
  const session = created.json<{ data: Made }>().data;
  expect(session).toMatchObject({ status: 'open', reference: null, amount: 50_000, currency: 'UGX', description: 'Order #1234', is_test: true });
  expect(session.slug).toMatch(/^cs-[a-z0-9]{26}$/);
  expect(new URL(session.url).pathname).toBe(`/pay/${session.slug}`);

  const item = await malipo.get(`/api/store/${session.slug}`);
  expectDocumented('GET', `/api/store/${session.slug}`, item);
  expect(item.json().data).toMatchObject({ kind: 'session', name: 'Order #1234', amount: 50_000, is_test: true, app: { slug: 'duka' } });

  const reference = await paid(malipo, session, { ...BY_PHONE, metadata: { order_id: 'another' }, customer_name: '' });
  expect(await asItStands(malipo, shop.testKey, session.id)).toMatchObject({ status: 'open', reference });
  await malipo.pass(5 * SECOND_MS);
  expect(await verify(malipo, shop.testKey, reference)).toMatchObject({ status: 'completed', description: 'Order #1234', metadata: { order_id: '1234' }, platform_fee: 4_000 });
  expect((await malipo.get(`/api/store/status/${reference}`)).json().data.item).toEqual({ slug: session.slug, name: 'Order #1234' });

  const got = await malipo.get(`/v1/checkout/sessions/${session.id}`, { key: shop.testKey });
  expectDocumented('GET', `/v1/checkout/sessions/${session.id}`, got);
  expect(got.json().data).toMatchObject({ status: 'completed', reference });
  expect(refusal(await malipo.get(`/api/store/${session.slug}`))).toEqual([404, 'NOT_FOUND', 'This has been paid']);
  expect(refusal(await pay(malipo, session))).toEqual([404, 'NOT_FOUND', 'This has been paid']);
});

test('is no item of the shop', async () => {
  const { malipo, shop } = await opened();
  await made(malipo, shop.testKey);
  expect((await malipo.get('/api/store/shop/duka')).json().data.items).toEqual([]);
  expect((await malipo.get('/shop/duka')).body).toContain('Nothing is for sale yet');
});

test('one made with a test key is sold on the sandbox beside live sales, one made with a live key for real', async () => {
  const provider = new ScriptedProvider();
  const { malipo, shop } = await opened({ live: [provider] });
  const [trial, real] = [await made(malipo, shop.testKey), await made(malipo, shop.liveKey)];
  const isTest = async ({ slug }: Made) => (await malipo.get(`/api/store/${slug}`)).json().data.is_test as boolean;
  expect([await isTest(trial), await isTest(real)]).toEqual([true, false]);
  await paid(malipo, trial, { phone_number: '0111777771' });
  expect(provider.collected).toEqual([]);
  await paid(malipo, real);
  expect(provider.collected).toMatchObject([{ amountMinor: 5_000_000, description: 'Order #1234' }]);
});

test('what no provider here could take is refused before anybody is sent to it', async () => {
  const { malipo, shop } = await opened({ live: [new ScriptedProvider()] });
  expect(refusal(await create(malipo, shop.liveKey, { currency: 'KES' }))).toEqual([400, 'PROVIDER_ERROR', 'No provider that is configured here takes 50000 KES for live payments']);
  expect(refusal(await create(malipo, shop.liveKey, { amount: 499 }))[1]).toBe('PROVIDER_ERROR');
  expect(refusal(await create(malipo, shop.liveKey, { methods: ['card'] }))).toEqual([400, 'PROVIDER_ERROR', 'No provider that is configured here takes 50000 UGX by card for live payments']);
});

test('may be confined to a way of paying', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey, { methods: ['card', 'card'] });
  const { methods } = (await malipo.get(`/api/store/${session.slug}`)).json<{ data: { methods: { type: string }[] } }>().data;
  expect(methods.map(({ type }) => type)).toEqual(['card']);
  expect(refusal(await pay(malipo, session))).toEqual([400, 'VALIDATION_ERROR', 'method must be card']);
  await paid(malipo, session, BY_CARD);
});

test('has one price, and is bought once at a time', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey);
  expect(refusal(await pay(malipo, session, { ...BY_PHONE, quantity: 2 }))).toEqual([400, 'VALIDATION_ERROR', expect.stringContaining('quantity must be 1')]);
  expect(refusal(await pay(malipo, session, { ...BY_PHONE, amount: 1 }))[1]).toBe('VALIDATION_ERROR');
  await paid(malipo, session, { ...BY_PHONE, quantity: 1, amount: 50_000 });
});

test('whoever wants to pay while one is asked already is told of that payment, however many come at once, at two servers', async () => {
  const provider = new ScriptedProvider();
  const { malipo, shop } = await opened({ live: [provider] });
  const elsewhere = malipo.store.engine === 'postgres' ? await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider as Provider] }) : malipo;
  const session = await made(malipo, shop.liveKey);
  const all = await Promise.all([malipo, elsewhere, malipo, elsewhere, malipo, elsewhere].map((server) => pay(server, session)));
  expect(all.map(({ statusCode }) => statusCode)).toEqual(all.map(() => 201));
  expect(new Set(all.map((answer) => answer.json<{ data: { reference: string } }>().data.reference)).size).toBe(1);
  expect(provider.collected).toHaveLength(1);
});

test('a repeated request is answered as it was, also when it was told of another’s payment and that has ended', async () => {
  const provider = new ScriptedProvider();
  const { malipo, shop } = await opened({ live: [provider] });
  const session = await made(malipo, shop.liveKey);
  const reference = await paid(malipo, session);
  const joined = await pay(malipo, session, BY_PHONE, 'joined');
  provider.answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  expect(await verify(malipo, shop.liveKey, reference)).toMatchObject({ status: 'failed' });
  const again = await pay(malipo, session, BY_PHONE, 'joined');
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect([joined, again].map((answer) => answer.json().data.reference)).toEqual([reference, reference]);
  expect(provider.collected).toHaveLength(1);
});

test('can be paid again after a payment that failed, and by its late success is paid all the same', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const { malipo, shop } = await opened({ live: [provider] });
  const session = await made(malipo, shop.liveKey);
  const first = await paid(malipo, session);
  await verify(malipo, shop.liveKey, first);
  expect((await malipo.get(`/api/store/${session.slug}`)).statusCode).toBe(200);
  const second = await paid(malipo, session);
  expect(second).not.toBe(first);
  await verify(malipo, shop.liveKey, second);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await verify(malipo, shop.liveKey, first);
  expect(await asItStands(malipo, shop.liveKey, session.id)).toMatchObject({ status: 'completed', reference: first });
  expect(refusal(await pay(malipo, session))[2]).toBe('This has been paid');
});

/** A session whose first payment has failed, and a second one that is pending. */
async function paidAgain() {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'failed', code: 'declined', reason: 'Declined' }));
  const { malipo, shop } = await opened({ live: [provider] });
  const session = await made(malipo, shop.liveKey);
  const first = await paid(malipo, session);
  await verify(malipo, shop.liveKey, first);
  const second = await paid(malipo, session);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  const reviews = async () => (await openReviews(malipo.store.read)).map(({ subject, kind, detail }) => ({ subject, kind, detail: JSON.parse(detail) as unknown }));
  const idOf = async (reference: string) => (await malipo.store.read.get(paymentByReference, { reference }))!.id;
  const paidTwice = async (late: string, beside: string) => [
    { subject: `payment:${await idOf(late)}`, kind: 'paid_twice', detail: { agreed: { amount_minor: 5_000_000, currency: 'UGX' }, paid_beside: beside } },
  ];
  return { malipo, shop, first, second, reviews, paidTwice };
}

test.each(['the one that had failed', 'the other'])('paid twice by a late success it is put before a person, once, when %s completes last', async (last) => {
  const { malipo, shop, first, second, reviews, paidTwice } = await paidAgain();
  const [early, late] = last === 'the other' ? [first, second] : [second, first];
  await verify(malipo, shop.liveKey, early);
  expect(await reviews()).toEqual([]);
  await verify(malipo, shop.liveKey, late);
  expect(await reviews()).toEqual(await paidTwice(late, early));
  expect(await walletBalance(malipo.store, { appId: shop.app.id, mode: 'live' })).toBe(92_000);
  const { id } = (await openReviews(malipo.store.read))[0]!;
  const desk = reviewDesk(malipo);
  await expect(desk.resolve(id, 'credit', 'no')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: 'A review of paid_twice is resolved by --dismiss, not by --credit' });
  await desk.resolve(id, 'dismiss', 'The second was given back');
  expect(await reviews()).toEqual([]);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a payment that completes beside one that was taken back, and may be given back, is put before a person as well', async () => {
  const { malipo, shop, first, second, reviews, paidTwice } = await paidAgain();
  await verify(malipo, shop.liveKey, first);
  await malipo.store.write((tx) => tx.run(statement('UPDATE payments SET reversed_at = completed_at WHERE reference = :first'), { first }));
  await verify(malipo, shop.liveKey, second);
  expect(await reviews()).toEqual(await paidTwice(second, first));
});

test('a phone that is being asked is waited for, a card that was left is not', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey);
  const card = await paid(malipo, session, BY_CARD);
  const again = await pay(malipo, session, BY_CARD);
  expect(again.json().data).toMatchObject({ reference: card, client_secret: expect.stringMatching(/./) });
  const phone = await paid(malipo, session, { phone_number: '0772100004' });
  expect(phone).not.toBe(card);
  const other = await made(malipo, shop.testKey);
  await paid(malipo, other, { phone_number: '0772100004' });
  expect(refusal(await pay(malipo, other, BY_CARD))).toEqual([400, 'VALIDATION_ERROR', expect.stringContaining('A phone is being asked to pay for this')]);
});

test('nothing is begun after its time; what was begun before still counts', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey, { expires_in: 300 });
  const started = await pay(malipo, session, { phone_number: '0772100004' }, 'mine');
  await malipo.pass(299 * SECOND_MS);
  expect((await malipo.get(`/api/store/${session.slug}`)).statusCode).toBe(200);
  await malipo.pass(SECOND_MS);
  for (const answer of [await malipo.get(`/api/store/${session.slug}`), await pay(malipo, session)]) {
    expect(refusal(answer)).toEqual([404, 'NOT_FOUND', 'The time to pay for this is over']);
  }
  const replay = await pay(malipo, session, { phone_number: '0772100004' }, 'mine');
  expect(replay.json().data.reference).toBe(started.json().data.reference);
  expect(await asItStands(malipo, shop.testKey, session.id)).toMatchObject({ status: 'expired', reference: started.json().data.reference });
  const lasting = await made(malipo, shop.testKey);
  await malipo.pass(DAY_MS - HOUR_MS);
  expect((await asItStands(malipo, shop.testKey, lasting.id)).status).toBe('open');
  await malipo.pass(HOUR_MS);
  expect((await asItStands(malipo, shop.testKey, lasting.id)).status).toBe('expired');
});

test('a payment that was begun in time and is approved after it completes the session', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey, { expires_in: 300 });
  await malipo.pass(299 * SECOND_MS);
  const reference = await paid(malipo, session);
  await malipo.pass(5 * SECOND_MS);
  await verify(malipo, shop.testKey, reference);
  expect(await asItStands(malipo, shop.testKey, session.id)).toMatchObject({ status: 'completed', reference });
});

test('the same key makes one session, another body is refused', async () => {
  const { malipo, shop } = await opened();
  const answers = await Promise.all([1, 2, 3].map(() => create(malipo, shop.testKey, {}, { idempotencyKey: 'order-1234' })));
  answers.push(await create(malipo, shop.testKey, {}, { idempotencyKey: 'order-1234' }));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(3);
  expect(refusal(await create(malipo, shop.testKey, { amount: 1_000 }, { idempotencyKey: 'order-1234' }))[1]).toBe('IDEMPOTENCY_CONFLICT');
  expect((await made(malipo, shop.testKey)).slug).not.toBe((await made(malipo, shop.testKey)).slug);
});

test.each([
  [{ amount: 0 }, 'VALIDATION_ERROR', 'amount must be above 0'],
  [{ amount: undefined }, 'VALIDATION_ERROR', 'amount is required'],
  [{ amount: 10.5 }, 'VALIDATION_ERROR', /^amount in UGX must be a whole number/],
  [{ currency: 'XYZ' }, 'INVALID_CURRENCY', 'Currency "XYZ" is not supported'],
  [{ description: 'x'.repeat(256) }, 'VALIDATION_ERROR', 'description must have at most 255 characters'],
  [{ methods: ['cash'] }, 'VALIDATION_ERROR', /must be mobile_money or card$/],
  [{ methods: 'card' }, 'VALIDATION_ERROR', 'methods must be an array'],
  [{ customer: 'Jane' }, 'VALIDATION_ERROR', 'customer must be an object'],
  [{ customer: { phone_number: '12345' } }, 'INVALID_PHONE', /^customer\.phone_number must be digits only: 256XXXXXXXXX/],
  [{ metadata: [1] }, 'VALIDATION_ERROR', 'metadata must be an object'],
  [{ success_url: 'javascript:alert(1)' }, 'VALIDATION_ERROR', 'success_url must be an http(s) address'],
  [{ cancel_url: '/cart' }, 'VALIDATION_ERROR', 'cancel_url must be an http(s) address'],
  [{ expires_in: 299 }, 'VALIDATION_ERROR', 'expires_in must be at least 300 seconds'],
  [{ expires_in: 2_592_001 }, 'VALIDATION_ERROR', 'expires_in must be at most 2592000 seconds'],
  [{ expires_in: 300.5 }, 'VALIDATION_ERROR', 'expires_in must be a whole number'],
])('%j is refused', async (wrong, code, message) => {
  const { malipo, shop } = await opened();
  const answer = await create(malipo, shop.testKey, wrong);
  const [status, said, words] = refusal(answer);
  expect([status, said]).toEqual([400, code]);
  expect(words).toMatch(message);
});

test('null and nothing are the same, and the shop’s name stands where there is no description', async () => {
  const { malipo, shop } = await opened();
  const nothing = { description: ' ', methods: null, customer: null, metadata: null, success_url: null, cancel_url: '', expires_in: null };
  const session = await made(malipo, shop.testKey, nothing);
  expect((await malipo.get(`/api/store/${session.slug}`)).json().data).toMatchObject({ name: 'Shop duka' });
  expect(await asItStands(malipo, shop.testKey, session.id)).toMatchObject({ metadata: {}, description: 'Shop duka' });
});

test('is nobody else’s, and no other mode’s', async () => {
  const { malipo, shop } = await opened({ live: [new ScriptedProvider()] });
  const other = await malipo.makeShop({ slug: 'nyingine' });
  const { id } = await made(malipo, shop.testKey);
  const answers = [
    await malipo.get(`/v1/checkout/sessions/${id}`, { key: shop.liveKey }),
    await malipo.get(`/v1/checkout/sessions/${id}`, { key: other.testKey }),
    await malipo.get('/v1/checkout/sessions/999999', { key: shop.testKey }),
    await malipo.get(`/v1/checkout/sessions/${'9'.repeat(40)}`, { key: shop.testKey }),
    await malipo.get('/v1/checkout/sessions/x', { key: shop.testKey }),
  ];
  for (const answer of answers) expect(refusal(answer)).toEqual([404, 'NOT_FOUND', 'Checkout session not found']);
  expect(refusal(await malipo.post('/v1/checkout/sessions', ORDER))[1]).toBe('AUTHENTICATION_ERROR');
});

test('has a page of its own, which leads on and back, and to its payment when it is over', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey, { description: 'Maps & <more>', customer: { phone_number: '0772123456' }, success_url: 'https://myapp.com/thanks?a=1&b=2', cancel_url: 'https://myapp.com/cart' });
  const page = await malipo.get(`/pay/${session.slug}`, { headers: { 'accept-language': 'fr' } });
  for (const words of ['Maps &amp; &lt;more&gt;', 'UGX 50', `<pay-button item="${session.slug}" phone="0772123456" success-url="https://myapp.com/thanks?a=1&amp;b=2">`, '<a href="https://myapp.com/cart">Retour à la boutique</a>']) {
    expect(page.body).toContain(words);
  }
  const reference = await paid(malipo, session);
  expect((await malipo.get(`/pay/${session.slug}`)).statusCode).toBe(200);
  await malipo.pass(5 * SECOND_MS);
  await verify(malipo, shop.testKey, reference);
  const over = await malipo.get(`/pay/${session.slug}`);
  expect([over.statusCode, over.headers.location]).toEqual([303, `../payment/${reference}`]);
  const { body } = await malipo.get(`/payment/${reference}`);
  expect(body).toContain('Maps &amp; &lt;more&gt;');

  const forgotten = await made(malipo, shop.testKey, { expires_in: 300 });
  const [plain] = [await malipo.get(`/pay/${forgotten.slug}`)];
  expect(plain.body).not.toContain('Back to the shop');
  await malipo.pass(300 * SECOND_MS);
  expect((await malipo.get(`/pay/${forgotten.slug}`)).statusCode).toBe(404);
});

test('the books of what was sold by sessions are in order', async () => {
  const { malipo, shop } = await opened({ live: [new ScriptedProvider().saysCompleted(Date.UTC(2026, 2, 14, 12), { amountMinor: 5_000_000 })] });
  const session = await made(malipo, shop.liveKey);
  const reference = await paid(malipo, session);
  await verify(malipo, shop.liveKey, reference);
  expect(await transaction(malipo, shop.liveKey, reference)).toMatchObject({ status: 'completed', net_amount: 46_000 });
  expect((await malipo.get('/v1/wallets', { key: shop.liveKey })).json().data).toEqual([{ provider: 'iotec', balance: 46_000, currency: 'UGX' }]);
});

test('a card that was left for the phone can no more be paid: two people would pay for one thing', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey);
  const card = (await pay(malipo, session, BY_CARD)).json<{ data: { reference: string; client_secret: string } }>().data;
  const phone = await paid(malipo, session);
  const tried = await malipo.post(`/sandbox/card/${card.reference}`, { client_secret: card.client_secret, number: '4242 4242 4242 4242' });
  expect(tried.json()).toMatchObject({ data: { result: 'card_declined' } });
  await malipo.pass(5 * SECOND_MS);
  expect(await asItStands(malipo, shop.testKey, session.id)).toMatchObject({ status: 'completed', reference: phone });
  expect(await transaction(malipo, shop.testKey, card.reference)).toMatchObject({ status: 'failed' });
});

test.each<[what: string, word: ProviderStatus, refused: [status: number, code: string, message: unknown]]>([
  ['being charged', { kind: 'pending', providerRef: 'pi_1' }, [400, 'VALIDATION_ERROR', expect.stringContaining('A card is being charged for this')]],
  ['in doubt', { kind: 'unknown', reason: 'no answer' }, [400, 'VALIDATION_ERROR', expect.stringContaining('A card is being charged for this')]],
  ['paid', { kind: 'completed', providerRef: 'pi_1', amountMinor: 5_000_000, currency: 'UGX', at: Date.UTC(2026, 2, 14, 12) }, [404, 'NOT_FOUND', 'This has been paid']],
])('no phone is asked beside a card that is %s', async (_what, word, refused) => {
  const phones = new ScriptedProvider();
  const { malipo, shop } = await opened({ live: [phones, Object.assign(new ScriptedProvider('stripe'), { close: async () => word })] });
  const session = await made(malipo, shop.liveKey);
  await paid(malipo, session, BY_CARD);
  expect(refusal(await pay(malipo, session))).toEqual(refused);
  expect(phones.collected).toEqual([]);
});

test('who asks again for a session with the same key has it, whatever is configured by then', async () => {
  const { malipo, shop } = await opened({ live: [new ScriptedProvider()] });
  const first = await create(malipo, shop.liveKey, {}, { idempotencyKey: 'order-1234' });
  const next = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  const again = await create(next, shop.liveKey, {}, { idempotencyKey: 'order-1234' });
  expect([again.statusCode, again.json().data?.slug]).toEqual([201, first.json().data.slug]);
  expect(refusal(await create(next, shop.liveKey))[1]).toBe('PROVIDER_ERROR');
});

test('whoever is told of a payment that another phone is asked for hears that', async () => {
  const { malipo, shop } = await opened();
  const session = await made(malipo, shop.testKey);
  const started = async (body: object) => (await pay(malipo, session, body)).json<{ data: { reference: string; asks_another?: boolean } }>().data;
  const first = await started({ phone_number: '0772100004' });
  expect(first.asks_another).toBeUndefined();
  expect((await started({ phone_number: '256772100004' })).asks_another).toBeUndefined();
  expect(await started({ phone_number: PHONE })).toMatchObject({ reference: first.reference, asks_another: true });
});
