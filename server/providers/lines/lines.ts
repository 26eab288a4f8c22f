/**
 * The lines and what is known of them, in the database, so that every server process sees the same and a restart
 * forgets nothing. A payment asks to be let onto its line in the commit that makes it, and reports in the commit that
 * records its provider's answer: two reads by primary key while all is well, and not one write.
 *
 * Sandbox numbers do not count. Their failures are made on purpose, and one person who tries the number whose
 * answer is lost must not close the sandbox for everybody; an operator can, to see what a line that is down looks like.
 */
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import type { Mode } from '../../core/mode.ts';
import type { Currency } from '../../core/money.ts';
import { type NetworkId, networkName } from '../../core/number-plans.ts';
import { statement, type Store, type Transaction } from '../../db/store.ts';
import type { Submission } from '../provider.ts';
import { isSandboxNumber } from '../sandbox/numbers.ts';
import { after, isAllWell, type LineEvent, type LineState, NEVER_SEEN, type Outcome, TRIAL_AFTER_MS } from './breaker.ts';

/** What a line is: the adapter that carries a payment (`sandbox` for every test payment), and the network it reaches. */
export type Line = {
  provider: string;
  network: NetworkId;
  currency: Currency;
};

/** A payment, payout or withdrawal, as far as its line needs to know it. */
export interface Traffic {
  reference: string;
  mode: Mode;
  provider: string;
  network: NetworkId | '';
  currency: Currency;
  phone: string;
}

export interface Log {
  warn(details: object, message: string): void;
}

/** When to come again to a line that its operator holds: nobody knows. */
const HELD_RETRY_AFTER = 300;

type Row = Line & Omit<LineState, 'recent'> & { recent: string };

const COLUMNS = `
  provider, network, currency, status, recent, failing_since AS "failingSince", last_error AS "lastError", opened_at AS "openedAt",
  next_trial_at AS "nextTrialAt", trial, last_check_at AS "lastCheckAt"`;

const KEY = 'provider = :provider AND network = :network AND currency = :currency';

const find = statement<Row>(`SELECT ${COLUMNS} FROM provider_lines WHERE ${KEY}`);

const findAll = statement<Row>(`SELECT ${COLUMNS} FROM provider_lines`);

const save = statement(`
  INSERT INTO provider_lines (provider, network, currency, status, recent, failing_since, last_error, opened_at, next_trial_at, trial, last_check_at)
  VALUES (:provider, :network, :currency, :status, :recent, :failingSince, :lastError, :openedAt, :nextTrialAt, :trial, :lastCheckAt)
  ON CONFLICT (provider, network, currency) DO UPDATE SET status = excluded.status, recent = excluded.recent,
    failing_since = excluded.failing_since, last_error = excluded.last_error, opened_at = excluded.opened_at,
    next_trial_at = excluded.next_trial_at, trial = excluded.trial, last_check_at = excluded.last_check_at`);

/** One payment gets it, whoever else asks at the same moment; when it dies with its server the next may try. */
const takeTrial = statement(`
  UPDATE provider_lines SET trial = :reference, next_trial_at = :nextTrialAt
  WHERE ${KEY} AND status = 'down' AND next_trial_at <= :now`);

export class ProviderLines {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log | undefined;

  constructor({ store, clock, log }: { store: Store; clock: Clock; log?: Log }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Lets a payment onto its line, in the commit that is to make it. Throws PROVIDER_LINE_DOWN where the line is out of
   * service, and so that nothing of the payment is written; unless its time has come to be tried, and this is the one.
   */
  async admitIn(tx: Transaction, traffic: Traffic): Promise<void> {
    const line = lineOf(traffic);
    if (line === null) return;
    const found = await tx.get(find, line);
    if (found === undefined || found.status === 'up') return;
    const now = this.#clock.now();
    // Where its time has not come nothing is asked that may write: what shares this commit could not go on without it.
    const isDue = found.nextTrialAt !== null && found.nextTrialAt <= now;
    if (found.status === 'down' && isDue && counts(traffic)) {
      const { reference } = traffic;
      if ((await tx.run(takeTrial, { ...line, reference, nextTrialAt: now + TRIAL_AFTER_MS, now })) === 1) return;
    }
    throw new ApiError('PROVIDER_LINE_DOWN', `${networkName(line.network, line.currency)} cannot be reached at the moment; try again later, or a number of another network`, {
      retryAfter: retryAfter(found, now),
    });
  }

  /** What became of sending it, in the commit that records that. Call it before anything that locks a wallet. */
  async recordIn(tx: Transaction, traffic: Traffic, submission: Submission): Promise<void> {
    const line = lineOf(traffic);
    const event = eventOf(traffic.reference, submission);
    if (line === null || event === null || !counts(traffic)) return;
    if (event.kind === 'worked' && isAllWell(stateOf(await tx.get(find, line)))) return;
    await this.applyIn(tx, line, event);
  }

  /** Moves a line by one event and answers how it stands then. */
  async applyIn(tx: Transaction, line: Line, event: LineEvent): Promise<LineState> {
    const { provider, network, currency } = line;
    await tx.lock(`line:${provider}:${network}:${currency}`);
    const before = stateOf(await tx.get(find, { provider, network, currency }));
    const state = after(before, event, this.#clock.now());
    if (state === before) return state;
    await tx.run(save, { provider, network, currency, ...state, recent: JSON.stringify(state.recent) });
    if (state.status !== before.status) {
      const { lastError } = state;
      tx.afterCommit(() => this.#log?.warn({ provider, network, currency, lastError }, `the line was ${before.status} and is ${state.status}${state.status === 'down' ? ': a payment tries it every 30 s, and malipo line close puts it back at once' : ''}`));
    }
    return state;
  }

  apply(line: Line, event: LineEvent): Promise<LineState> {
    return this.#store.write((tx) => this.applyIn(tx, line, event));
  }

  /** Every line that something was once known against. */
  async seen(): Promise<(Line & { isUp: boolean })[]> {
    const rows = await this.#store.read.all(findAll);
    return rows.map(({ provider, network, currency, status }) => ({ provider, network, currency, isUp: status === 'up' }));
  }

  /** How every line stands. */
  async states(): Promise<LineStates> {
    return new LineStates(await this.#store.read.all(findAll));
  }
}

/** How the lines stood at one moment. */
export class LineStates {
  readonly #states: ReadonlyMap<string, LineState>;

  constructor(rows: Row[]) {
    this.#states = new Map(rows.map((row) => [keyOf(row), stateOf(row)]));
  }

  of(line: Line): LineState {
    return this.#states.get(keyOf(line)) ?? NEVER_SEEN;
  }

  isUp(line: Line): boolean {
    return this.of(line).status === 'up';
  }
}

/** Cards have no line, nor has a number whose network nobody knows. */
function lineOf({ mode, provider, network, currency }: Traffic): Line | null {
  return network === '' ? null : { provider: mode === 'test' ? 'sandbox' : provider, network, currency };
}

function counts({ phone }: Traffic): boolean {
  return !isSandboxNumber(phone);
}

/** Null where the provider was not asked at all, or is only busy. A definite refusal is an answer: the line works, unless that is what it denies. */
function eventOf(reference: string, submission: Submission): LineEvent | null {
  switch (submission.kind) {
    case 'accepted':
      return { kind: 'worked', reference };
    case 'refused':
      if (submission.lineDown) return { kind: 'failed', reference, reason: submission.reason };
      return submission.unsent ? null : { kind: 'worked', reference };
    case 'unknown':
      return submission.busy ? null : { kind: 'failed', reference, reason: submission.reason };
    default:
      return submission satisfies never;
  }
}

function stateOf(row: Row | undefined): LineState {
  return row === undefined ? NEVER_SEEN : { ...row, recent: JSON.parse(row.recent) as Outcome[] };
}

function keyOf({ provider, network, currency }: Line): string {
  return `${provider}:${network}:${currency}`;
}

function retryAfter({ nextTrialAt }: Pick<LineState, 'nextTrialAt'>, now: number): number {
  return nextTrialAt === null ? HELD_RETRY_AFTER : Math.max(1, Math.ceil((nextTrialAt - now) / SECOND_MS));
}
