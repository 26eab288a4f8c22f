/**
 * Merchants' servers that ask for money in and out: impatient, insistent, now and then twice at once. They hand cards'
 * client secrets to their pages, and empty their wallets from time to time.
 */
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Chance } from '../crash/chance.ts';

/** Money that somebody wanted moved, once. `name` is nobody else's, nor is `msisdn`: by them books know the attempt. */
export interface Attempt {
  name: string;
  path: '/v1/payments/collect' | '/v1/payments/disburse' | '/v1/withdrawals';
  /** Who pays or is paid; empty for cards and banks. */
  msisdn: string;
  amount: number;
  currency: string;
  provider: string;
  /** Null where the merchant sends none, and so asks only once. */
  key: string | null;
  /** What they were told in the end; null where they never heard. */
  answer: Reply | null;
}

export interface Reply {
  status: number;
  body: string;
}

/** Sends a request to one of the servers, a GET where there is no body; null when it died before it answered. */
export type Send = (request: { path: string; body: object | null; key: string | null }) => Promise<Reply | null>;

interface Counter {
  provider: string;
  currency: string;
  /** Of its customers' numbers; empty for cards. */
  prefix: string;
  /** The least that is withdrawn to a phone, and the most; to a bank where its provider pays nobody. */
  paysOut: readonly [least: number, most: number] | null;
}

const COUNTERS: readonly Counter[] = [
  { provider: 'iotec', currency: 'UGX', prefix: '25677', paysOut: [500, Infinity] },
  { provider: 'relworx', currency: 'UGX', prefix: '25677', paysOut: [500, 5_000_000] },
  { provider: 'relworx', currency: 'KES', prefix: '25471', paysOut: [500, 70_000] },
  { provider: 'relworx', currency: 'RWF', prefix: '25078', paysOut: [500, 5_000_000] },
  { provider: 'dgateway', currency: 'UGX', prefix: '25675', paysOut: [500, Infinity] },
  { provider: 'dgateway', currency: 'TZS', prefix: '25575', paysOut: [500, Infinity] },
  { provider: 'dukuzi', currency: 'TZS', prefix: '25575', paysOut: null },
  { provider: 'stripe', currency: 'UGX', prefix: '', paysOut: null },
  { provider: 'stripe', currency: 'USD', prefix: '', paysOut: null },
  { provider: 'stripe', currency: 'RWF', prefix: '', paysOut: null },
];

const LEAST = 500;

/** How often they ask when they do not hear, and how long they wait for an answer. */
const TRIES_MAX = 12;
const PATIENCE_MS = 15 * SECOND_MS;

/** Of these nothing was made, or its first request still runs: the same request may go again. */
const ASK_AGAIN: ReadonlySet<number> = new Set([409, 429, 500, 503]);

/** As soon as there is something to pay people with. */
const PEOPLE_PAID_AFTER_MS = [4 * MINUTE_MS, 7 * MINUTE_MS, 10 * MINUTE_MS] as const;

/** While the first payments come in, and when the last of them are disputed. */
const WALLETS_EMPTIED_AFTER_MS = [12 * MINUTE_MS, 2 * HOUR_MS, 2.5 * DAY_MS] as const;

export class Merchants {
  readonly attempts: Attempt[] = [];
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #send: Send;
  readonly #toThePage: (clientSecret: string) => void;

  constructor(deps: { chance: Chance; clock: Clock; send: Send; toThePage: (clientSecret: string) => void }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#send = deps.send;
    this.#toThePage = deps.toThePage;
  }

  /** So many attempts, spread over a span of time: more money in than out. */
  begin(count: number, { withinMs }: { withinMs: number }): void {
    for (let index = 0; index < count; index++) {
      const attempt = this.#attempt();
      // Most money comes in early, so that there is time to give it back and to pay out of it.
      const latestMs = attempt.path === '/v1/payments/collect' ? 1 + this.#chance.below(withinMs) : withinMs;
      this.#clock.after(this.#chance.below(latestMs), () => void this.#pursue(attempt));
    }
    for (const afterMs of PEOPLE_PAID_AFTER_MS) this.#clock.after(afterMs, () => void this.#payPeople());
    for (const afterMs of WALLETS_EMPTIED_AFTER_MS) this.#clock.after(afterMs, () => void this.#emptyWallets());
  }

  #attempt(): Attempt {
    const chance = this.#chance;
    const path = chance.oneOf(['/v1/payments/collect', '/v1/payments/collect', '/v1/payments/collect', '/v1/payments/disburse', '/v1/withdrawals'] as const);
    const isIn = path === '/v1/payments/collect';
    const counter = chance.oneOf(COUNTERS.filter(({ paysOut }) => isIn || paysOut !== null));
    const amount = LEAST + (isIn ? 10_000 + chance.below(40) * 1_000 : chance.below(10) * 500);
    return this.#noted(path, counter, amount);
  }

  #noted(path: Attempt['path'], { provider, currency, prefix }: Counter, amount: number): Attempt {
    const index = this.attempts.length;
    const name = `order-${index}`;
    const msisdn = prefix === '' ? '' : prefix + String(2_000_100 + index);
    const attempt: Attempt = { name, path, msisdn, amount, currency, provider, key: this.#chance.below(5) === 0 ? null : name, answer: null };
    this.attempts.push(attempt);
    return attempt;
  }

  /** Up to three out of each wallet that can pay phones. */
  async #payPeople(): Promise<void> {
    const chance = this.#chance;
    for (const { counter, balance } of await this.#wallets()) {
      for (let people = chance.below(4); people > 0; people--) {
        const amount = LEAST * (1 + chance.below(4));
        if (counter.paysOut !== null && amount <= balance / 2) void this.#pursue(this.#noted('/v1/payments/disburse', counter, amount));
      }
    }
  }

  /** Withdraws all there is: to a phone where its provider pays out, else to a bank. */
  async #emptyWallets(): Promise<void> {
    for (const { counter, balance } of await this.#wallets()) {
      const [least, most] = counter.paysOut ?? [1, Infinity];
      const amount = Math.min(Math.floor(balance), most);
      if (amount < least || this.#chance.below(3) === 0) continue;
      const isToPhone = counter.paysOut !== null && this.#chance.below(4) > 0;
      void this.#pursue(this.#noted('/v1/withdrawals', isToPhone ? counter : { ...counter, prefix: '' }, amount));
    }
  }

  async #wallets(): Promise<{ counter: Counter; balance: number }[]> {
    const reply = await this.#send({ path: '/v1/wallets', body: null, key: null });
    if (reply?.status !== 200) return [];
    const { data } = JSON.parse(reply.body) as { data: { provider: string; currency: string; balance: number }[] };
    return data.map(({ provider, currency, balance }) => ({ balance, counter: COUNTERS.find((each) => each.provider === provider && each.currency === currency)! }));
  }

  async #pursue(attempt: Attempt): Promise<void> {
    const isTwice = attempt.key !== null && this.#chance.below(8) === 0;
    if (isTwice) void this.#ask(attempt);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const reply = await this.#ask(attempt);
      if (reply !== null && !ASK_AGAIN.has(reply.status)) {
        attempt.answer = reply;
        return this.#wonder(attempt, reply);
      }
      if (attempt.key === null) return;
      await this.#wait((2 + this.#chance.below(40)) * SECOND_MS);
    }
  }

  #ask(attempt: Attempt): Promise<Reply | null> {
    return this.#patiently({ path: attempt.path, body: bodyOf(attempt), key: attempt.key });
  }

  /** Some ask now and then what became of it; a page without a client secret has its start repeated until it has one. */
  async #wonder(attempt: Attempt, { status, body }: Reply): Promise<void> {
    if (status !== 200 || attempt.path === '/v1/withdrawals') return;
    const { reference, client_secret: secret } = (JSON.parse(body) as { data: { reference: string; client_secret?: string } }).data;
    if (attempt.provider === 'stripe') return this.#showCardForm(attempt, secret ?? '');
    for (let times = this.#chance.below(4); times > 0; times--) {
      await this.#wait((5 + this.#chance.below(240)) * SECOND_MS);
      await this.#patiently({ path: '/v1/webhooks/verify', body: { reference }, key: null });
    }
  }

  async #showCardForm(attempt: Attempt, secret: string): Promise<void> {
    for (let tries = 0; secret === '' && attempt.key !== null && tries < TRIES_MAX; tries++) {
      await this.#wait(20 * SECOND_MS);
      const reply = await this.#ask(attempt);
      if (reply?.status === 200) secret = (JSON.parse(reply.body) as { data: { client_secret: string } }).data.client_secret;
    }
    if (secret !== '') this.#toThePage(secret);
  }

  #patiently(request: Parameters<Send>[0]): Promise<Reply | null> {
    return Promise.race([this.#send(request), this.#wait(PATIENCE_MS).then(() => null)]);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

function bodyOf({ path, name, msisdn, amount, currency, provider }: Attempt): object {
  const money = { amount, currency, provider };
  if (path !== '/v1/withdrawals') return { ...money, description: name, phone_number: msisdn };
  if (msisdn === '') return { ...money, method: 'bank_transfer', destination: name, bank_name: 'Benki ya Duka', note: name };
  return { ...money, method: 'mobile_money', destination: msisdn, note: name };
}
