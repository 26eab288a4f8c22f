import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { TEST_START } from '../support/manual-clock.ts';

interface Made {
  reference: string;
  createdAt: number;
  status: 'pending' | 'completed' | 'failed' | 'expired';
  direction: 'collect' | 'disburse';
  provider: string;
  currency: string;
  phone: string;
}

interface Listed {
  data: { reference: string }[];
  meta: Record<string, number | boolean>;
}

const insert = statement(`
  INSERT INTO payments (reference, app_id, mode, direction, method, provider, status, submission, amount_minor, fee_minor, currency, phone,
    failure_reason, created_at, updated_at, expires_at)
  VALUES (:reference, :appId, 'live', :direction, 'mobile_money', :provider, 'pending', 'sent', 100000, 8000, :currency, :phone, '',
    :createdAt, :createdAt, :createdAt)`);

const move = statement(`
  UPDATE payments SET status = :status, failure_reason = CASE WHEN :status IN ('failed', 'expired') THEN 'as a test' ELSE '' END,
    completed_at = CASE WHEN :status = 'completed' THEN created_at END WHERE reference = :reference`);

const CHOICES = {
  status: ['pending', 'completed', 'failed', 'expired'],
  direction: ['collect', 'disburse'],
  provider: ['iotec', 'relworx'],
  currency: ['UGX', 'KES'],
  phone: ['256772000111', '254772000111', '256701222333'],
} as const;

/** The same numbers on every run, so that a failure can be seen again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Payments over four days, several in one millisecond, written in no order of time. */
async function fill(gateway: Gateway, count: number): Promise<Made[]> {
  const next = random(20_260_314);
  const any = <Value>(values: readonly Value[]): Value => values[Math.floor(next() * values.length)]!;
  const made = Array.from({ length: count }, (_, index): Made => ({
    reference: `dgw_${index}`,
    createdAt: TEST_START - Math.floor(next() * 4 * 24 * 12) * (HOUR_MS / 12),
    status: any(CHOICES.status),
    direction: any(CHOICES.direction),
    provider: any(CHOICES.provider),
    currency: any(CHOICES.currency),
    phone: any(CHOICES.phone),
  }));
  await gateway.store.write(async (tx) => {
    for (const payment of made) {
      await tx.run(insert, { appId: gateway.appId, ...payment });
      await tx.run(move, { status: payment.status, reference: payment.reference });
    }
  });
  // Newest first; of those made in one millisecond, the last written first.
  return made.map((payment, index) => ({ payment, index })).sort((a, b) => b.payment.createdAt - a.payment.createdAt || b.index - a.index).map(({ payment }) => payment);
}

async function list(gateway: Gateway, query: Record<string, string | number> = {}): Promise<Listed> {
  const answer = await gateway.get(`/v1/payments/transactions?${new URLSearchParams(query as Record<string, string>)}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json() as Listed;
}

function matches(payment: Made, query: Record<string, string>): boolean {
  const { status, direction, provider, currency, phone, from, to } = query;
  const shown = payment.status === 'expired' ? 'failed' : payment.status;
  return (
    (status === undefined || status === shown) &&
    (direction === undefined || direction === payment.direction) &&
    (provider === undefined || provider === payment.provider) &&
    (currency === undefined || currency === payment.currency) &&
    (phone === undefined || payment.phone.endsWith(phone.replace(/^0/, ''))) &&
    (from === undefined || payment.createdAt >= Date.parse(from)) &&
    (to === undefined || (to.length === 10 ? payment.createdAt < Date.parse(to) + DAY_MS : payment.createdAt <= Date.parse(to)))
  );
}

const FROM = [undefined, '2026-03-12', '2026-03-12T07:25:00Z', '2026-03-13T15:05:00+03:00'];
const TO = [undefined, '2026-03-13', '2026-03-13T12:40:00Z'];

test('every combination of filters lists exactly what matches, with its exact total', async () => {
  const gateway = await openGateway();
  const made = await fill(gateway, 600);
  const next = random(7);
  const some = <Value>(values: readonly Value[]): Value | undefined => (next() < 0.4 ? undefined : values[Math.floor(next() * values.length)]);
  for (let round = 0; round < 250; round++) {
    const wanted = {
      status: some(['pending', 'completed', 'failed']),
      direction: some(CHOICES.direction),
      provider: some(CHOICES.provider),
      currency: some(CHOICES.currency),
      phone: next() < 0.7 ? undefined : some(['256772000111', '0772000111', '254772000111']),
      from: some(FROM),
      to: some(TO),
    };
    if (wanted.currency === 'UGX' && wanted.phone === '254772000111') continue;
    if (wanted.currency === 'KES' && wanted.phone === '256772000111') continue;
    const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Record<string, string>;
    const local: Record<string, string> = wanted.phone?.startsWith('0') && wanted.currency !== undefined ? { phone: `${wanted.currency === 'UGX' ? '256' : '254'}772000111` } : {};
    const expected = made.filter((payment) => matches(payment, { ...query, ...local }));
    const { data, meta } = await list(gateway, { ...query, per_page: 100 });
    expect(data.map(({ reference }) => reference), JSON.stringify(query)).toEqual(expected.slice(0, 100).map(({ reference }) => reference));
    expect(meta, JSON.stringify(query)).toMatchObject({ total: expected.length, has_more: expected.length > 100 });
  }
});

const WALKED: Record<string, string>[] = [{}, { status: 'failed' }, { currency: 'KES', direction: 'collect' }, { phone: '0772000111' }, { from: '2026-03-12T07:25:00Z', to: '2026-03-13' }];

test.each(WALKED)(
  'pages and cursors walk the whole list once, without gaps: %o',
  async (query) => {
    const gateway = await openGateway();
    const made = await fill(gateway, 150);
    const expected = made.filter((payment) => matches(payment, query)).map(({ reference }) => reference);
    const paged: string[] = [];
    for (let page = 1; ; page++) {
      const { data, meta } = await list(gateway, { ...query, page, per_page: 7 });
      paged.push(...data.map(({ reference }) => reference));
      expect(meta).toMatchObject({ page, total: expected.length, total_pages: Math.ceil(expected.length / 7), pages: Math.ceil(expected.length / 7) });
      if (meta.has_more === false) break;
    }
    const walked: string[] = [];
    for (;;) {
      const after = walked.at(-1);
      const { data, meta } = await list(gateway, { ...query, per_page: 7, ...(after === undefined ? {} : { starting_after: after }) });
      walked.push(...data.map(({ reference }) => reference));
      expect(meta.total).toBe(expected.length);
      if (meta.has_more === false) break;
    }
    expect(paged).toEqual(expected);
    expect(walked).toEqual(expected);
  },
);

test('a row of the list is what the reference shows, and more', async () => {
  const gateway = await openGateway();
  await gateway.earn(46_000);
  const { data, meta } = (await gateway.get('/v1/payments/transactions')).json();
  expect(data).toEqual([
    {
      reference: expect.stringMatching(/^dgw_/), status: 'completed', provider: 'iotec', provider_slug: 'iotec', provider_ref: expect.any(String), direction: 'collect',
      amount: 50_000, platform_fee: 4_000, net_amount: 46_000, currency: 'UGX', phone_number: '256772123456', description: '', failure_reason: '', metadata: {},
      is_test: false, created_at: '2026-03-14T12:00:00Z', completed_at: '2026-03-14T12:00:00Z',
    },
  ]);
  expect(meta).toEqual({ page: 1, per_page: 20, page_size: 20, total: 1, total_pages: 1, pages: 1, has_more: false });
});

test('totals follow every payment through its life, and the books check them', async () => {
  const gateway = await openGateway();
  const total = async (query: string) => (await gateway.get(`/v1/payments/transactions?${query}`, 'test')).json().meta.total as number;
  for (const phone of ['0772000001', '0772000002', '0772000004']) {
    await gateway.post('/v1/payments/collect', { amount: 1_000, currency: 'UGX', phone_number: phone }, 'test');
  }
  expect(await total('status=pending')).toBe(3);
  await gateway.pass(10_000);
  expect([await total('status=pending'), await total('status=completed'), await total('status=failed')]).toEqual([1, 1, 1]);
  await gateway.pass(4 * HOUR_MS);
  expect([await total('status=pending'), await total('status=completed'), await total('status=failed'), await total('')]).toEqual([0, 1, 2, 3]);
  expect(await gateway.problems()).toEqual([]);
  await gateway.store.write((tx) => tx.run(statement(`UPDATE payment_counts SET payments = payments + 1 WHERE span = 'day' AND status = 'completed'`)));
  expect(await gateway.problems()).toEqual([
    `App ${gateway.appId} (test) counts 1 too many completed payments (collect, iotec, UGX) in the day of 2026-03-14T00:00:00.000Z`,
  ]);
});

test('apps and modes list only their own', async () => {
  const gateway = await openGateway();
  await fill(gateway, 30);
  const other = await gateway.makeApp('other');
  const of = async (key: string, query = '') => (await gateway.app.inject({ url: `/v1/payments/transactions${query}`, headers: { 'x-api-key': key } })).json();
  for (const key of [other.live, other.test, gateway.key.test]) {
    for (const query of ['', '?status=completed', '?phone=256772000111', '?from=2026-03-01']) {
      expect(await of(key, query)).toMatchObject({ data: [], meta: { total: 0, has_more: false } });
    }
    expect((await of(key, '?starting_after=dgw_3')).error.code).toBe('VALIDATION_ERROR');
  }
});

test.each([
  ['page=0', 'page must be a whole number above 0'],
  ['page=-1', 'page must be a whole number above 0'],
  ['page=1.5', 'page must be a whole number above 0'],
  ['page=1e3', 'page must be a whole number above 0'],
  ['page=99999999999999999999', 'page must be a whole number above 0'],
  ['per_page=0', 'per_page must be a whole number above 0'],
  ['page_size=many', 'page_size must be a whole number above 0'],
  ['status=expired', 'status must be one of pending, completed, failed'],
  ['direction=out', 'direction must be one of collect, disburse'],
  ['provider=nobody', 'provider must be one of iotec, relworx, stripe, dgateway, dukuzi, sandbox'],
  ['currency=ugx', 'currency must be one of UGX, KES, TZS, RWF, USD, EUR, GBP'],
  ['currency=UGX&currency=KES', 'currency must be one of UGX, KES, TZS, RWF, USD, EUR, GBP'],
  ['phone=jane', 'phone must be a phone number such as 256771234567'],
  ['phone=254712345678&currency=UGX', 'phone must be a phone number such as 256771234567'],
  ['from=yesterday', 'from must be an ISO date such as 2026-03-14, or date and time such as 2026-03-14T10:00:00Z'],
  ['from=2026-02-30', 'from must be an ISO date such as 2026-03-14, or date and time such as 2026-03-14T10:00:00Z'],
  ['to=2026-03-14T25:00:00Z', 'to must be an ISO date such as 2026-03-14, or date and time such as 2026-03-14T10:00:00Z'],
  ['from=2026-03-15&to=2026-03-14', 'from must not be after to'],
  ['starting_after=dgw_nothing', 'starting_after must be the reference of one of your transactions'],
])('%s is a VALIDATION_ERROR that says why', async (query, message) => {
  const gateway = await openGateway();
  const answer = await gateway.get(`/v1/payments/transactions?${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toEqual({ code: 'VALIDATION_ERROR', message });
});

test('what is harmless is taken: empty filters, either name of the page size, one too large, a + that was not escaped', async () => {
  const gateway = await openGateway();
  await fill(gateway, 120);
  expect((await list(gateway, { status: '', phone: '', from: '', page: '' })).meta.total).toBe(120);
  expect((await list(gateway, { page_size: 5 })).data).toHaveLength(5);
  expect((await list(gateway, { per_page: 1_000 })).meta).toMatchObject({ per_page: 100, page_size: 100, total_pages: 2 });
  const plain = (await gateway.get('/v1/payments/transactions?from=2026-03-13T15:00:00+03:00')).json();
  expect(plain.meta.total).toBe((await list(gateway, { from: '2026-03-13T12:00:00Z' })).meta.total);
  const phone = (await gateway.get('/v1/payments/transactions?phone=+256772000111')).json();
  expect(phone.meta.total).toBe((await list(gateway, { phone: '256772000111' })).meta.total);
  expect((await list(gateway, { page: 999_999_999 })).data).toEqual([]);
});
