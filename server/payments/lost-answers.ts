/**
 * A provider that keeps no reference of ours cannot be asked about a payment whose answer was lost. Its own callback
 * may still name the transaction. Anybody can send that, so it only says where to look: the payment is the one whose
 * phone and amount it tells, if there is exactly one that lacks an answer, and if the provider itself has under that
 * name a transaction that can be no other. Where there are two a person decides.
 */
import { type Clock, DAY_MS } from '../core/clock.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { Told } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import type { Payment } from './payment.ts';
import { COLUMNS, nameLost, paymentByUpstreamRef } from './statements.ts';

/** A customer approves within hours; callbacks are repeated for days. */
const LOST_FOR_MS = 7 * DAY_MS;

// The provider is named because a partial index is used only where the query says that its condition holds.
const withoutAnswer = statement<Payment>(`
  SELECT ${COLUMNS} FROM payments
  WHERE provider = 'dukuzi' AND provider_ref = '' AND phone = :phone AND created_at > :since AND provider = :provider
    AND amount_minor = :amountMinor AND direction = 'collect' AND mode = 'live' AND submission <> 'refused' AND status <> 'completed'
  LIMIT 2`);

/** Held by whoever gives a payment its provider's name for it, where that alone tells payments apart. */
export function namingLock(provider: string, providerRef: string): string {
  return `lost-answer:${provider}:${providerRef}`;
}

/**
 * Whether a provider that keeps no reference of ours has answered this payment's request with the transaction of another: some
 * gateways do, for the same phone and amount again. It is paid once, and must not complete both.
 */
export async function isAnothers(tx: Transaction, { id, provider, phone, amountMinor }: Payment, providerRef: string): Promise<boolean> {
  if (provider !== 'dukuzi' || providerRef === '') return false;
  await tx.lock(namingLock(provider, providerRef));
  const holder = await tx.get(paymentByUpstreamRef, { provider, providerRef });
  return holder !== undefined && holder.id !== id && holder.phone === phone && holder.amountMinor === amountMinor;
}

export class LostAnswers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #routing: ProviderRouting;
  /** Payments that are being asked about: however many callbacks come, one question at a time. */
  readonly #underWay = new Set<number>();

  constructor(deps: { store: Store; clock: Clock; routing: ProviderRouting }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#routing = deps.routing;
  }

  /** Gives a payment whose answer was lost the name that its provider has for it; undefined where none can be the one. */
  async find(provider: string, providerRef: string, { phone, amountMinor }: Told): Promise<Payment | undefined> {
    const since = this.#clock.now() - LOST_FOR_MS;
    const [payment, another] = await this.#store.read.all(withoutAnswer, { provider, phone, amountMinor, since });
    if (payment === undefined || another !== undefined || this.#underWay.has(payment.id)) return undefined;
    this.#underWay.add(payment.id);
    try {
      const isIt = await this.#routing.adapterOf(payment)?.recognises?.(payment, providerRef);
      return isIt === true ? await this.#name(payment, providerRef) : undefined;
    } finally {
      this.#underWay.delete(payment.id);
    }
  }

  /** Unless its own answer came meanwhile, or another payment has this name: two callbacks of one name take turns. */
  #name({ id, provider }: Payment, providerRef: string): Promise<Payment | undefined> {
    return this.#store.write(async (tx) => {
      await tx.lock(namingLock(provider, providerRef));
      const holder = await tx.get(paymentByUpstreamRef, { provider, providerRef });
      return holder ?? (await tx.get(nameLost, { id, providerRef, now: this.#clock.now() }));
    });
  }
}
