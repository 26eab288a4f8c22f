import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, type Secret } from '../../server/config.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const IOTEC = { IOTEC_CLIENT_ID: 'client', IOTEC_CLIENT_SECRET: 'iotec-secret', IOTEC_WALLET_ID: 'wallet' };
const STRIPE = { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_PUBLISHABLE_KEY: 'pk_test_abc' };

describe('configuration', () => {
  it('needs nothing: every variable has a default, and no provider is configured', () => {
    expect(loadConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: null,
      secret: null,
      trustProxy: false,
      rateLimitFactor: 1,
      outboundAllowCidrs: [],
      sandboxApprovalMs: 3000,
      smtpUrl: null,
      providers: { iotec: null, relworx: null, stripe: null, dgateway: null, dukuzi: null },
    });
    expect(loadConfig({}).databaseUrl.reveal()).toBe('file:./data/malipo.db');
  });

  it('lists every problem in one error, each with the variable and an example', () => {
    const problems = problemsOf({
      PORT: '70000',
      PUBLIC_URL: 'pay.example.org',
      DATABASE_URL: 'mysql://root:hunter2@localhost/malipo',
      MALIPO_SECRET: 'too short',
      RATE_LIMIT_FACTOR: '-1',
      SANDBOX_APPROVAL_MS: '1.5',
      OUTBOUND_ALLOW_CIDRS: '10.0.0.0/99',
      TRUST_PROXY: 'maybe',
      IOTEC_CLIENT_ID: 'client',
    });
    const variables = problems.map((problem) => problem.split(' ')[0]);
    expect(variables.sort()).toEqual(
      ['DATABASE_URL', 'IOTEC_CLIENT_SECRET', 'MALIPO_SECRET', 'OUTBOUND_ALLOW_CIDRS', 'PORT', 'PUBLIC_URL', 'RATE_LIMIT_FACTOR', 'SANDBOX_APPROVAL_MS', 'TRUST_PROXY'].sort(),
    );
    expect(problems).toContain('PORT must be a whole number from 0 to 65535, not "70000" (example: 3000)');
  });

  it('never repeats a secret in a problem', () => {
    const text = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@localhost/malipo', MALIPO_SECRET: 'hunter2', SMTP_URL: 'ftp://me:hunter2@mail', PUBLIC_URL: 'https://me:hunter2@pay.example.org' }).join('\n');
    expect(text).toContain('SMTP_URL');
    expect(text).not.toContain('hunter2');
  });

  it('traces where a collector is named, unless told not to', () => {
    const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
    expect(loadConfig(collector).tracing).toEqual({ sampler: 'parentbased_always_on', ratio: 1, sendEveryMs: 5_000 });
    expect(loadConfig({ ...collector, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }).tracing).toMatchObject({ sampler: 'traceidratio', ratio: 0.1 });
    for (const off of [{}, { ...collector, OTEL_SDK_DISABLED: 'TRUE' }, { ...collector, OTEL_TRACES_EXPORTER: 'none' }]) expect(loadConfig(off).tracing).toBeNull();
    expect(problemsOf({ ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER: 'some', OTEL_TRACES_SAMPLER_ARG: 'half' })).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL must be http/json, which is what is spoken here, not "grpc"',
      expect.stringContaining('OTEL_TRACES_SAMPLER must be one of always_on'),
      expect.stringContaining('OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1'),
    ]);
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: '', IOTEC_CLIENT_ID: ' ', STRIPE_SECRET_KEY: '' })).toEqual(loadConfig({}));
  });

  it.each([
    [{ IOTEC_CLIENT_ID: 'client' }, 'IOTEC_CLIENT_SECRET and IOTEC_WALLET_ID missing: IOTEC_CLIENT_ID cannot be used without'],
    [{ ...IOTEC, IOTEC_CALLBACK_HEADER: 'X-Token' }, 'IOTEC_CALLBACK_SECRET missing: IOTEC_CALLBACK_HEADER cannot be used without'],
    [{ RELWORX_API_KEY: 'key' }, 'RELWORX_ACCOUNT_NO missing: RELWORX_API_KEY cannot be used without'],
    [{ STRIPE_SECRET_KEY: 'sk_test_abc' }, 'STRIPE_PUBLISHABLE_KEY missing: STRIPE_SECRET_KEY cannot be used without'],
    [{ ...STRIPE, STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' }, 'STRIPE_PUBLISHABLE_KEY is a live key but STRIPE_SECRET_KEY is a test key'],
    [{ STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_PUBLISHABLE_KEY: 'sk_live_abc' }, 'STRIPE_PUBLISHABLE_KEY must be a publishable key (example: pk_live_…)'],
    [{ STRIPE_SECRET_KEY: 'pk_live_abc', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' }, 'STRIPE_SECRET_KEY must be a secret or restricted key (example: sk_live_…)'],
    [{ DUKUZI_PRODUCT_ID: '7' }, 'DUKUZI_API_KEY missing: DUKUZI_PRODUCT_ID cannot be used without'],
    [{ DUKUZI_PRODUCT_IDS: 'basket=12' }, 'DUKUZI_API_KEY and DUKUZI_PRODUCT_ID missing: DUKUZI_PRODUCT_IDS cannot be used without'],
    [{ DUKUZI_API_KEY: 'key', DUKUZI_PRODUCT_IDS: 'basket=12' }, 'DUKUZI_PRODUCT_ID missing: DUKUZI_API_KEY and DUKUZI_PRODUCT_IDS cannot be used without'],
  ])('refuses a provider configured by halves: %o', (env, problem) => {
    expect(problemsOf(env as Record<string, string>)).toEqual([problem]);
  });

  it.each(['\u200bpasted', 'pas\nted', '“pasted”', 'pasted…'])('refuses a key that no request could carry, and does not print it: %j', (key) => {
    const words = 'has characters that no key has: paste it again, as plain text';
    expect(problemsOf({ RELWORX_API_KEY: key, RELWORX_ACCOUNT_NO: 'REL1' })).toEqual([`RELWORX_API_KEY ${words}`]);
    expect(problemsOf({ ...STRIPE, STRIPE_SECRET_KEY: `sk_test_${key}` })).toEqual([`STRIPE_SECRET_KEY ${words} (example: sk_live_…)`]);
    expect(problemsOf({ ...STRIPE, STRIPE_PUBLISHABLE_KEY: `pk_test_${key}` })).toEqual([`STRIPE_PUBLISHABLE_KEY ${words} (example: pk_live_…)`]);
  });

  it('asks for a secret of its own with PostgreSQL, where there is no file to keep one beside', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://localhost/malipo' })[0]).toMatch(/^MALIPO_SECRET is missing/);
    expect(problemsOf({ DATABASE_URL: 'postgres://localhost/malipo', MALIPO_SECRET: 'sixteen characters' })).toEqual([]);
  });

  it('gives each provider its credentials and its own address', () => {
    const { providers } = loadConfig({
      ...IOTEC,
      ...STRIPE,
      IOTEC_CALLBACK_HEADER: 'X-Token',
      IOTEC_CALLBACK_SECRET: 'callback-secret',
      RELWORX_API_KEY: 'relworx-key',
      RELWORX_ACCOUNT_NO: 'REL1',
      RELWORX_BASE_URL: 'http://127.0.0.1:4010/api/',
      DGATEWAY_API_KEY: 'dgw_live_abc',
      DUKUZI_API_KEY: 'dukuzi-key',
      DUKUZI_PRODUCT_ID: '7',
    });
    expect(providers).toMatchObject({
      iotec: { clientId: 'client', walletId: 'wallet', callback: { header: 'X-Token' }, authUrl: 'https://id.iotec.io/connect/token', baseUrl: 'https://pay.iotec.io' },
      relworx: { accountNo: 'REL1', webhookKey: null, baseUrl: 'http://127.0.0.1:4010/api' },
      stripe: { publishableKey: 'pk_test_abc', webhookSecret: null, baseUrl: 'https://api.stripe.com' },
      dgateway: { baseUrl: 'https://dgatewayapi.desispay.com' },
      dukuzi: { productId: 7, baseUrl: 'https://dukuzii.com/api-proxy.php' },
    });
    expect(providers.iotec?.clientSecret.reveal()).toBe('iotec-secret');
  });

  it('prints no secret in a log, in JSON or in a text', () => {
    const config = loadConfig({
      ...IOTEC,
      IOTEC_CALLBACK_HEADER: 'X-Token',
      IOTEC_CALLBACK_SECRET: 'iotec-secret',
      MALIPO_SECRET: 'iotec-secret-of-mine',
      DATABASE_URL: 'postgres://me:iotec-secret@db/malipo',
      SMTP_URL: 'smtp://me:iotec-secret@mail',
    });
    const secret = config.secret as Secret;
    for (const text of [inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config), `${secret}`]) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('iotec-secret');
    }
  });

  it.each([
    ['true', true],
    ['false', false],
    ['0', false],
    ['127.0.0.1, 10.0.0.0/8,loopback', ['127.0.0.1', '10.0.0.0/8', 'loopback']],
    ['2001:db8::/32', ['2001:db8::/32']],
  ])('reads TRUST_PROXY=%s as Fastify takes it', (text, expected) => {
    expect(loadConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it('trusts as many proxies as TRUST_PROXY counts and not one more', () => {
    const { trustProxy } = loadConfig({ TRUST_PROXY: '2' });
    if (typeof trustProxy !== 'function') throw new Error('not a function');
    expect([0, 1, 2].map((hop) => trustProxy('203.0.113.9', hop))).toEqual([true, true, false]);
  });

  it('takes a single address among the allowed ranges for a range of one', () => {
    expect(loadConfig({ OUTBOUND_ALLOW_CIDRS: '10.0.0.0/8, 192.168.1.7, ::1' }).outboundAllowCidrs).toEqual(['10.0.0.0/8', '192.168.1.7/32', '::1/128']);
  });

  it('takes the trailing slash off the public address', () => {
    expect(loadConfig({ PUBLIC_URL: 'https://example.org/pay/' }).publicUrl).toBe('https://example.org/pay');
  });

  it.each([
    ['basket', 'has "basket", which is neither slug=id nor slug=id@price'],
    ['basket=', 'has "basket=", which is neither slug=id nor slug=id@price'],
    ['basket=seven', 'has "basket=seven", which is neither slug=id nor slug=id@price'],
    ['=7', 'has "=7", which is neither slug=id nor slug=id@price'],
    ['Sisal Basket=7', 'has "Sisal Basket=7", which is neither slug=id nor slug=id@price'],
    ['basket=0', 'has "basket=0", which is neither slug=id nor slug=id@price'],
    ['basket=7@', 'has "basket=7@", which is neither slug=id nor slug=id@price'],
    ['basket=7@99', 'has "basket=7@99": Dukuzi sells nothing for less than 100 TZS'],
    ['basket=7,tip-jar=9,basket=8', 'names basket twice'],
    [',', 'names nothing'],
  ])('says what is wrong with DUKUZI_PRODUCT_IDS=%s', (value, wrong) => {
    expect(problemsOf({ DUKUZI_API_KEY: 'key', DUKUZI_PRODUCT_ID: '7', DUKUZI_PRODUCT_IDS: value })).toEqual([`DUKUZI_PRODUCT_IDS ${wrong} (example: swahili-ebook=12,course=16@25000)`]);
  });

  it('reads which item is which product at Dukuzi, and what that costs there', () => {
    const { dukuzi } = loadConfig({ DUKUZI_API_KEY: 'key', DUKUZI_PRODUCT_ID: '7', DUKUZI_PRODUCT_IDS: ' swahili-ebook=12, course=16@25000 ,' }).providers;
    expect(dukuzi).toMatchObject({ productId: 7 });
    expect([...dukuzi!.products]).toEqual([
      ['swahili-ebook', { id: 12, priceMinor: null }],
      ['course', { id: 16, priceMinor: 2_500_000 }],
    ]);
  });
});
