/**
 * Whoever runs the shop's Malipo, at the command line: gives money back, in full, in parts and beyond what there is; decides
 * on reviews, for better or worse; pays withdrawals to banks by hand. Each command is a process of its own, and can die.
 */
import { WebhookSettings } from '../../../server/access/webhook-settings.ts';
import { refundDesk, reviewDesk } from '../../../server/cli/desks.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { ApiError } from '../../../server/core/errors.ts';
import { statement, type Store } from '../../../server/db/store.ts';
import type { ProviderSlug } from '../../../server/providers/capabilities.ts';
import { ProviderLines } from '../../../server/providers/lines/lines.ts';
import type { Provider } from '../../../server/providers/provider.ts';
import type { RefundWish } from '../../../server/refunds/requesting.ts';
import { fittingResolutions } from '../../../server/reviews/fitting.ts';
import { openReviews, RESOLUTIONS, type Review } from '../../../server/reviews/reviews.ts';
import { WithdrawalDesk } from '../../../server/wallets/operator.ts';
import type { Chance } from '../crash/chance.ts';
import { type Fates, Life, MortalStore } from './mortal.ts';

/** A refund that somebody wanted, and what they were told. */
export interface Wish extends RefundWish {
  /** `made`, `died`, or the code of the error. */
  told: string;
}

/** Money that the operator took out of the account at a provider and paid by hand. */
export interface PaidByHand {
  reference: string;
  provider: string;
  currency: string;
  amountMinor: number;
}

const collects = statement<{ reference: string; amountMinor: number; status: string }>(`
  SELECT reference, amount_minor AS "amountMinor", status FROM payments WHERE direction = 'collect' ORDER BY id`);

const bankTransfers = statement<PaidByHand & { id: number }>(`
  SELECT id, reference, provider, currency, amount_minor AS "amountMinor" FROM withdrawals WHERE method = 'bank_transfer' AND status = 'pending' ORDER BY id`);

const isOpen = statement<{ id: number }>(`SELECT id FROM withdrawals WHERE id = :id AND status = 'pending'`);

const directionOf = statement<{ direction: string }>('SELECT direction FROM payments WHERE id = :id');

/** Everybody at once, while the lines are bad. */
const RUSH_FOR_MS = 15 * MINUTE_MS;
const BUSY_FOR_MS = HOUR_MS;
const LAST_VISIT_AFTER_MS = 6 * DAY_MS;

export class Operators {
  readonly wishes: Wish[] = [];
  readonly paidByHand: PaidByHand[] = [];
  /** Errors that no command may end with. */
  readonly surprises: string[] = [];
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #fates: Fates;
  readonly #asked: () => void;
  /** Transfers that somebody is ending. */
  readonly #inHand = new Set<number>();
  #live: ReadonlyMap<ProviderSlug, Provider> = new Map();
  #startedAt = 0;

  /** `asked` is called when a refund was asked for, which a server is to send. */
  constructor(deps: { chance: Chance; clock: Clock; store: Store; fates: Fates; asked: () => void }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#store = deps.store;
    this.#fates = deps.fates;
    this.#asked = deps.asked;
  }

  /** `live`: whom their commands can ask. */
  begin(live: ReadonlyMap<ProviderSlug, Provider>): void {
    this.#live = live;
    this.#startedAt = this.#clock.now();
    this.#comeAgain();
  }

  #comeAgain(): void {
    const age = this.#clock.now() - this.#startedAt;
    const nextMs = this.#pauseMs(age);
    this.#clock.after(nextMs, () => {
      const isLast = age + nextMs >= LAST_VISIT_AFTER_MS;
      void this.#visit({ isLast });
      if (!isLast) this.#comeAgain();
    });
  }

  /** Every minute in the rush, every few minutes within an hour, then a few times a day. */
  #pauseMs(age: number): number {
    if (age < RUSH_FOR_MS) return (20 + this.#chance.below(80)) * SECOND_MS;
    return age < BUSY_FOR_MS ? (3 + this.#chance.below(12)) * MINUTE_MS : (4 + this.#chance.below(20)) * HOUR_MS;
  }

  async #visit({ isLast }: { isLast: boolean }): Promise<void> {
    const chance = this.#chance;
    if (!isLast && chance.below(5) < 3) await this.#refund();
    for (const review of await openReviews(this.#store.read)) if (chance.below(3) === 0) await this.#decide(review);
    for (const transfer of await this.#store.read.all(bankTransfers)) if (isLast || chance.below(2) === 0) await this.#transfer(transfer);
  }

  async #refund(): Promise<void> {
    const chance = this.#chance;
    const payments = await this.#store.read.all(collects);
    if (payments.length === 0) return;
    const completed = payments.filter(({ status }) => status === 'completed');
    const { reference, amountMinor } = chance.oneOf(completed.length === 0 || chance.below(8) === 0 ? payments : completed);
    const major = amountMinor / 100;
    const amount = chance.oneOf([undefined, 500, 1_000, Math.floor(major / 2), Math.floor(major / 3), Math.floor(major / 4), major + 500]);
    const key = chance.below(3) === 0 ? undefined : `refund-${this.wishes.length}`;
    const wish = { reference, amount, key, reason: 'Returned', told: '' };
    this.wishes.push(wish);
    // Two people at once.
    if (chance.below(6) === 0) void this.#refundTwin(wish);
    wish.told = await this.#ask(wish);
    // Nobody knows whether it was made: with a key it is asked for again.
    if (wish.told === 'died' && key !== undefined) wish.told = await this.#ask(wish);
  }

  async #refundTwin({ reference, amount, key, reason }: Wish): Promise<void> {
    const twin = { reference, amount, key, reason, told: '' };
    if (key === undefined) this.wishes.push(twin);
    twin.told = await this.#ask(twin);
  }

  async #ask({ reference, amount, reason, key }: RefundWish): Promise<string> {
    const told = await this.#command((store) => refundDesk({ store }, this.#clock).request({ reference, amount, reason, key }));
    if (told === 'made') this.#asked();
    return told;
  }

  async #decide({ id, kind, subject }: Review): Promise<void> {
    const isCollect = subject.startsWith('payment:') && (await this.#isCollect(subject));
    const fitting = fittingResolutions(kind, isCollect);
    const resolution = this.#chance.oneOf(this.#chance.below(8) === 0 ? RESOLUTIONS : fitting);
    await this.#command((store) => {
      const clock = this.#clock;
      const webhookSettings = new WebhookSettings({ store, clock, encryptionKey: new Uint8Array(32) });
      return reviewDesk({ store, lines: new ProviderLines({ store, clock }), webhookSettings }, { clock, live: this.#live }).resolve(id, resolution, 'Looked into');
    });
  }

  async #isCollect(subject: string): Promise<boolean> {
    const row = await this.#store.read.get(directionOf, { id: Number(subject.slice('payment:'.length)) });
    return row?.direction === 'collect';
  }

  /** Paid at the bank first, and said here afterwards, again where that failed; or rejected. */
  async #transfer(transfer: PaidByHand & { id: number }): Promise<void> {
    // Whoever else comes meanwhile sees that somebody is at it.
    if (this.#inHand.has(transfer.id)) return;
    this.#inHand.add(transfer.id);
    await this.#endTransfer(transfer);
    this.#inHand.delete(transfer.id);
  }

  async #endTransfer({ id, ...transfer }: PaidByHand & { id: number }): Promise<void> {
    const isPaid = this.paidByHand.some(({ reference }) => reference === transfer.reference);
    if (!isPaid && this.#chance.below(4) === 0) {
      await this.#command((store) => new WithdrawalDesk({ store, clock: this.#clock }).reject(id, 'There is no such account'));
      return;
    }
    // The list may be an old one: nobody pays at the bank what another has ended since.
    if (!isPaid && (await this.#store.read.get(isOpen, { id })) === undefined) return;
    if (!isPaid) this.paidByHand.push(transfer);
    await this.#command((store) => new WithdrawalDesk({ store, clock: this.#clock }).paid(id, `receipt ${id}`));
  }

  async #command(run: (store: Store) => Promise<unknown>): Promise<string> {
    const life = new Life();
    const store = new MortalStore(this.#store, { life, clock: this.#clock, fates: this.#fates });
    const ended = run(store).then(
      () => 'made',
      (error: unknown) => {
        if (error instanceof ApiError) return error.code;
        this.surprises.push(`A command ended with ${String(error)}`);
        return 'broken';
      },
    );
    return Promise.race([ended, life.over.then(() => 'died')]);
  }
}
