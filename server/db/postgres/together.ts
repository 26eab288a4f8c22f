/**
 * Several commands in one transaction: they run side by side, and what they ask in the same moment is asked at once; where
 * it is the same statement, in one (see many.ts). They are of those that share (`Store.write`): what one of them reads or
 * changes no other does, so it is all the same in which order their statements come. Where that turns out otherwise, all
 * is undone, and each is run alone: two that lock the same name, one that fails after it wrote, a lock that somebody else
 * holds, any statement that fails.
 */
import { type Awaitable, type Params, type Statement, statement, type Transaction, type Value } from '../store.ts';
import { type Translated, translate, valuesOf } from './dialect.ts';
import { type Answer, isReading } from './many.ts';
import type { PostgresTransaction } from './transaction.ts';

export type Command = (tx: Transaction) => Awaitable<unknown>;

/** What became of a command, once all is committed. `alone`: nothing, it has to be run by itself. */
export type Outcome = { kind: 'done'; value: unknown } | { kind: 'failed'; error: unknown } | { kind: 'alone' };

/** Nobody here waits long for somebody else's row: neighbours wait too. Alone a command has more patience. */
const patience = statement(`SELECT set_config('lock_timeout', '200ms', true)`);

/** The same key as that of `lock` in a transaction of its own, which is waited for. */
const tryLock = statement<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0)) AS taken');

/** All that was written is to be undone: what one command did cannot be taken back apart from the others. */
export class NotTogetherError extends Error {
  override name = 'NotTogetherError';
}

/** @throws NotTogetherError, or what a statement failed with: then nothing may be committed */
export async function runTogether(tx: PostgresTransaction, commands: readonly Command[]): Promise<Outcome[]> {
  tx.later(patience);
  const group = new Group(tx, commands.length);
  const outcomes = await Promise.race([Promise.all(commands.map((command) => group.run(command))), group.stuck]);
  // What nobody waits for may not be on its way yet.
  group.send();
  if (tx.failure !== null) throw tx.failure.error;
  return outcomes;
}

interface Asked {
  member: Member;
  statement: Translated;
  values: Value[];
  isNeeded: boolean;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

class Group {
  readonly #tx: PostgresTransaction;
  readonly #names = new Set<string>();
  readonly #stuck = Promise.withResolvers<never>();
  #asked: Asked[] = [];
  #unanswered = 0;
  #running: number;

  constructor(tx: PostgresTransaction, commands: number) {
    this.#tx = tx;
    this.#running = commands;
    this.#stuck.promise.catch(() => undefined);
  }

  /**
   * Rejects when nothing can stand: a statement failed, or one of several askings cannot be told its answer, whatever its
   * command makes of that; or a command waits for anything but its own statements: its neighbours do not wait for it.
   */
  get stuck(): Promise<never> {
    return this.#stuck.promise;
  }

  get database(): object {
    return this.#tx.database;
  }

  async run(command: Command): Promise<Outcome> {
    const member = new Member(this);
    const outcome = await outcomeOf(command, member);
    this.#running--;
    this.#watch();
    if (outcome.kind === 'done') for (const effect of member.end()) this.#tx.afterCommit(effect);
    else if (member.wrote) this.#stuck.reject(new NotTogetherError('A command that had written cannot be undone alone', { cause: outcome }));
    return outcome;
  }

  /** False where another command here has it. */
  claim(name: string): boolean {
    const isFree = !this.#names.has(name);
    this.#names.add(name);
    return isFree;
  }

  ask(asked: Pick<Asked, 'member' | 'statement' | 'values' | 'isNeeded'>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#asked.push({ ...asked, resolve, reject });
    // After the promises that are settled in this turn: others continue there, with the same statement.
    if (this.#asked.length === 1) process.nextTick(() => this.send());
    return promise;
  }

  send(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const same of inTurns(asked)) void this.#sendOne(same);
  }

  async #sendOne(same: readonly Asked[]): Promise<void> {
    this.#unanswered++;
    try {
      const isNeeded = same.some((each) => each.isNeeded);
      const answers = await this.#tx.askMany(same[0]!.statement, same.map(({ values }) => values), { isNeeded });
      for (const [index, { resolve }] of same.entries()) resolve(answers[index]!);
    } catch (error) {
      this.#stuck.reject(error);
      for (const { reject } of same) reject(error);
    }
    this.#unanswered--;
    this.#watch();
  }

  /** Once everybody has had a turn to go on. */
  #watch(): void {
    if (this.#unanswered > 0 || this.#running === 0) return;
    setImmediate(() => {
      if (this.#unanswered > 0 || this.#asked.length > 0 || this.#running === 0) return;
      this.#stuck.reject(new NotTogetherError('A database command waited for something other than its own statements'));
    });
  }
}

/** Same statements together, and each command's own in the order in which it asked. */
function inTurns(asked: readonly Asked[]): Asked[][] {
  const turns: Asked[][] = [];
  const lastTurns = new Map<Member, number>();
  for (const each of asked) {
    const after = lastTurns.get(each.member) ?? -1;
    let turn = turns.findIndex(([first], index) => index > after && first!.statement === each.statement);
    if (turn === -1) turn = turns.push([]) - 1;
    turns[turn]!.push(each);
    lastTurns.set(each.member, turn);
  }
  return turns;
}

async function outcomeOf(command: Command, member: Member): Promise<Outcome> {
  try {
    const value = await command(member);
    return member.isInTheWay ? { kind: 'alone' } : { kind: 'done', value };
  } catch (error) {
    return member.isInTheWay ? { kind: 'alone' } : { kind: 'failed', error };
  } finally {
    member.end();
  }
}

/** What one command among others sees. */
class Member implements Transaction {
  readonly database: object;
  readonly #group: Group;
  readonly #effects: (() => void)[] = [];
  #wrote = false;
  #isInTheWay = false;
  #open = true;

  constructor(group: Group) {
    this.database = group.database;
    this.#group = group;
  }

  /** Whether it asked for anything that may change something. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Whether it asked for a name that somebody has, whatever it made of that. */
  get isInTheWay(): boolean {
    return this.#isInTheWay;
  }

  async all<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row[]> {
    return (await this.#ask(statement, params)).rows as Row[];
  }

  async get<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row | undefined> {
    return (await this.#ask(statement, params)).rows[0] as Row | undefined;
  }

  async run(statement: Statement, params: Params = {}): Promise<number> {
    return (await this.#ask(statement, params)).rowCount;
  }

  later(statement: Statement, params: Params = {}): void {
    this.#ask(statement, params, { isNeeded: false }).catch(() => undefined);
  }

  async lock(name: string): Promise<void> {
    const isFree = this.#group.claim(name);
    if (isFree && (await this.get(tryLock, { name }))!.taken) return;
    this.#isInTheWay = true;
    throw new NotTogetherError(`Somebody else has ${name}`);
  }

  afterCommit(effect: () => void): void {
    this.#assertOpen();
    this.#effects.push(effect);
  }

  end(): (() => void)[] {
    this.#open = false;
    return this.#effects;
  }

  /** Throws at once where the command itself is mistaken: that is nothing to its neighbours. */
  #ask(shared: Statement, params: Params, { isNeeded = true } = {}): Promise<Answer> {
    this.#assertOpen();
    const translated = translate(shared);
    const values = valuesOf(translated, params);
    this.#wrote ||= !isReading(translated);
    return this.#group.ask({ member: this, statement: translated, values, isNeeded });
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('A transaction was used after its command had ended');
  }
}
