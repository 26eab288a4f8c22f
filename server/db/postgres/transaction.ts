import type pg from 'pg';
import { type Params, type Statement, statement, type Transaction, type Value } from '../store.ts';
import { type Translated, translate, valuesOf } from './dialect.ts';
import { type Failure, failureOf } from './failures.ts';
import { type Answer, type Many, manyOf } from './many.ts';
import { sendTogether } from './packets.ts';

/** A key of 64 bits made of the name: two names that share one only wait for each other. */
const advisoryLock = statement('SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))');

/** For answers that nobody reads: read all the same, they could be found wrong when the commit has been sent. */
const unread: pg.CustomTypesConfig = { getTypeParser: () => (() => null) as never };

/** What PostgreSQL took a prepared statement's parameters for. */
const parameterTypes = statement<{ types: string[] }>('SELECT CAST(parameter_types AS TEXT[]) AS types FROM pg_prepared_statements WHERE name = :name');

/** Statements as they are asked for several; null where that cannot be. Known once one was asked for one. */
const manyForms = new WeakMap<Translated, Many | null>();

/** What one command sees; it stops working when the command has ended. */
export class PostgresTransaction implements Transaction {
  readonly database: object;
  readonly #client: pg.PoolClient;
  readonly #effects: (() => void)[] = [];
  #failure: { kind: Failure; error: unknown } | null = null;
  #lastAnswer: Promise<unknown> = Promise.resolve();
  #open = true;

  constructor(database: object, client: pg.PoolClient) {
    this.database = database;
    this.#client = client;
  }

  async all<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row[]> {
    return (await this.#query(statement, params)).rows as Row[];
  }

  async get<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row | undefined> {
    return (await this.#query(statement, params)).rows[0] as Row | undefined;
  }

  async run(statement: Statement, params: Params = {}): Promise<number> {
    return (await this.#query(statement, params)).rowCount ?? 0;
  }

  later(statement: Statement, params: Params = {}): void {
    // It is known by `failure`, and at COMMIT, which follows it.
    this.#send(statement, params, unread).catch(() => undefined);
  }

  /** Asks the same for several at once; each has its own answer, which means nothing where nobody needs it. */
  async askMany(translated: Translated, askings: readonly Value[][], { isNeeded }: { isNeeded: boolean }): Promise<Answer[]> {
    this.#assertOpen();
    const many = askings.length === 1 ? null : manyForms.get(translated);
    const send = (query: pg.QueryConfig) => (isNeeded ? this.#remember(this.#ask(query)) : this.#ask({ ...query, types: unread }));
    if (many && (many.answersOf !== null || !isNeeded)) {
      const { name, text } = many;
      const result = await send({ name, text, values: translated.parameters.map((_, index) => askings.map((each) => each[index]!)), rowMode: 'array' } as pg.QueryConfig);
      return isNeeded ? many.answersOf!(result as unknown as pg.QueryArrayResult<Value[]>, askings) : askings.map(() => ({ rows: [], rowCount: 0 }));
    }
    const { name, text } = translated;
    const each = askings.map((values) => send({ name, text, values }));
    if (many === undefined) this.#learnTypes(translated);
    return (await Promise.all(each)).map(({ rows, rowCount }) => ({ rows, rowCount: rowCount ?? 0 }));
  }

  /** Whatever it fails with fails the command too. */
  #learnTypes(translated: Translated): void {
    const learnt = this.get(parameterTypes, { name: translated.name }).then((row) => manyForms.set(translated, manyOf(translated, row!.types)));
    learnt.catch(() => undefined);
  }

  async lock(name: string): Promise<void> {
    await this.#query(advisoryLock, { name });
  }

  afterCommit(effect: () => void): void {
    this.#assertOpen();
    this.#effects.push(effect);
  }

  /** The first statement that failed, whatever the command made of it: nothing of the transaction stands after that. */
  get failure(): { kind: Failure; error: unknown } | null {
    return this.#failure;
  }

  /** Resolves when no answer is under way that may still be found wrong: that of `later` cannot be, it fails only together with the commit. */
  async answered(): Promise<void> {
    for (let last; last !== this.#lastAnswer; ) {
      last = this.#lastAnswer;
      await last.catch(() => undefined);
    }
  }

  end(): (() => void)[] {
    this.#open = false;
    return this.#effects;
  }

  #query(statement: Statement, params: Params): Promise<pg.QueryResult> {
    return this.#remember(this.#send(statement, params));
  }

  #remember(answer: Promise<pg.QueryResult>): Promise<pg.QueryResult> {
    this.#lastAnswer = answer;
    return answer;
  }

  /** Throws at once where the command itself is mistaken. */
  #send(statement: Statement, params: Params, types?: pg.CustomTypesConfig): Promise<pg.QueryResult> {
    this.#assertOpen();
    const translated = translate(statement);
    const { name, text } = translated;
    return this.#ask({ name, text, values: valuesOf(translated, params), ...(types && { types }) });
  }

  async #ask(query: pg.QueryConfig): Promise<pg.QueryResult> {
    sendTogether(this.#client);
    try {
      return await this.#client.query(query);
    } catch (error) {
      // Those after it fail because it did.
      this.#failure ??= { kind: failureOf(error), error };
      throw this.#failure.error;
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('A transaction was used after its command had ended');
  }
}
