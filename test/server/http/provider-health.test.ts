/** `GET /api/provider-health` and what the widget is told: which lines work, without a key. */
import { expect, test } from 'vitest';
import { HOUR_MS, isoTime } from '../../../server/core/clock.ts';
import { buildMalipo, stock, type TestMalipo } from '../support/build-malipo.ts';
import { collect } from '../support/payments.ts';
import { LineProvider } from '../providers/line-provider.ts';

interface HealthLine {
  provider_slug: string;
  vendor: string;
  currency: string;
  is_healthy: boolean;
  last_check_at: string | null;
  last_error: string;
  failing_since?: string;
}

async function health(malipo: TestMalipo): Promise<HealthLine[]> {
  const answer = await malipo.get('/api/provider-health');
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data as HealthLine[];
}

function named(lines: HealthLine[]): string[] {
  return lines.map(({ provider_slug, vendor, currency }) => `${provider_slug} ${vendor} ${currency}`);
}

async function withMtnDown(slug = 'iotec') {
  const provider = new LineProvider(slug);
  const malipo = await buildMalipo({ live: [provider] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  provider.goesDead('mtn');
  const failingSince = isoTime(malipo.clock.now());
  for (let count = 0; count < 5; count++) {
    await collect(malipo, shop.liveKey);
    malipo.clock.advance(1_000);
  }
  return { malipo, shop, failingSince };
}

const SANDBOX = [
  'sandbox mtn UGX',
  'sandbox airtel UGX',
  'sandbox safaricom KES',
  'sandbox airtel KES',
  'sandbox telkom KES',
  'sandbox vodacom TZS',
  'sandbox yas TZS',
  'sandbox airtel TZS',
  'sandbox halotel TZS',
  'sandbox ttcl TZS',
  'sandbox mtn RWF',
  'sandbox airtel RWF',
];

test('lists every network of the sandbox, and under the name of ioTec, healthy and never checked, to anybody', async () => {
  const malipo = await buildMalipo();
  const lines = await health(malipo);
  expect(named(lines)).toEqual(['iotec mtn UGX', 'iotec airtel UGX', ...SANDBOX]);
  expect(lines[0]).toEqual({ provider_slug: 'iotec', vendor: 'mtn', currency: 'UGX', is_healthy: true, last_check_at: null, last_error: '' });
});

test('lists every network that each configured provider reaches', async () => {
  const malipo = await buildMalipo({ live: [new LineProvider('iotec'), new LineProvider('relworx'), new LineProvider('dukuzi'), new LineProvider('stripe')] });
  const relworx = ['mtn UGX', 'airtel UGX', 'safaricom KES', 'airtel KES', 'vodacom TZS', 'yas TZS', 'airtel TZS', 'halotel TZS', 'mtn RWF', 'airtel RWF'];
  expect(named(await health(malipo))).toEqual([
    'iotec mtn UGX',
    'iotec airtel UGX',
    ...relworx.map((line) => `relworx ${line}`),
    ...['vodacom TZS', 'yas TZS', 'airtel TZS', 'halotel TZS'].map((line) => `dukuzi ${line}`),
    ...SANDBOX,
  ]);
});

test('a failing line says since when, and not where we failed to reach it; the others are as they were', async () => {
  const { malipo, failingSince } = await withMtnDown();
  const lines = await health(malipo);
  expect(lines.filter(({ is_healthy }) => !is_healthy)).toEqual([
    {
      provider_slug: 'iotec',
      vendor: 'mtn',
      currency: 'UGX',
      is_healthy: false,
      last_check_at: null,
      last_error: 'Service temporarily unavailable',
      failing_since: failingSince,
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('10.1.2.3');
});

test('the check the DGateway reference shows works as printed there', async () => {
  const { malipo } = await withMtnDown();
  const API = await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  const response = await fetch(`${API}/api/provider-health`);
  const { data: lines } = (await response.json()) as { data: HealthLine[] };
  expect(lines.find((line) => line.vendor === 'mtn' && !line.is_healthy)).toBeDefined();
  expect(lines.find((line) => line.vendor === 'airtel' && !line.is_healthy)).toBeUndefined();
});

test('a line of the sandbox that is out of service is shown under both of its names', async () => {
  const malipo = await buildMalipo();
  await malipo.store.write((tx) =>
    tx.run({
      text: `INSERT INTO provider_lines (provider, network, currency, status, recent, failing_since, last_error, opened_at, trial)
        VALUES ('sandbox', 'mtn', 'UGX', 'held', '[]', 1000, 'rehearsal', 1000, '')`,
    }),
  );
  const down = (await health(malipo)).filter(({ is_healthy }) => !is_healthy);
  expect(named(down)).toEqual(['iotec mtn UGX', 'sandbox mtn UGX']);
  expect(down[0]!.failing_since).toBe('1970-01-01T00:00:01Z');
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const refused = await malipo.post('/v1/payments/collect', { amount: 500, currency: 'UGX', phone_number: '256772100001' }, { key: testKey });
  expect([refused.statusCode, refused.json().error.code, refused.headers['retry-after']]).toEqual([503, 'PROVIDER_LINE_DOWN', '300']);
});

test('tells when it was last checked', async () => {
  const malipo = await buildMalipo();
  await malipo.pass(18 * HOUR_MS);
  expect(new Set((await health(malipo)).map(({ last_check_at }) => last_check_at))).toEqual(new Set(['2026-03-15T06:00:00Z']));
});

test('any page may read it, preflighted or not, and nobody keeps an old answer', async () => {
  const malipo = await buildMalipo();
  const answer = await malipo.get('/api/provider-health', { headers: { origin: 'https://shop.example.org' } });
  expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' });
  const preflight = await malipo.inject({
    method: 'OPTIONS',
    url: '/api/provider-health',
    headers: { origin: 'https://shop.example.org', 'access-control-request-method': 'GET' },
  });
  expect([preflight.statusCode, preflight.headers['access-control-allow-origin']]).toEqual([204, '*']);
  expect((await malipo.post('/api/provider-health', {})).json().error.code).toBe('METHOD_NOT_ALLOWED');
});

test('is limited like other public reads', async () => {
  const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.01' } });
  const codes = [];
  for (let count = 0; count < 7; count++) codes.push((await malipo.get('/api/provider-health')).statusCode);
  expect(codes).toEqual([200, 200, 200, 200, 200, 200, 429]);
});

test('is in the OpenAPI document, with its shape', async () => {
  const malipo = await buildMalipo();
  const { paths } = (await malipo.get('/openapi.json')).json() as { paths: Record<string, { get?: { responses: Record<string, { content: object }> } }> };
  expect(JSON.stringify(paths['/api/provider-health']?.get?.responses['200'])).toContain('failing_since');
});

test('an item shows which networks are healthy at the provider that a buyer’s payment would take', async () => {
  const { malipo, shop } = await withMtnDown();
  const { book, kitabu } = await stock(malipo, shop);
  const networksOf = async (url: string) => {
    const { data } = (await malipo.get(url)).json();
    return (data.methods ?? data.items[0].methods).find(({ type }: { type: string }) => type === 'mobile_money').networks as object[];
  };
  const expected = [
    { id: 'mtn', name: 'MTN MoMo', healthy: false },
    { id: 'airtel', name: 'Airtel Money', healthy: true },
  ];
  expect(await networksOf(`/api/store/${book.slug}`)).toEqual(expected);
  expect(await networksOf('/api/store/shop/duka')).toEqual(expected);
  expect(await networksOf(`/api/store/${kitabu.slug}`)).toMatchObject(Array(5).fill({ healthy: true }));

  const pay = await malipo.post(`/api/store/${book.slug}/pay`, { phone_number: '0772123456' });
  expect([pay.statusCode, pay.json().error.code, pay.headers['retry-after']]).toEqual([503, 'PROVIDER_LINE_DOWN', '29']);
  expect((await malipo.post(`/api/store/${book.slug}/pay`, { phone_number: '0772123456', network: 'airtel' })).statusCode).toBe(201);
});

test('an item offers no network that its provider does not reach, and a line that is down elsewhere is not its concern', async () => {
  const [relworx, dukuzi] = [new LineProvider('relworx'), new LineProvider('dukuzi')];
  const malipo = await buildMalipo({ live: [relworx, dukuzi] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const { kitabu } = await stock(malipo, shop);
  dukuzi.goesDead('vodacom');
  for (let count = 0; count < 5; count++) await collect(malipo, shop.liveKey, { currency: 'TZS', provider: 'dukuzi', phone_number: '255742123456' });
  const { data } = (await malipo.get(`/api/store/${kitabu.slug}`)).json();
  expect(data.methods[0].networks.map(({ id, healthy }: { id: string; healthy: boolean }) => [id, healthy])).toEqual([
    ['vodacom', true],
    ['yas', true],
    ['airtel', true],
    ['halotel', true],
  ]);
});
