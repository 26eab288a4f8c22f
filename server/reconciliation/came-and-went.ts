/**
 * Payments that were paid and given back at their provider, of which our books say the same in other words: those never
 * counted as paid here, and those whose refund there was entered as taken back, as an earlier release did. Their provider
 * shows a payment that stands and refunds that we do not have; asked about the payment, it tells both together.
 */
import type { Clock } from '../core/clock.ts';
import type { Reader } from '../db/store.ts';
import { askProvider } from '../payments/provider-calls.ts';
import { paymentByReference } from '../payments/statements.ts';
import type { Provider } from '../providers/provider.ts';
import { unbookedOf } from '../refunds/left.ts';
import { standingOf } from './differences.ts';
import type { OurRecord } from './records.ts';

export class CameAndWent {
  readonly #reader: Reader;
  readonly #provider: Provider;
  readonly #clock: Clock;
  readonly #asked = new Map<OurRecord, boolean>();

  constructor({ reader, provider, clock }: { reader: Reader; provider: Provider; clock: Clock }) {
    this.#reader = reader;
    this.#provider = provider;
    this.#clock = clock;
  }

  /** How many payments their provider was asked about. */
  get asked(): number {
    return this.#asked.size;
  }

  /** Whether what its provider has left of it, less refunds that we do not have, is what our books have left. */
  async has(here: OurRecord): Promise<boolean> {
    const standing = standingOf(here);
    if (here.direction !== 'collect' || standing === 'completed' || standing === 'pending') return false;
    if (!this.#asked.has(here)) this.#asked.set(here, await this.#isSame(here));
    return this.#asked.get(here)!;
  }

  async #isSame(here: OurRecord): Promise<boolean> {
    const said = await askProvider(this.#provider, here, this.#clock);
    if ((said.kind !== 'completed' && said.kind !== 'reversed') || said.currency !== here.currency) return false;
    const payment = (await this.#reader.get(paymentByReference, { reference: here.reference }))!;
    const givenBackMinor = await unbookedOf(this.#reader, payment, said.refunds);
    const hasMinor = said.kind === 'completed' ? said.amountMinor : here.amountMinor - said.amountMinor;
    return givenBackMinor > 0 && hasMinor - givenBackMinor === here.bookedMinor;
  }
}
