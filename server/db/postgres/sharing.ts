/** Commands that share transactions: those that come while one is under way share the next. */
import { SECOND_MS } from '../../core/clock.ts';
import { type Awaitable, StoreUnavailableError, type Transaction } from '../store.ts';
import { type Command, type Outcome, runTogether } from './together.ts';
import type { PostgresTransaction } from './transaction.ts';

/**
 * Most commands in one transaction. Each of 64 inserted payments takes four fifths of the processor time that it takes
 * among 16; those at the end wait for the others.
 */
const COMMANDS_MAX = 64;

/** Transactions at a time: one is on its way to the disk while the next is at work. */
const TRANSACTIONS_MAX = 2;

/** How long a command waits for a transaction to take it, before the database counts as away. */
const PATIENCE_MS = 5 * SECOND_MS;

interface Waiting {
  command: Command;
  /** What it is about; null where that is new. */
  about: string | null;
  since: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface Runner {
  /** Runs it once, as so many commands; null where it failed and nothing of it stands. Throws where nobody knows. */
  once<T>(command: (tx: PostgresTransaction) => Promise<T>, commands: number): Promise<{ value: T } | null>;
  /** Runs it in a transaction of its own until it stands. */
  alone<T>(command: (tx: Transaction) => Awaitable<T>): Promise<T>;
}

export class SharedTransactions {
  readonly #runner: Runner;
  readonly #busy = new Set<string>();
  #waiting: Waiting[] = [];
  #open = 0;
  #isGathering = false;
  #impatience: NodeJS.Timeout | undefined;

  constructor(runner: Runner) {
    this.#runner = runner;
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>, about: string | null): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({ command, about, since: performance.now(), resolve: resolve as (value: unknown) => void, reject });
    this.#impatience ??= setTimeout(() => this.#giveUp(), PATIENCE_MS).unref();
    this.#gather();
    return promise;
  }

  /** Whoever asks in this turn of the event loop shares. */
  #gather(): void {
    if (this.#isGathering || this.#open === TRANSACTIONS_MAX || this.#waiting.length === 0) return;
    this.#isGathering = true;
    setImmediate(() => {
      this.#isGathering = false;
      const taken = this.#take();
      if (taken.length > 0) void this.#commit(taken);
    });
  }

  /** No two about the same, in this process; those of other processes wait for each other's rows. */
  #take(): Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    for (const each of this.#waiting) {
      const isFree = taken.length < COMMANDS_MAX && (each.about === null || !this.#busy.has(each.about));
      (isFree ? taken : left).push(each);
      if (isFree && each.about !== null) this.#busy.add(each.about);
    }
    this.#waiting = left;
    return taken;
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    this.#open++;
    this.#gather();
    const outcomes = await this.#outcomesOf(taken);
    this.#open--;
    for (const [index, each] of taken.entries()) this.#settle(each, outcomes[index]!);
    this.#gather();
  }

  async #outcomesOf(taken: readonly Waiting[]): Promise<Outcome[]> {
    try {
      const commands = taken.map(({ command }) => command);
      const done = await this.#runner.once((tx) => runTogether(tx, commands), taken.length);
      return done?.value ?? taken.map(() => ({ kind: 'alone' }));
    } catch (error) {
      return taken.map(() => ({ kind: 'failed', error }));
    }
  }

  /** What is run alone is at work until then: whoever is about the same would wait for its rows, and all its neighbours too. */
  #settle({ command, about, resolve, reject }: Waiting, outcome: Outcome): void {
    if (outcome.kind === 'alone') {
      this.#runner.alone(command).finally(() => this.#free(about)).then(resolve, reject);
      return;
    }
    this.#free(about);
    if (outcome.kind === 'done') resolve(outcome.value);
    else reject(outcome.error);
  }

  #free(about: string | null): void {
    if (about === null) return;
    this.#busy.delete(about);
    this.#gather();
  }

  #giveUp(): void {
    const latest = performance.now() - PATIENCE_MS;
    for (const { since, reject } of this.#waiting) if (since <= latest) reject(new StoreUnavailableError('The database has no time for this; nothing was written'));
    this.#waiting = this.#waiting.filter(({ since }) => since > latest);
    this.#impatience = this.#waiting.length === 0 ? undefined : setTimeout(() => this.#giveUp(), PATIENCE_MS).unref();
  }
}
