/**
 * Asking a provider what became of something that it was sent: a payment, a withdrawal, a refund. Asking waits for a
 * network, so it is done outside any transaction. What was heard is written in a commit of its own, or in that of whoever
 * asked: a callback's payment is settled in the commit that ends the callback's job.
 */
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import type { Awaitable, Sharing, Store, Transaction } from '../db/store.ts';
import type { JobResult } from '../jobs/runner.ts';
import type { AskedPayment, Provider, ProviderStatus } from '../providers/provider.ts';
import { doubtsAbout, endDoubtIn, openUnknownIn, type Review } from '../reviews/reviews.ts';
import { askProvider } from './provider-calls.ts';
import { surelySentForMs } from './surely-sent.ts';

/** When to look again at something whose provider has no credentials here. */
export const UNCONFIGURED_RETRY_MS = MINUTE_MS;

/** A provider's word of this kind. */
export type Word<Kind extends ProviderStatus['kind']> = ProviderStatus & { kind: Kind };

export type Respondent = Pick<Provider, 'slug' | 'status' | 'notFoundIsFinalAfterMs'>;

interface Sent {
  reversedAt: number | null;
  reference: string;
  status: string;
  submission: string;
  amountMinor: number;
  currency: string;
}

/**
 * One kind of thing that providers are asked about, and what it makes of each word in the caller's commit. There it is
 * given as it was before its provider was asked; it may have moved since. The answer is how it stands then.
 */
export interface AskedAbout<Subject> {
  /** Undefined while its provider has no credentials here. */
  respondentFor(subject: Subject): Respondent | undefined;
  question(subject: Subject): AskedPayment;
  completedIn(tx: Transaction, subject: Subject, word: Word<'completed'>): Promise<Subject>;
  failedIn(tx: Transaction, subject: Subject, word: Word<'failed'>): Promise<Subject>;
  reversedIn(tx: Transaction, subject: Subject, word: Word<'reversed'>): Promise<Subject>;
  /** Of what has completed only one thing is news: that it is so no more. */
  undoneIn(tx: Transaction, subject: Subject, word: Word<'failed' | 'reversed'>): Promise<Subject>;
  /** It has completed already, and its provider says that it stands: as something else than was agreed, or although it was taken back since. */
  standsIn(tx: Transaction, subject: Subject, word: Word<'completed'>, doubts: readonly Review[]): Promise<Subject>;
  pendingIn(tx: Transaction, subject: Subject, word: Word<'pending'>): Promise<Subject>;
  /** Whether a provider that has it says nothing new by that. */
  isKnown(subject: Subject, word: Word<'pending'>): boolean;
  /** The provider never got it, and no request is on its way any more; unless it acknowledged it once. */
  neverSentIn(tx: Transaction, subject: Subject): Promise<Subject>;
  /** Sees to it that it is asked about as long as something can still come. */
  planNextCheckIn(tx: Transaction, subject: Subject): Promise<void>;
  /** As it stands, and stays until the commit. */
  holdIn(tx: Transaction, subject: Subject): Promise<Subject>;
  /** Its name among jobs and reviews. */
  sourceOf(subject: Subject): string;
  /** Whether what is heard may be written beside others'; absent where never. */
  sharingOf?(subject: Subject): Sharing | undefined;
  /** When to ask again, in milliseconds; null when nothing more can come. */
  nextAskAfter(subject: Subject, asked: { answered: boolean; now: number }): number | null;
  /** Whether it has been under way for so long that a person should look. */
  isOverdue(subject: Subject, now: number): boolean;
}

/** What a provider said of something. */
export interface Heard<Subject> {
  /** As it stood before its provider was asked. */
  subject: Subject;
  /** Whether the provider said anything. */
  answered: boolean;
  /** Writes what is new, and answers how it stands then; null where nothing is. As any command it may be run again. */
  applyIn: ((tx: Transaction) => Awaitable<Subject>) | null;
}

/** Where what a callback names may be found, and what to do about it. */
export interface CalledBack {
  /** Our reference of what a provider calls by its own. */
  referenceOf(provider: string, providerRef: string): Promise<string | undefined>;
  /** Asks about what has this reference of ours; undefined where nothing has. */
  hearOf(reference: string): Promise<Heard<{ status: string }> | undefined>;
}

/** There is nothing to ask, or nobody who could be. */
export function unasked<Subject>(subject: Subject, { answered }: { answered: boolean }): Heard<Subject> {
  return { subject, answered, applyIn: null };
}

export class Asking<Subject extends Sent> {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #about: AskedAbout<Subject>;

  constructor({ store, clock, about }: { store: Store; clock: Clock; about: AskedAbout<Subject> }) {
    this.#store = store;
    this.#clock = clock;
    this.#about = about;
  }

  /** Asks the provider, and writes nothing. */
  async hear(subject: Subject, deadlineMs?: number): Promise<Heard<Subject>> {
    const respondent = this.#about.respondentFor(subject);
    if (respondent === undefined) return unasked(subject, { answered: false });
    // Read before: what it takes back while it answers is not what it says is there.
    const doubts = subject.status === 'completed' ? await doubtsAbout(this.#store.read, this.#about.sourceOf(subject)) : [];
    const word = await askProvider(respondent, this.#about.question(subject), this.#clock, deadlineMs);
    const applyIn = subject.status === 'completed' ? this.#newsOfCompleted(subject, word, doubts) : this.#newsOf(subject, word, respondent);
    return { subject, answered: word.kind !== 'unknown', applyIn: this.#followed(subject, applyIn) };
  }

  /** Writes what was heard in a commit of its own; answers how it then stands. */
  async apply({ subject, applyIn }: Heard<Subject>): Promise<Subject> {
    if (applyIn === null) return subject;
    return this.#store.write(applyIn, this.#about.sharingOf?.(subject));
  }

  /** How a job ends that has asked about one of them, and applied what it heard: it comes back while anything can still come. */
  async endOf(subject: Subject, { answered }: { answered: boolean }): Promise<JobResult> {
    const now = this.#clock.now();
    if (this.#about.isOverdue(subject, now)) await this.#store.write((tx) => this.#openUnknownIn(tx, subject, now));
    const next = this.#about.nextAskAfter(subject, { answered, now });
    if (next === null) return 'done';
    return { runAgainAt: this.#about.respondentFor(subject) === undefined ? Math.max(next, now + UNCONFIGURED_RETRY_MS) : next };
  }

  /** Unless somebody has heard of it meanwhile. */
  async #openUnknownIn(tx: Transaction, subject: Subject, now: number): Promise<void> {
    const held = await this.#about.holdIn(tx, subject);
    if (this.#about.isOverdue(held, now)) await openUnknownIn(tx, this.#about.sourceOf(held), held, now);
  }

  /** What was refused has no job that follows it: its provider has it all the same, and may yet say something else. */
  #followed(subject: Subject, applyIn: Heard<Subject>['applyIn']): Heard<Subject>['applyIn'] {
    if (applyIn === null || subject.submission !== 'refused') return applyIn;
    return async (tx) => {
      const heard = await applyIn(tx);
      await this.#about.planNextCheckIn(tx, heard);
      return heard;
    };
  }

  #newsOfCompleted(subject: Subject, word: ProviderStatus, doubts: Review[]): Heard<Subject>['applyIn'] {
    const about = this.#about;
    if (word.kind === 'failed' || word.kind === 'reversed') return (tx) => about.undoneIn(tx, subject, word);
    if (word.kind !== 'completed') return null;
    if (subject.reversedAt !== null || !isAllThere(subject, word)) return (tx) => about.standsIn(tx, subject, word, doubts);
    if (doubts.length === 0) return null;
    return async (tx) => {
      for (const doubt of doubts) await endDoubtIn(tx, doubt, this.#clock.now());
      return subject;
    };
  }

  #newsOf(subject: Subject, word: ProviderStatus, { notFoundIsFinalAfterMs }: Respondent): Heard<Subject>['applyIn'] {
    const about = this.#about;
    switch (word.kind) {
      case 'completed':
        return (tx) => about.completedIn(tx, subject, word);
      case 'failed':
        return (tx) => about.failedIn(tx, subject, word);
      case 'reversed':
        return (tx) => about.reversedIn(tx, subject, word);
      case 'pending':
        return about.isKnown(subject, word) ? null : (tx) => about.pendingIn(tx, subject, word);
      case 'not_found':
        return surelySentForMs(this.#clock, subject.reference) < notFoundIsFinalAfterMs ? null : (tx) => about.neverSentIn(tx, subject);
      case 'unknown':
        return null;
      default:
        return word satisfies never;
    }
  }
}

/** Whether its provider has what was agreed, and nothing of it was given back. */
export function isAllThere({ amountMinor, currency }: Pick<Sent, 'amountMinor' | 'currency'>, word: Word<'completed'>): boolean {
  return word.amountMinor === amountMinor && word.currency === currency && !word.refunds?.length;
}
