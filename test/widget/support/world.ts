/** The test's hand on the scripted checkout service, and what every test begins and ends with. */
import { assert, waitUntil } from '@open-wc/testing';
import type { CheckoutItem, CheckoutStart, CheckoutStatus } from '../../../server/core/checkout-contract.ts';
import { PANEL_TIMING, TIMING } from '../../../widget/src/timing.ts';
import type { Answer, Call, RecordedCall } from './checkout-service.ts';

const REAL_TIMING = { ...TIMING };
const REAL_PANEL_TIMING = { ...PANEL_TIMING };

/**
 * Intervals in which a test can wait. The time-outs do not get shorter: on a busy machine axe alone takes seconds, and
 * a held answer must not be given up meanwhile, nor a stream that opens late be replaced by polls, nor
 * words that come late by English.
 */
const TEST_TIMING = { pollMs: [30, 40, 50], streamOpenMs: 60_000, wordsMs: 60_000, overdueMs: 60 };

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
});

beforeEach(() => {
  Object.assign(TIMING, REAL_TIMING, TEST_TIMING);
  Object.assign(PANEL_TIMING, REAL_PANEL_TIMING, { tickMs: 30 });
  localStorage.clear();
  violations.length = 0;
  document.documentElement.lang = 'en';
});

afterEach(() => {
  assert.deepEqual(violations, [], 'no violation of the content security policy');
});

let worlds = 0;

export class World {
  /** Where the widget finds this world's server. */
  readonly server: string;

  constructor(ending = '') {
    this.server = `${location.origin}/play/${String(Date.now())}-${String(Math.random()).slice(2)}-${String(worlds++)}${ending}`;
  }

  /** Says what calls answer from now on; the last answer of a list stays. */
  async says(script: Partial<Record<Call, Answer | Answer[]>>): Promise<this> {
    const lists = Object.entries(script).map(([call, answers]) => [call, Array.isArray(answers) ? answers : [answers]]);
    await this.#order('script', Object.fromEntries(lists));
    return this;
  }

  /** Sends a snapshot on every open stream. */
  async sends(status: CheckoutStatus): Promise<void> {
    await this.#order('send', status);
  }

  /** The payment comes to this: streams tell it, and whoever asks or opens a stream from now on learns it. */
  async comesTo(status: CheckoutStatus): Promise<void> {
    await this.says({ status: { data: status }, stream: { data: status } });
    await this.sends(status);
  }

  async beats(): Promise<void> {
    await this.#order('beat');
  }

  /** Ends every open stream, as a restarting server does. */
  async hangsUp(): Promise<void> {
    await this.#order('hang-up');
  }

  /** Lets held answers go. */
  async releases(): Promise<void> {
    await this.#order('release');
  }

  async calls(call: Call): Promise<RecordedCall[]> {
    return (await this.#order('calls')).calls.filter((recorded) => recorded.call === call);
  }

  async openStreams(): Promise<number> {
    return (await this.#order('calls')).openStreams;
  }

  /** Waits until this call has been made at least so often. */
  async heard(call: Call, times = 1): Promise<RecordedCall[]> {
    let calls: RecordedCall[] = [];
    await waitUntil(async () => (calls = await this.calls(call)).length >= times, `${call} was called ${String(times)} times`, PATIENCE);
    return calls;
  }

  async #order(order: string, body?: unknown): Promise<{ calls: RecordedCall[]; openStreams: number }> {
    const response = await fetch(`${this.server}/director/${order}`, { method: 'POST', body: body === undefined ? null : JSON.stringify(body) });
    return (await response.json()) as { calls: RecordedCall[]; openStreams: number };
  }
}

/** Far longer than anything takes, also where other tests have the machine: what does not come at all is what fails. */
export const PATIENCE = { interval: 10, timeout: 60_000 };

export function anItem(changes: Partial<CheckoutItem> = {}): CheckoutItem {
  return {
    slug: 'book',
    kind: 'product',
    name: 'Swahili for Beginners',
    description: '',
    image_url: '',
    amount: 25_000,
    min_amount: null,
    max_amount: null,
    suggested_amounts: [],
    currency: 'UGX',
    methods: [
      {
        type: 'mobile_money',
        country: 'UG',
        networks: [
          { id: 'mtn', name: 'MTN MoMo', healthy: true },
          { id: 'airtel', name: 'Airtel Money', healthy: false },
        ],
      },
    ],
    is_test: false,
    app: { slug: 'kitabu', name: 'Kitabu House' },
    ...changes,
  };
}

export const aDonation = anItem({ amount: null, min_amount: 1_000, max_amount: 2_000_000, suggested_amounts: [5_000, 20_000] });

export function aStart(changes: Partial<CheckoutStart> = {}): CheckoutStart {
  return {
    reference: 'dgw_first',
    status: 'pending',
    amount: 25_000,
    currency: 'UGX',
    provider: 'sandbox',
    network: 'mtn',
    expires_at: new Date(Date.now() + 4 * 3_600_000).toISOString(),
    client_secret: '',
    stripe_publishable_key: '',
    ...changes,
  };
}

export function aStatus(changes: Partial<CheckoutStatus> = {}): CheckoutStatus {
  const { reference, status, amount, currency, provider, network, expires_at } = aStart();
  return {
    reference,
    status,
    amount,
    currency,
    provider,
    network,
    failure_code: '',
    failure_reason: '',
    is_test: false,
    item: { slug: 'book', name: 'Swahili for Beginners' },
    created_at: new Date().toISOString(),
    expires_at,
    completed_at: null,
    ...changes,
  };
}

/** A world in which a payment starts and waits. */
export async function aWaitingWorld(ending = ''): Promise<World> {
  return new World(ending).says({
    item: { data: anItem() },
    pay: { status: 201, data: aStart() },
    status: { data: aStatus() },
    stream: { data: aStatus() },
  });
}

/** An item for either, and a payment by a test card that waits for its card. */
export async function aCardWorld(ending = ''): Promise<World> {
  const [mobileMoney] = anItem().methods;
  const status = aStatus({ network: '', is_test: true });
  return new World(ending).says({
    item: { data: anItem({ is_test: true, methods: [mobileMoney!, { type: 'card', publishable_key: 'pk_test_sandbox' }] }) },
    pay: { status: 201, data: aCardStart() },
    status: { data: status },
    stream: { data: status },
    card: { data: { result: 'succeeded' } },
  });
}

export function aCardStart(changes: Partial<CheckoutStart> = {}): CheckoutStart {
  return aStart({ network: '', client_secret: 'secret_first', stripe_publishable_key: 'pk_test_sandbox', ...changes });
}
