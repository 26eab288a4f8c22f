/** Merchants' servers that ask for money in and out: impatient, insistent, now and then twice at once. */
import { type Clock, SECOND_MS } from '../../../server/core/clock.ts';
import type { Chance } from '../crash/chance.ts';

/** Money that somebody wanted moved, once. `msisdn` is nobody else's: by it the provider's books know the attempt. */
export interface Attempt {
  path: '/v1/payments/collect' | '/v1/payments/disburse' | '/v1/withdrawals';
  msisdn: string;
  amount: number;
  currency: string;
  provider: string;
  /** Null where the merchant sends none, and so asks only once. */
  key: string | null;
  /** What they were told in the end; null where they never heard. */
  answer: { status: number; body: string } | null;
}

export interface Reply {
  status: number;
  body: string;
}

/** Sends a request to one of the servers; null when it died before it answered. */
export type Send = (request: { path: string; body: object; key: string | null }) => Promise<Reply | null>;

const COUNTERS = [
  { provider: 'iotec', currency: 'UGX', prefix: '25677', least: 500, paysOut: true },
  { provider: 'relworx', currency: 'UGX', prefix: '25677', least: 500, paysOut: true },
  { provider: 'relworx', currency: 'KES', prefix: '25471', least: 500, paysOut: true },
  { provider: 'relworx', currency: 'RWF', prefix: '25078', least: 500, paysOut: true },
  { provider: 'dgateway', currency: 'UGX', prefix: '25675', least: 500, paysOut: true },
  { provider: 'dgateway', currency: 'TZS', prefix: '25575', least: 500, paysOut: true },
  { provider: 'dukuzi', currency: 'TZS', prefix: '25575', least: 500, paysOut: false },
] as const;

/** How often they ask when they do not hear, and how long they wait for an answer. */
const TRIES_MAX = 12;
const PATIENCE_MS = 15 * SECOND_MS;

/** Of these nothing was made, or its first request still runs: the same request may go again. */
const ASK_AGAIN: ReadonlySet<number> = new Set([409, 429, 500, 503]);

export class Merchants {
  readonly attempts: Attempt[] = [];
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #send: Send;

  constructor(deps: { chance: Chance; clock: Clock; send: Send }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#send = deps.send;
  }

  /** So many attempts, spread over a span of time: more money in than out. */
  begin(count: number, { withinMs }: { withinMs: number }): void {
    for (let index = 0; index < count; index++) {
      const attempt = this.#attempt(index);
      this.attempts.push(attempt);
      this.#clock.after(this.#chance.below(withinMs), () => void this.#pursue(attempt));
    }
  }

  #attempt(index: number): Attempt {
    const chance = this.#chance;
    const path = chance.oneOf(['/v1/payments/collect', '/v1/payments/collect', '/v1/payments/collect', '/v1/payments/disburse', '/v1/withdrawals'] as const);
    const isIn = path === '/v1/payments/collect';
    const { provider, currency, prefix, least } = chance.oneOf(COUNTERS.filter(({ paysOut }) => isIn || paysOut));
    return {
      path,
      msisdn: prefix + String(2_000_100 + index),
      amount: least + (isIn ? 10_000 + chance.below(40) * 1_000 : chance.below(10) * 500),
      currency,
      provider,
      key: chance.below(5) === 0 ? null : `order-${index}`,
      answer: null,
    };
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

  #ask({ path, msisdn, amount, currency, provider, key }: Attempt): Promise<Reply | null> {
    const body = path === '/v1/withdrawals' ? { amount, currency, provider, method: 'mobile_money', destination: msisdn } : { amount, currency, provider, phone_number: msisdn };
    return Promise.race([this.#send({ path, body, key }), this.#wait(PATIENCE_MS).then(() => null)]);
  }

  /** Some ask now and then what became of it. */
  async #wonder({ path }: Attempt, { status, body }: Reply): Promise<void> {
    if (status !== 200 || path === '/v1/withdrawals') return;
    const { reference } = (JSON.parse(body) as { data: { reference: string } }).data;
    for (let times = this.#chance.below(4); times > 0; times--) {
      await this.#wait((5 + this.#chance.below(240)) * SECOND_MS);
      await Promise.race([this.#send({ path: '/v1/webhooks/verify', body: { reference }, key: null }), this.#wait(PATIENCE_MS)]);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
