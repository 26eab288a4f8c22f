/**
 * Taking money out of a wallet. The amount is held in the commit that makes the withdrawal, so that two of them at
 * once can never take the same money; to a phone it is then paid out at once, to a bank it waits for the operator.
 */
import type { App } from '../access/apps.ts';
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { newReference } from '../core/ids.ts';
import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import type { Store, Transaction } from '../db/store.ts';
import { withdrawalHeld } from '../ledger/postings.ts';
import { holdFunds } from '../payments/funds.ts';
import type { Answer, IdempotencyScope } from '../payments/idempotency.ts';
import { type Answered, type KeepAnswer, OnceOnly } from '../payments/once-only.ts';
import { callingSince, submitPayout } from '../payments/provider-calls.ts';
import type { ProviderLines, Traffic } from '../providers/lines/lines.ts';
import type { Provider } from '../providers/provider.ts';
import type { WithdrawalInquiry } from './inquiry.ts';
import { movementOf, type WithdrawalSettlement } from './settlement.ts';
import { insertWithdrawal, withdrawalById } from './statements.ts';
import type { Withdrawal } from './withdrawal.ts';

/** How long the client waits, once the provider has taken the payout, to hear whether it is through already. */
export const ASK_AT_ONCE_DEADLINE_MS = 3 * SECOND_MS;

export interface WithdrawalWish {
  app: App;
  /** Whose wallet it is taken from. */
  wallet: string;
  currency: Currency;
  amountMinor: number;
  note: string;
  destinationName: string;
  to:
    | { method: 'mobile_money'; phone: string; network: NetworkId | ''; provider: Provider }
    | { method: 'bank_transfer'; accountNumber: string; bankName: string };
}

export interface WithdrawOptions {
  idempotency: IdempotencyScope | undefined;
  render: (withdrawal: Withdrawal) => Answer;
}

export class Withdrawing {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settlement: WithdrawalSettlement;
  readonly #inquiry: WithdrawalInquiry;
  readonly #lines: ProviderLines;
  readonly #onceOnly: OnceOnly;

  constructor(deps: { store: Store; clock: Clock; settlement: WithdrawalSettlement; inquiry: WithdrawalInquiry; lines: ProviderLines }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#settlement = deps.settlement;
    this.#inquiry = deps.inquiry;
    this.#lines = deps.lines;
    this.#onceOnly = new OnceOnly({ ...deps, kind: 'withdrawalId' });
  }

  /** Throws INSUFFICIENT_BALANCE, with nothing written, where the wallet does not hold the amount. */
  withdraw(prepare: () => WithdrawalWish, { idempotency, render }: WithdrawOptions): Promise<Answered> {
    return this.#onceOnly.run<WithdrawalWish, Withdrawal>(idempotency, {
      prepare,
      make: (tx, wish) => this.#make(tx, wish),
      finish: (withdrawal, wish, keep) => this.#finish(withdrawal, wish, render, keep),
      answerOf: async (tx, id) => render((await tx.get(withdrawalById, { id }))!),
      callingSince: async (tx, id) => callingSince((await tx.get(withdrawalById, { id }))!),
    });
  }

  async #make(tx: Transaction, wish: WithdrawalWish): Promise<Withdrawal> {
    const now = this.#clock.now();
    const row = rowOf(wish, now);
    if (wish.to.method === 'mobile_money') await this.#lines.admitIn(tx, trafficOf(row));
    const withdrawal = (await tx.get(insertWithdrawal, row))!;
    await holdFunds(tx, withdrawalHeld(movementOf(withdrawal, now)), now);
    await this.#settlement.planNextCheckIn(tx, withdrawal);
    return withdrawal;
  }

  async #finish(made: Withdrawal, wish: WithdrawalWish, render: WithdrawOptions['render'], keep: KeepAnswer): Promise<Answer> {
    const answer = render(wish.to.method === 'mobile_money' ? await this.#payOut(made, wish.to.provider, wish.app) : made);
    return this.#store.write((tx) => keep(tx, answer));
  }

  async #payOut(withdrawal: Withdrawal, provider: Provider, app: App): Promise<Withdrawal> {
    const { reference, amountMinor, currency, destination: phone, network, note, createdAt } = withdrawal;
    const request = { reference, amountMinor, currency, phone, network, merchant: app.name, description: note, createdAt };
    const submission = await submitPayout(provider, request, { createdAt, clock: this.#clock });
    const recorded = await this.#store.write(async (tx) => {
      await this.#lines.recordIn(tx, trafficOf(withdrawal), submission);
      return this.#settlement.recordSubmissionIn(tx, withdrawal, submission);
    });
    return submission.kind === 'accepted' ? this.#inquiry.ask(recorded, ASK_AT_ONCE_DEADLINE_MS) : recorded;
  }
}

function trafficOf({ reference, provider, network, currency, destination }: Pick<Withdrawal, 'reference' | 'provider' | 'network' | 'currency' | 'destination'>): Traffic {
  return { reference, mode: 'live', provider, network, currency, phone: destination };
}

function rowOf({ app, wallet, currency, amountMinor, note, destinationName, to }: WithdrawalWish, now: number) {
  const toPhone = to.method === 'mobile_money';
  return {
    reference: newReference(now),
    appId: app.id,
    provider: wallet,
    currency,
    amountMinor,
    method: to.method,
    destination: toPhone ? to.phone : to.accountNumber,
    destinationName,
    bankName: toPhone ? '' : to.bankName,
    network: toPhone ? to.network : ('' as const),
    note,
    submission: toPhone ? 'sending' : 'operator',
    now,
  };
}
