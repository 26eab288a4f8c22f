/**
 * What must happen at a provider once, however often a client asks for it: commit a record together with the
 * client's idempotency key, then call the provider, then commit what it said together with the answer. A second
 * request with the same key gets the first one's answer.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { ApiError } from '../core/errors.ts';
import type { Reader, Sharing, Store, Transaction } from '../db/store.ts';
import { type Answer, completeAnswer, findEarlier, type IdempotencyScope, type KeptFor, remember, scopeName, storedAnswer } from './idempotency.ts';
import { SUBMIT_DEADLINE_MS } from './provider-calls.ts';

/** What a twin of a request that is still running is told to wait, in seconds. */
const TWIN_RETRY_AFTER = 2;

/**
 * How long a record whose provider has not been heard may still be in another server's hands: its call, and the commits
 * around it, take no longer. After that its server is taken for dead.
 */
const STILL_RUNNING_MS = SUBMIT_DEADLINE_MS + 10 * SECOND_MS;

/** What is sent to the client, whether it is an earlier request's answer, and the id of the record it is about. */
export interface Answered {
  answer: Answer;
  replayed: boolean;
  id: number;
}

/** Keeps the answer for later requests with the same key, in the commit it is given; answers the one that stands. */
export type KeepAnswer = (tx: Transaction, answer: Answer) => Promise<Answer>;

export interface Work<Wish, Made extends { id: number }> {
  /**
   * Checks what is asked for. Called only when it is asked for the first time: an earlier request is answered as it
   * was, whatever has become of prices, credentials and lines since.
   */
  prepare(): Wish | Promise<Wish>;
  /** Writes the record, and the job that asks about it should this process die before the provider answered. */
  make(tx: Transaction, wish: Wish): Promise<Made>;
  /** Calls the provider and commits its word; `keep` goes into that commit, and says what is answered. */
  finish(made: Made, wish: Wish, keep: KeepAnswer): Promise<Answer>;
  /** The answer a record gives as it stands, where a crash cut the first answer off. */
  answerOf(tx: Transaction, id: number): Promise<Answer>;
  /** Since when its provider is being called, in milliseconds; null when it was heard, or is not called at all. */
  callingSince(tx: Transaction, id: number): Promise<number | null>;
}

export class OnceOnly {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #kind: keyof KeptFor;
  readonly #sharing: Sharing | undefined;
  /** Records between their two commits in this process, for twins that come meanwhile. */
  readonly #underWay = new Map<number, Promise<Answer>>();

  /** `kind` says what the records are, `sharing` whether making one may share its transaction. */
  constructor({ store, clock, kind, sharing }: { store: Store; clock: Clock; kind: keyof KeptFor; sharing?: Sharing }) {
    this.#store = store;
    this.#clock = clock;
    this.#kind = kind;
    this.#sharing = sharing;
  }

  async run<Wish, Made extends { id: number }>(scope: IdempotencyScope | undefined, work: Work<Wish, Made>): Promise<Answered> {
    if (scope === undefined) return this.#runUnkeyed(work);
    const earlier = await this.#earlierWith(this.#store.read, scope);
    if (earlier !== undefined) return this.#replay(earlier, scope, work);
    const wish = await work.prepare();
    const begun = await this.#store.write((tx) => this.#begin(tx, scope, work, wish), this.#sharing);
    if ('earlier' in begun) return this.#replay(begun.earlier, scope, work);
    const { made } = begun;
    const finishing = work.finish(made, wish, (tx, answer) => completeAnswer(tx, scope, answer));
    // What was made before, and is answered again, may be under way for whoever made it.
    const isFirst = !this.#underWay.has(made.id);
    if (isFirst) this.#underWay.set(made.id, finishing);
    try {
      return { answer: await finishing, replayed: false, id: made.id };
    } finally {
      if (isFirst) this.#underWay.delete(made.id);
    }
  }

  async #runUnkeyed<Wish, Made extends { id: number }>(work: Work<Wish, Made>): Promise<Answered> {
    const wish = await work.prepare();
    const made = await this.#store.write((tx) => work.make(tx, wish), this.#sharing);
    return { answer: await work.finish(made, wish, async (_tx, answer) => answer), replayed: false, id: made.id };
  }

  async #begin<Wish, Made extends { id: number }>(
    tx: Transaction,
    scope: IdempotencyScope,
    work: Work<Wish, Made>,
    wish: Wish,
  ): Promise<{ made: Made } | { earlier: Earlier }> {
    // Twins take turns, and the second finds what the first made. Asked for together, the two cost one round trip.
    const [, earlier] = await Promise.all([tx.lock(scopeName(scope)), this.#earlierWith(tx, scope)]);
    if (earlier !== undefined) return { earlier };
    const made = await work.make(tx, wish);
    await remember(tx, scope, { [this.#kind]: made.id }, this.#clock.now());
    return { made };
  }

  async #earlierWith(reader: Reader, scope: IdempotencyScope): Promise<Earlier | undefined> {
    const earlier = await findEarlier(reader, scope);
    return earlier && { id: earlier[this.#kind]!, answer: storedAnswer(earlier) };
  }

  /** The first request's answer; where a crash cut it off, the answer its record gives now, kept from then on. */
  async #replay<Wish, Made extends { id: number }>(earlier: Earlier, scope: IdempotencyScope, work: Work<Wish, Made>): Promise<Answered> {
    return { answer: earlier.answer ?? (await this.#answerLate(earlier.id, scope, work)), replayed: true, id: earlier.id };
  }

  async #answerLate<Wish, Made extends { id: number }>(id: number, scope: IdempotencyScope, work: Work<Wish, Made>): Promise<Answer> {
    if (this.#underWay.has(id)) return this.#answerFromHere(id);
    const answer = await this.#store.write((tx) => this.#answerNow(tx, id, scope, work));
    // A commit can be seen in the database a moment before its own process knows of it.
    return answer ?? this.#answerFromHere(id);
  }

  /** What the first request is answered, if it runs in this process and is over in time. */
  async #answerFromHere(id: number): Promise<Answer> {
    const underWay = this.#underWay.get(id) ?? null;
    const answer = underWay && (await withDeadline<Answer | null>(underWay, { clock: this.#clock, deadlineMs: SUBMIT_DEADLINE_MS, late: null }));
    if (answer !== null) return answer;
    throw new ApiError('IDEMPOTENCY_CONFLICT', 'A request with this Idempotency-Key is still running', { retryAfter: TWIN_RETRY_AFTER });
  }

  /** Null while the first request may still be running, here or in another process. */
  async #answerNow<Wish, Made extends { id: number }>(tx: Transaction, id: number, scope: IdempotencyScope, work: Work<Wish, Made>): Promise<Answer | null> {
    const earlier = await this.#earlierWith(tx, scope);
    if (earlier === undefined || earlier.answer !== null) return earlier?.answer ?? null;
    if (this.#underWay.has(id)) return null;
    // On a file there is no other server: what is not under way here was cut off.
    const since = this.#store.engine === 'sqlite' ? null : await work.callingSince(tx, id);
    if (since !== null && this.#clock.now() < since + STILL_RUNNING_MS) return null;
    return completeAnswer(tx, scope, await work.answerOf(tx, id));
  }
}

interface Earlier {
  id: number;
  /** Null while its first request runs, or when a crash cut that short. */
  answer: Answer | null;
}
