/**
 * The configuration: one schema over the environment. Everything is optional; an empty variable is an absent
 * one. `loadConfig` throws a single ConfigError that lists every problem, so that a person fixes them in one go.
 */
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { inspect } from 'node:util';
import * as z from 'zod';
import { MINOR_PER_MAJOR } from './core/money.ts';

/** A value that must not be printed: logs, JSON and string templates show `[redacted]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** What is wrong with the configuration: the message lists every problem and is all a person needs to see. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(['Malipo cannot start with this configuration:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

const DATABASE_URL_DEFAULT = 'file:./data/malipo.db';
const SECRET_CHARS_MIN = 16;

/** Address ranges that proxy-addr, which Fastify uses, knows by name. */
const NAMED_RANGES: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

export type TrustProxy = boolean | string[] | ((address: string, hop: number) => boolean);

const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;

/**
 * What a header carries. Copied from a page, a key may bring along what nobody sees (a zero-width space): no request could be
 * made with it, and every payment would stay pending.
 */
const plain = z.string().regex(/^[\x20-\x7e]+$/, 'has characters that no key has: paste it again, as plain text');
const secret = plain.transform((value) => new Secret(value)).optional().meta({ hidden: true });
const url = webAddress('must be an absolute http:// or https:// address without a query');

const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000).meta({ example: '3000' }),
  HOST: z.string().default('127.0.0.1').meta({ example: '127.0.0.1' }),
  PUBLIC_URL: url.optional().meta({ example: 'https://pay.example.org' }),
  DATABASE_URL: z
    .string()
    .refine((value) => /^file:.|^postgres(ql)?:\/\/./.test(value), 'must begin with file: or postgres://')
    .default(DATABASE_URL_DEFAULT)
    .transform((value) => new Secret(value))
    .meta({ example: DATABASE_URL_DEFAULT, hidden: true }),
  WEB_CONCURRENCY: wholeNumber(1, 64).default(1).meta({ example: '4' }),
  MALIPO_SECRET: z
    .string()
    .min(SECRET_CHARS_MIN, `must have at least ${SECRET_CHARS_MIN} characters`)
    .transform((value) => new Secret(value))
    .optional()
    .meta({ example: 'the output of: openssl rand -base64 32', hidden: true }),
  TRUST_PROXY: z.string().transform(trustProxy).default(false).meta({ example: '127.0.0.1,10.0.0.0/8' }),
  RATE_LIMIT_FACTOR: z
    .string()
    .transform(Number)
    .refine((factor) => Number.isFinite(factor) && factor >= 0, 'must be a number, 0 (no limits) or more')
    .default(1)
    .meta({ example: '1' }),
  OUTBOUND_ALLOW_CIDRS: z.string().transform(cidrList).default([]).meta({ example: '10.0.0.0/8,192.168.1.7/32' }),
  SANDBOX_APPROVAL_MS: wholeNumber(0, 2_147_483_647).default(3000).meta({ example: '3000' }),
  SMTP_URL: z
    .string()
    .refine((value) => /^smtps?:\/\/./.test(value) && URL.canParse(value), 'must be an smtp:// or smtps:// address')
    .transform((value) => new Secret(value))
    .optional()
    .meta({ example: 'smtps://user:password@mail.example.org', hidden: true }),

  // OpenTelemetry's own names and meanings; what is not here of them its libraries read themselves.
  OTEL_SDK_DISABLED: z.string().transform((value) => value.toLowerCase() === 'true').default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional().meta({ example: 'http://localhost:4318' }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional().meta({ example: 'http://localhost:4318/v1/traces' }),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/json', 'http/protobuf'], 'must be http/json, which is what is spoken here').optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.enum(['http/json', 'http/protobuf'], 'must be http/json, which is what is spoken here').optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS, `must be one of ${SAMPLERS.join(', ')}`).default('parentbased_always_on').meta({ example: 'parentbased_traceidratio' }),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .transform(Number)
    .refine((ratio) => ratio >= 0 && ratio <= 1, 'must be a share from 0 to 1')
    .default(1)
    .meta({ example: '0.1' }),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 2_147_483_647).default(5_000).meta({ example: '5000' }),

  IOTEC_CLIENT_ID: z.string().optional(),
  IOTEC_CLIENT_SECRET: secret,
  IOTEC_WALLET_ID: z.string().optional(),
  IOTEC_CALLBACK_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of an HTTP header')
    .optional()
    .meta({ example: 'X-Callback-Token' }),
  IOTEC_CALLBACK_SECRET: secret,
  IOTEC_AUTH_URL: url.default('https://id.iotec.io/connect/token').meta({ example: 'https://id.iotec.io/connect/token' }),
  IOTEC_BASE_URL: url.default('https://pay.iotec.io').meta({ example: 'https://pay.iotec.io' }),

  RELWORX_API_KEY: secret,
  RELWORX_ACCOUNT_NO: z.string().optional(),
  RELWORX_WEBHOOK_KEY: secret,
  RELWORX_BASE_URL: url.default('https://payments.relworx.com/api').meta({ example: 'https://payments.relworx.com/api' }),

  STRIPE_SECRET_KEY: plain.regex(/^[rs]k_/, 'must be a secret or restricted key').transform((value) => new Secret(value)).optional().meta({ example: 'sk_live_…', hidden: true }),
  // Every browser is given this one: never a secret that stands in its place.
  STRIPE_PUBLISHABLE_KEY: plain.regex(/^pk_/, 'must be a publishable key').optional().meta({ example: 'pk_live_…', hidden: true }),
  STRIPE_WEBHOOK_SECRET: secret,
  STRIPE_BASE_URL: url.default('https://api.stripe.com').meta({ example: 'https://api.stripe.com' }),

  DGATEWAY_API_KEY: secret,
  DGATEWAY_BASE_URL: url.default('https://dgatewayapi.desispay.com').meta({ example: 'https://dgatewayapi.desispay.com' }),

  DUKUZI_API_KEY: secret,
  DUKUZI_PRODUCT_ID: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().meta({ example: '1' }),
  DUKUZI_PRODUCT_IDS: z.string().transform(dukuziProducts).default(new Map()).meta({ example: 'swahili-ebook=12,course=16@25000', hidden: true }),
  DUKUZI_BASE_URL: url.default('https://dukuzii.com/api-proxy.php').meta({ example: 'https://dukuzii.com/api-proxy.php' }),
});

type Environment = z.infer<typeof environment>;
type Variable = keyof Environment;

/** Variables that mean nothing without each other: one of them given, all of them needed. */
const TOGETHER: readonly (readonly Variable[])[] = [
  ['IOTEC_CLIENT_ID', 'IOTEC_CLIENT_SECRET', 'IOTEC_WALLET_ID'],
  ['IOTEC_CALLBACK_HEADER', 'IOTEC_CALLBACK_SECRET'],
  ['RELWORX_API_KEY', 'RELWORX_ACCOUNT_NO'],
  ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY'],
  ['DUKUZI_API_KEY', 'DUKUZI_PRODUCT_ID'],
];

/** Variables that mean nothing without others, which can do without them. */
const ON_TOP_OF: readonly (readonly [Variable, readonly Variable[]])[] = [['DUKUZI_PRODUCT_IDS', ['DUKUZI_API_KEY', 'DUKUZI_PRODUCT_ID']]];

export type Config = ReturnType<typeof loadConfig>;

/** Reads the configuration; throws one ConfigError that lists every problem. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>) {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') given[name] = value.trim();
  }
  const parsed = environment.safeParse(given);
  const problems = [...(parsed.error?.issues ?? []).map((issue) => describe(issue, given)), ...crossChecks(given)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return shape(parsed.data);
}

function shape(env: Environment) {
  const databaseFile = sqliteFileOf(env.DATABASE_URL.reveal());
  return {
    port: env.PORT,
    host: env.HOST,
    /** Null: the address the server listens on. */
    publicUrl: env.PUBLIC_URL ?? null,
    databaseUrl: env.DATABASE_URL,
    /** The SQLite file; null: PostgreSQL. */
    databaseFile,
    /** Where downloadable files are: the database's own folder, or `data` beside a PostgreSQL server. */
    dataFolder: databaseFile === null ? resolve('data') : dirname(databaseFile),
    /** Null: made once and kept beside the database. */
    secret: env.MALIPO_SECRET ?? null,
    /** How many server processes share the port. */
    webConcurrency: env.WEB_CONCURRENCY,
    trustProxy: env.TRUST_PROXY,
    rateLimitFactor: env.RATE_LIMIT_FACTOR,
    outboundAllowCidrs: env.OUTBOUND_ALLOW_CIDRS,
    sandboxApprovalMs: env.SANDBOX_APPROVAL_MS,
    smtpUrl: env.SMTP_URL ?? null,
    /** Null: nothing is traced. */
    tracing: tracing(env),
    /** A provider without its variables is null: not configured. */
    providers: { iotec: iotec(env), relworx: relworx(env), stripe: stripe(env), dgateway: dgateway(env), dukuzi: dukuzi(env) },
  };
}

export type TracingConfig = NonNullable<ReturnType<typeof tracing>>;

function tracing(env: Environment) {
  const hasCollector = env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  if (!hasCollector || env.OTEL_SDK_DISABLED || env.OTEL_TRACES_EXPORTER === 'none') return null;
  return { sampler: env.OTEL_TRACES_SAMPLER, ratio: env.OTEL_TRACES_SAMPLER_ARG, sendEveryMs: env.OTEL_BSP_SCHEDULE_DELAY };
}

function iotec(env: Environment) {
  if (!env.IOTEC_CLIENT_ID || !env.IOTEC_CLIENT_SECRET || !env.IOTEC_WALLET_ID) return null;
  const { IOTEC_CALLBACK_HEADER: header, IOTEC_CALLBACK_SECRET: callbackSecret } = env;
  return {
    clientId: env.IOTEC_CLIENT_ID,
    clientSecret: env.IOTEC_CLIENT_SECRET,
    walletId: env.IOTEC_WALLET_ID,
    /** The static header ioTec sends with every callback; null: callbacks are not authenticated. */
    callback: header && callbackSecret ? { header, secret: callbackSecret } : null,
    authUrl: env.IOTEC_AUTH_URL,
    baseUrl: env.IOTEC_BASE_URL,
  };
}

function relworx(env: Environment) {
  if (!env.RELWORX_API_KEY || !env.RELWORX_ACCOUNT_NO) return null;
  return {
    apiKey: env.RELWORX_API_KEY,
    accountNo: env.RELWORX_ACCOUNT_NO,
    webhookKey: env.RELWORX_WEBHOOK_KEY ?? null,
    baseUrl: env.RELWORX_BASE_URL,
  };
}

function stripe(env: Environment) {
  if (!env.STRIPE_SECRET_KEY || !env.STRIPE_PUBLISHABLE_KEY) return null;
  return {
    secretKey: env.STRIPE_SECRET_KEY,
    publishableKey: env.STRIPE_PUBLISHABLE_KEY,
    webhookSecret: env.STRIPE_WEBHOOK_SECRET ?? null,
    baseUrl: env.STRIPE_BASE_URL,
  };
}

function dgateway(env: Environment) {
  return env.DGATEWAY_API_KEY ? { apiKey: env.DGATEWAY_API_KEY, baseUrl: env.DGATEWAY_BASE_URL } : null;
}

function dukuzi(env: Environment) {
  if (!env.DUKUZI_API_KEY || env.DUKUZI_PRODUCT_ID === undefined) return null;
  return {
    apiKey: env.DUKUZI_API_KEY,
    /** What everything is sold as there that `products` does not name by its slug. */
    productId: env.DUKUZI_PRODUCT_ID,
    products: env.DUKUZI_PRODUCT_IDS,
    baseUrl: env.DUKUZI_BASE_URL,
  };
}

function crossChecks(given: Readonly<Record<string, string>>): string[] {
  const isMissing = (name: Variable) => given[name] === undefined;
  const tops = ON_TOP_OF.flatMap(([top, needed]) => (isMissing(top) ? [] : [[...needed, top]]));
  // What is missing below something on top of it is said once, with that.
  const groups = [...tops, ...TOGETHER.filter((group) => !tops.some((top) => group.every((name) => top.includes(name))))];
  const problems = groups.flatMap((group) => {
    const missing = group.filter(isMissing);
    if (missing.length === 0 || missing.length === group.length) return [];
    return [`${missing.join(' and ')} missing: ${group.filter((name) => !isMissing(name)).join(' and ')} cannot be used without`];
  });
  const mode = (key = '') => /^(?:sk|rk|pk)_(live|test)_/.exec(key)?.[1];
  const [secretMode, publishableMode] = [mode(given.STRIPE_SECRET_KEY), mode(given.STRIPE_PUBLISHABLE_KEY)];
  if (secretMode && publishableMode && secretMode !== publishableMode) {
    problems.push(`STRIPE_PUBLISHABLE_KEY is a ${publishableMode} key but STRIPE_SECRET_KEY is a ${secretMode} key`);
  }
  if (/^postgres/.test(given.DATABASE_URL ?? '') && given.MALIPO_SECRET === undefined) {
    problems.push(
      'MALIPO_SECRET is missing: with PostgreSQL every server process needs the same one (example: the output of: openssl rand -base64 32)',
    );
  }
  if (!/^postgres/.test(given.DATABASE_URL ?? '') && Number(given.WEB_CONCURRENCY ?? 1) > 1) {
    problems.push('WEB_CONCURRENCY needs PostgreSQL (DATABASE_URL=postgres://…): a file has one server process');
  }
  return problems;
}

/** One readable line: the variable, what is wrong with it, what it holds (unless secret), an example. */
function describe(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]) as Variable;
  const { example, hidden } = environment.shape[name].meta() ?? {};
  // An address may carry a password.
  const value = hidden || given[name]?.includes('@') ? '' : `, not ${JSON.stringify(given[name])}`;
  return `${name} ${issue.message}${value}${example ? ` (example: ${String(example)})` : ''}`;
}

function sqliteFileOf(databaseUrl: string): string | null {
  return databaseUrl.startsWith('file:') ? resolve(databaseUrl.slice('file:'.length)) : null;
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^[0-9]{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most, `must be a whole number from ${least} to ${most}`)
    .transform(Number);
}

/** Dukuzi's id for an item, and its price there where Dukuzi fixes it. */
export interface DukuziProduct {
  id: number;
  priceMinor: number | null;
}

const DUKUZI_LEAST = 100;

/** `swahili-ebook=12,course=16@25000`: by an item's slug its id there, and in whole shillings its price where that is fixed. */
function dukuziProducts(text: string, context: z.RefinementCtx): ReadonlyMap<string, DukuziProduct> {
  const products = new Map<string, DukuziProduct>();
  const problem = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  for (const part of commaList(text)) {
    const [, slug, id, price] = /^([a-z0-9-]+)=([1-9]\d{0,14})(?:@(\d{1,12}))?$/.exec(part) ?? [];
    if (slug === undefined) return problem(`has ${JSON.stringify(part)}, which is neither slug=id nor slug=id@price`);
    if (price !== undefined && Number(price) < DUKUZI_LEAST) return problem(`has ${JSON.stringify(part)}: Dukuzi sells nothing for less than ${DUKUZI_LEAST} TZS`);
    if (products.has(slug)) return problem(`names ${slug} twice`);
    products.set(slug, { id: Number(id), priceMinor: price === undefined ? null : Number(price) * MINOR_PER_MAJOR });
  }
  return products.size > 0 ? products : problem('names nothing');
}

/** An absolute web address; a trailing slash is taken off, because paths are appended to it. */
function webAddress(message: string) {
  const isWebAddress = (text: string) => {
    if (!URL.canParse(text)) return false;
    const { protocol, search, hash, username } = new URL(text);
    return /^https?:$/.test(protocol) && !search && !hash && !username;
  };
  return z
    .string()
    .refine(isWebAddress, message)
    .transform((text) => text.replace(/\/+$/, ''));
}

/**
 * `true`, `false`, a list of addresses and ranges as Fastify takes it, or a number of proxies. Since 5.12 Fastify
 * trusts nobody when given a number (it cannot tell who connects), so a number becomes a function here:
 * use it only where nothing but the proxies can reach the port.
 */
function trustProxy(text: string, context: z.RefinementCtx): TrustProxy {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^[0-9]{1,2}$/.test(text)) {
    const hops = Number(text);
    return hops === 0 ? false : (_address, hop) => hop < hops;
  }
  const ranges = commaList(text);
  if (ranges.every((range) => NAMED_RANGES.has(range) || toCidr(range) !== null)) return ranges;
  context.addIssue({ code: 'custom', message: 'must be true, false, a number of proxies, or a list of addresses and ranges' });
  return z.NEVER;
}

function cidrList(text: string, context: z.RefinementCtx): string[] {
  const ranges: string[] = [];
  for (const part of commaList(text)) {
    const cidr = toCidr(part);
    if (cidr === null) {
      context.addIssue({ code: 'custom', message: 'must be a comma list of addresses and ranges' });
      return z.NEVER;
    }
    ranges.push(cidr);
  }
  return ranges;
}

function commaList(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

/** `10.0.0.0/8` as it is, a bare address with its full length (`10.0.0.1/32`), null for anything else. */
function toCidr(text: string): string | null {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || more.length > 0) return null;
  if (bits === undefined) return `${address}/${most}`;
  return /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most ? text : null;
}
