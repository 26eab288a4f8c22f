/** Every adapter beside its simulated provider, for the promises in contract.test.ts. */
import { loadConfig } from '../../../../server/config.ts';
import type { Currency } from '../../../../server/core/money.ts';
import type { NetworkId } from '../../../../server/core/number-plans.ts';
import type { Method } from '../../../../server/providers/provider.ts';
import type { ProviderSlug } from '../../../../server/providers/capabilities.ts';
import { DGATEWAY, DgatewaySimulator } from '../../../simulators/dgateway/dgateway.ts';
import { DUKUZI, DukuziSimulator } from '../../../simulators/dukuzi/dukuzi.ts';
import { IOTEC, IotecSimulator } from '../../../simulators/iotec/iotec.ts';
import { RELWORX, RelworxSimulator } from '../../../simulators/relworx/relworx.ts';
import { STRIPE, StripeSimulator } from '../../../simulators/stripe/stripe.ts';
import type { SimulatedAnswer, SimulatedCallback, Simulator, SimulatorDeps } from '../../../simulators/simulator.ts';

export interface Contestant {
  slug: ProviderSlug;
  simulator(deps: SimulatorDeps): Simulator;
  /** The environment of a server that uses the simulator at this address. */
  env(url: string): Record<string, string>;
  /** What it is asked for in these tests. */
  currency: Currency;
  method: Method;
  phone: string;
  network: NetworkId | '';
  /** Where its requests go, for faults. */
  paths: { collect: RegExp; disburse?: RegExp; status: RegExp; token?: RegExp; refund?: RegExp; balance?: RegExp; history?: RegExp; name?: RegExp };
  /** Its no, in these words. */
  no(message: string): unknown;
  /** The variables that hold secrets: the log must never show them. */
  secrets: readonly string[];
  /** Whether a lost request can be looked up by our reference alone. */
  findsByReference: boolean;
  /** Whether what is found by our reference shows the provider's own. */
  namesWhatItFinds: boolean;
  /** Whether it says why a payment failed. */
  saysWhy: boolean;
  /** Takes away what its callbacks are checked by; absent where none proves where it came from. */
  unchecked?: Record<string, string>;
  /** The callback as somebody else would send it. */
  forge(callback: SimulatedCallback): SimulatedCallback;
  /**
   * How it may refuse a second copy of what it took; absent where it answers as it did the first time, or keeps nothing of
   * ours by which that could be found.
   */
  refusals?: readonly SimulatedAnswer[];
  /** Which of its refusals stand in its books under a name of its own, that it shows; absent where none does. */
  namesRefused?: readonly ('collect' | 'disburse' | 'refund')[];
  /** Makes its credentials wrong. */
  wrongCredentials: Record<string, string>;
}

export const CONTESTANTS: readonly Contestant[] = [
  {
    slug: 'iotec',
    simulator: (deps) => new IotecSimulator(deps),
    env: (url) => ({
      IOTEC_CLIENT_ID: IOTEC.clientId,
      IOTEC_CLIENT_SECRET: IOTEC.clientSecret,
      IOTEC_WALLET_ID: IOTEC.walletId,
      IOTEC_CALLBACK_HEADER: IOTEC.callbackHeader,
      IOTEC_CALLBACK_SECRET: IOTEC.callbackSecret,
      IOTEC_AUTH_URL: `${url}/connect/token`,
      IOTEC_BASE_URL: url,
    }),
    currency: 'UGX',
    method: 'mobile_money',
    phone: '256772123456',
    network: 'mtn',
    paths: { collect: /^\/api\/collections\/collect$/, disburse: /^\/api\/disbursements\/disburse$/, status: /\/(status|external-id)\//, token: /^\/connect\/token$/, balance: /\/wallet-balance\//, history: /\/paged-history$/ },
    no: (message) => ({ message, code: 'BadRequest' }),
    secrets: [IOTEC.clientSecret, IOTEC.callbackSecret],
    findsByReference: true,
    namesWhatItFinds: true,
    saysWhy: true,
    forge: ({ body, headers }) => ({ body, headers: { ...headers, [IOTEC.callbackHeader]: 'a-guess' } }),
    unchecked: { IOTEC_CALLBACK_HEADER: '', IOTEC_CALLBACK_SECRET: '' },
    namesRefused: ['collect', 'disburse'],
    refusals: ['Insufficient balance', 'This cannot be done now', 'The wallet is busy'].map((message) => ({ status: 400, json: { message, code: 'BadRequest' } })),
    wrongCredentials: { IOTEC_CLIENT_SECRET: 'not-this-one' },
  },
  {
    slug: 'relworx',
    simulator: (deps) => new RelworxSimulator(deps),
    env: (url) => ({ RELWORX_API_KEY: RELWORX.apiKey, RELWORX_ACCOUNT_NO: RELWORX.accountNo, RELWORX_WEBHOOK_KEY: RELWORX.webhookKey, RELWORX_BASE_URL: `${url}/api` }),
    currency: 'KES',
    method: 'mobile_money',
    phone: '254712345678',
    network: 'safaricom',
    paths: { collect: /\/request-payment$/, disburse: /\/send-payment$/, status: /\/(check-request-status|transactions)$/, balance: /\/check-wallet-balance$/, history: /\/transactions$/, name: /\/validate$/ },
    no: (message) => ({ success: false, message, error_code: message }),
    secrets: [RELWORX.apiKey, RELWORX.webhookKey],
    findsByReference: true,
    namesWhatItFinds: false,
    saysWhy: true,
    forge: ({ body, headers }) => ({ body: body.replace('"success"', '"failed"'), headers }),
    unchecked: { RELWORX_WEBHOOK_KEY: '' },
    refusals: ['Insufficient funds', 'Request cannot be processed', 'Too many requests for this number'].map((message) => ({ status: 400, json: { success: false, message } })),
    wrongCredentials: { RELWORX_API_KEY: 'not-this-one' },
  },
  {
    slug: 'stripe',
    simulator: (deps) => new StripeSimulator(deps),
    env: (url) => ({ STRIPE_SECRET_KEY: STRIPE.secretKey, STRIPE_PUBLISHABLE_KEY: STRIPE.publishableKey, STRIPE_WEBHOOK_SECRET: STRIPE.webhookSecret, STRIPE_BASE_URL: url }),
    currency: 'UGX',
    method: 'card',
    phone: '',
    network: '',
    paths: { collect: /^\/v1\/payment_intents$/, status: /^\/v1\/(payment_intents|refunds)(\/|$)/, refund: /^\/v1\/refunds$/, history: /^\/v1\/(payment_intents|refunds)$/ },
    no: (message) => ({ error: { type: 'invalid_request_error', code: 'parameter_invalid', message } }),
    secrets: [STRIPE.secretKey, STRIPE.webhookSecret],
    findsByReference: true,
    namesWhatItFinds: true,
    saysWhy: true,
    forge: ({ body, headers }) => ({ body: body.replace('"succeeded"', '"canceled"'), headers }),
    unchecked: { STRIPE_WEBHOOK_SECRET: '' },
    namesRefused: ['refund'],
    wrongCredentials: { STRIPE_SECRET_KEY: 'sk_test_not_this_one' },
  },
  {
    slug: 'dgateway',
    simulator: (deps) => new DgatewaySimulator(deps),
    env: (url) => ({ DGATEWAY_API_KEY: DGATEWAY.apiKey, DGATEWAY_BASE_URL: url }),
    currency: 'UGX',
    method: 'mobile_money',
    phone: '256772123456',
    network: 'mtn',
    paths: { collect: /\/payments\/collect$/, disburse: /\/payments\/disburse$/, status: /\/(verify|transactions)(\/|$)/, balance: /\/wallets$/, history: /\/transactions$/ },
    no: (message) => ({ error: { code: 'PROVIDER_ERROR', message } }),
    secrets: [DGATEWAY.apiKey],
    findsByReference: true,
    namesWhatItFinds: true,
    saysWhy: true,
    forge: (callback) => callback,
    namesRefused: ['collect', 'disburse'],
    refusals: [
      { status: 400, json: { error: { code: 'INSUFFICIENT_BALANCE', message: 'Your balance is too low' } } },
      { status: 400, json: { error: { code: 'VALIDATION_ERROR', message: 'Duplicate transaction' } } },
      { status: 429, json: { error: { code: 'RATE_LIMIT', message: 'Too many requests' } } },
    ],
    wrongCredentials: { DGATEWAY_API_KEY: 'dgw_live_not_this_one' },
  },
  {
    slug: 'dukuzi',
    simulator: (deps) => new DukuziSimulator(deps),
    env: (url) => ({ DUKUZI_API_KEY: DUKUZI.apiKey, DUKUZI_PRODUCT_ID: String(DUKUZI.productId), DUKUZI_BASE_URL: `${url}/api-proxy.php` }),
    currency: 'TZS',
    method: 'mobile_money',
    phone: '255754123456',
    network: 'vodacom',
    paths: { collect: /\/create-payment$/, status: /\/transaction\// },
    no: (error) => ({ error }),
    secrets: [DUKUZI.apiKey],
    findsByReference: false,
    namesWhatItFinds: false,
    saysWhy: false,
    forge: (callback) => callback,
    wrongCredentials: { DUKUZI_API_KEY: 'not-this-one' },
  },
];

/** Where a provider's own settings send its callbacks. */
export const PUBLIC_URL = 'https://pay.example.org';

export function configOf(env: Record<string, string>) {
  return loadConfig({ PUBLIC_URL, ...env });
}
