/**
 * A server process that can die between any two commits: what it has committed stays, everything else of it stops. And one
 * that can be held up before a commit, for longer than its leases last, and go on as if nothing had happened. Its
 * store, its clock and its connections are views of the world's that answer nothing any more once it is dead, so that
 * nothing is drained, and no promise of it is ever kept.
 */
import { type Clock, SECOND_MS } from '../../../server/core/clock.ts';
import type { Awaitable, Reader, Sharing, Store, Transaction } from '../../../server/db/store.ts';
import type { SendHttp } from '../../../server/providers/http.ts';

export class Life {
  #isOver = false;
  readonly over: Promise<void>;
  #end: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#end();
  }

  /** What the living hear of something; the dead hear nothing. */
  hears<T>(outcome: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      outcome.then(
        (value) => this.#isOver || resolve(value),
        (error: unknown) => this.#isOver || reject(error as Error),
      );
    });
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/**
 * Whether a process dies at a commit: before it, so that nothing is written, or after it, so that nobody is told. Or what
 * it has read is long past when it writes: its machine was asleep, its database waited for a lock.
 */
export type CommitFate = 'survived' | 'dies before' | 'dies after' | 'is held up';

export interface Fates {
  ofCommit(): CommitFate;
  /** Whether it is held up with what it has just read of one row. */
  isHeldUpReading(): boolean;
}

/** Longer than a job is leased: somebody else has taken it up meanwhile. */
const HELD_UP_MS = 100 * SECOND_MS;

export class MortalStore implements Store {
  readonly engine: Store['engine'];
  readonly bell: Store['bell'];
  readonly read: Reader;
  readonly #store: Store;
  readonly #life: Life;
  readonly #fates: Fates;
  readonly #clock: Clock;

  constructor(store: Store, { life, fates, clock }: { life: Life; fates: Fates; clock: Clock }) {
    this.#clock = mortalClock(clock, life);
    this.#store = store;
    this.#life = life;
    this.#fates = fates;
    this.engine = store.engine;
    this.bell = store.bell;
    this.read = {
      all: (statement, params) => (life.isOver ? never() : store.read.all(statement, params)),
      get: (statement, params) => {
        if (life.isOver) return never();
        const row = store.read.get(statement, params);
        return fates.isHeldUpReading() ? this.#heldUp(() => row) : row;
      },
    };
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    if (this.#life.isOver) return never();
    const fate = this.#fates.ofCommit();
    if (fate === 'dies before') {
      this.#life.end();
      return never();
    }
    if (fate === 'is held up') return this.#heldUp(() => this.#life.hears(this.#store.write(command, sharing)));
    const done = this.#store.write(command, sharing);
    if (fate === 'survived') return this.#life.hears(done);
    void done.catch(() => undefined).then(() => this.#life.end());
    return never();
  }

  #heldUp<T>(goOn: () => Awaitable<T>): Promise<T> {
    return new Promise((resolve) => void this.#clock.after(HELD_UP_MS, () => resolve(goOn())));
  }

  backup(file: string): Promise<void> {
    return this.#store.backup(file);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) => clock.after(delayMs, () => void (life.isOver || callback())),
  };
}

export function mortalHttp(http: SendHttp, life: Life): SendHttp {
  return (request) => (life.isOver ? never() : life.hears(http(request)));
}
