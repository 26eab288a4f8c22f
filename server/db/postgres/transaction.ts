import type pg from 'pg';
import { type Params, type Statement, statement, type Transaction, type Value } from '../store.ts';
import { type Translated, translate, valuesOf } from './dialect.ts';
import { type Failure, failureOf } from './failures.ts';
import { sendTogether } from './packets.ts';

/** A key of 64 bits made of the name: two names that share one only wait for each other. */
const advisoryLock = statement('SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))');

/** What one command sees; it stops working when the command has ended. */
export class PostgresTransaction implements Transaction {
  readonly database: object;
  readonly #client: pg.PoolClient;
  readonly #effects: (() => void)[] = [];
  #failure: { kind: Failure; error: unknown } | null = null;
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
    this.#query(statement, params).catch(() => undefined);
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

  end(): (() => void)[] {
    this.#open = false;
    return this.#effects;
  }

  #query(statement: Statement, params: Params): Promise<pg.QueryResult> {
    this.#assertOpen();
    const translated = translate(statement);
    return this.#ask(translated, valuesOf(translated, params));
  }

  async #ask(translated: Translated, values: Value[]): Promise<pg.QueryResult> {
    sendTogether(this.#client);
    try {
      return await this.#client.query({ name: translated.name, text: translated.text, values });
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
