/** What a withdrawal makes of its provider's word, in the commit of whoever asked. */
import type { Clock } from '../core/clock.ts';
import type { Transaction } from '../db/store.ts';
import type { AskedAbout, Respondent, Word } from '../payments/asking.ts';
import { knownAs } from '../payments/paid-out.ts';
import type { AskedPayment } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import type { WithdrawalSettlement } from './settlement.ts';
import { giveUpUnsentWithdrawal, recordWithdrawalSubmission, withdrawalById } from './statements.ts';
import { isWithdrawalOverdue, nextWithdrawalAskAfter, type Withdrawal, withdrawalSource } from './withdrawal.ts';

export class WithdrawalHearing implements AskedAbout<Withdrawal> {
  readonly #clock: Clock;
  readonly #routing: ProviderRouting;
  readonly #settlement: WithdrawalSettlement;
  readonly sourceOf = withdrawalSource;
  readonly nextAskAfter = nextWithdrawalAskAfter;
  readonly isOverdue = isWithdrawalOverdue;

  constructor({ clock, routing, settlement }: { clock: Clock; routing: ProviderRouting; settlement: WithdrawalSettlement }) {
    this.#clock = clock;
    this.#routing = routing;
    this.#settlement = settlement;
  }

  respondentFor({ provider }: Withdrawal): Respondent | undefined {
    return this.#routing.adapterOf({ mode: 'live', provider });
  }

  planNextCheckIn(tx: Transaction, withdrawal: Withdrawal): Promise<void> {
    return this.#settlement.planNextCheckIn(tx, withdrawal);
  }

  async holdIn(tx: Transaction, { id }: Withdrawal): Promise<Withdrawal> {
    await this.#settlement.lockIn(tx, id);
    return (await tx.get(withdrawalById, { id }))!;
  }

  question({ reference, providerRef, currency, createdAt }: Withdrawal): AskedPayment {
    return { reference, providerRef, direction: 'disburse', method: 'mobile_money', currency, createdAt };
  }

  async completedIn(tx: Transaction, { id }: Withdrawal, { providerRef, at, amountMinor, currency }: Word<'completed'>): Promise<Withdrawal> {
    await this.#acknowledgeIn(tx, id, providerRef);
    return this.#settlement.settleIn(tx, id, { status: 'completed', providerRef, at, paid: { amountMinor, currency } });
  }

  async failedIn(tx: Transaction, { id }: Withdrawal, { providerRef = '', reason }: Word<'failed'>): Promise<Withdrawal> {
    await this.#acknowledgeIn(tx, id, providerRef);
    return this.#settlement.settleIn(tx, id, { status: 'failed', providerRef, reason });
  }

  async reversedIn(tx: Transaction, { id }: Withdrawal, word: Word<'reversed'>): Promise<Withdrawal> {
    await this.#acknowledgeIn(tx, id, word.providerRef);
    return this.#settlement.reverseIn(tx, id, word);
  }

  undoneIn(tx: Transaction, { id }: Withdrawal, word: Word<'failed' | 'reversed'>): Promise<Withdrawal> {
    return this.#settlement.reverseIn(tx, id, word.kind === 'reversed' ? word : null);
  }

  /** One that came back, and is called paid again, is money that left after it was released; what it is called otherwise than it was is for a person, too. */
  standsIn(tx: Transaction, withdrawal: Withdrawal, { providerRef, at, amountMinor, currency }: Word<'completed'>): Promise<Withdrawal> {
    return this.#settlement.settleIn(tx, withdrawal.id, { status: 'completed', providerRef, at, paid: { amountMinor, currency }, knownAs: knownAs(withdrawal) });
  }

  isKnown({ submission }: Withdrawal): boolean {
    return submission === 'sent';
  }

  pendingIn(tx: Transaction, { id }: Withdrawal, { providerRef }: Word<'pending'>): Promise<Withdrawal> {
    return this.#acknowledgeIn(tx, id, providerRef);
  }

  /**
   * It never reached the provider, so nothing was paid. What the provider once acknowledged stays in doubt instead. Not
   * recorded as refused, so that the look-backs find out whether the provider paid what it did not know of.
   */
  async neverSentIn(tx: Transaction, { id }: Withdrawal): Promise<Withdrawal> {
    await this.#settlement.lockIn(tx, id);
    const isUnsent = (await tx.get(giveUpUnsentWithdrawal, { id, now: this.#clock.now() })) !== undefined;
    if (!isUnsent) return (await tx.get(withdrawalById, { id }))!;
    return this.#settlement.settleIn(tx, id, { status: 'failed', reason: 'The request did not reach the provider; nothing was paid out' });
  }

  /** The provider has it. Whoever settles it afterwards in the same commit has its lock already. */
  async #acknowledgeIn(tx: Transaction, id: number, providerRef = ''): Promise<Withdrawal> {
    await this.#settlement.lockIn(tx, id);
    return (await tx.get(recordWithdrawalSubmission, { id, submission: 'sent', providerRef, now: this.#clock.now() }))!;
  }
}
