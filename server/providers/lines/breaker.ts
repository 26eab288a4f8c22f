/**
 * When a line is taken out of service and when it comes back: a circuit breaker as data, pure.
 *
 *   status   worked          failed            check passed   check failed   operator opens   operator closes
 *   up       up              up, or down       up             down           held             up
 *   down     up if a trial   down              up             down           held             up
 *   held     held            held              held           held           held             up
 *
 * A failure is a time-out, a reset, a 5xx or nonsense; a definite refusal is an answer, and a line that answers works.
 * While a line is down its other payments, sent before, decide nothing: only the trial was sent to find out.
 */
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';

/** Failures one after the other that take a line out of service, however long they take to come. */
export const FAILURES_IN_A_ROW = 5;

/** Or half of the last 20 within a minute. What came before the first failure was well, and is not written down. */
export const WINDOW_OUTCOMES = 20;
export const WINDOW_FAILURES = WINDOW_OUTCOMES / 2;
export const WINDOW_MS = MINUTE_MS;

/** From going down to the first trial, and from one trial to the next. Longer than a provider may take to answer one. */
export const TRIAL_AFTER_MS = 30 * SECOND_MS;

const ERROR_CHARS_MAX = 500;

export const LINE_STATUSES = ['up', 'down', 'held'] as const;

/** `down`: seen failing, tried again now and then. `held`: out of service until the operator puts it back. */
export type LineStatus = (typeof LINE_STATUSES)[number];

/** When, and whether it worked. */
export type Outcome = readonly [at: number, worked: 0 | 1];

export interface LineState {
  readonly status: LineStatus;
  /** Since something went wrong, oldest first; empty while all is well. */
  readonly recent: readonly Outcome[];
  readonly failingSince: number | null;
  /** As the adapter or the operator put it: for the operator, not for the public. */
  readonly lastError: string;
  readonly openedAt: number | null;
  readonly nextTrialAt: number | null;
  /** The reference of the payment that was let through to try the line; empty when there is none. */
  readonly trial: string;
  readonly lastCheckAt: number | null;
}

export const NEVER_SEEN: LineState = {
  status: 'up',
  recent: [],
  failingSince: null,
  lastError: '',
  openedAt: null,
  nextTrialAt: null,
  trial: '',
  lastCheckAt: null,
};

export type LineEvent =
  | { kind: 'worked'; reference: string }
  | { kind: 'failed'; reference: string; reason: string }
  | { kind: 'checkPassed' }
  | { kind: 'checkFailed'; reason: string }
  /** The check itself got no answer: a failure like a payment's. */
  | { kind: 'checkUnanswered'; reason: string }
  | { kind: 'operatorOpens'; reason: string }
  | { kind: 'operatorCloses' };

type Step<Kind extends LineEvent['kind']> = (line: LineState, event: Extract<LineEvent, { kind: Kind }>, now: number) => LineState;
type Steps = { readonly [Kind in LineEvent['kind']]: Step<Kind> };

const STEPS: Readonly<Record<LineStatus, Steps>> = {
  up: {
    worked: (line, _event, now) => (line.recent.length === 0 ? line : withSuccess(line, now)),
    failed: (line, { reason }, now) => withFailure(line, reason, now),
    checkPassed: (line, _event, now) => ({ ...working(line), lastCheckAt: now }),
    checkFailed: (line, { reason }, now) => ({ ...down(line, reason, now), lastCheckAt: now }),
    checkUnanswered: (line, { reason }, now) => ({ ...withFailure(line, reason, now), lastCheckAt: now }),
    operatorOpens: (line, { reason }, now) => held(line, reason, now),
    operatorCloses: (line) => (line.recent.length === 0 ? line : working(line)),
  },
  down: {
    worked: (line, { reference }) => (reference === line.trial ? working(line) : line),
    failed: (line, { reference, reason }, now) => (reference === line.trial ? down(line, reason, now) : line),
    checkPassed: (line, _event, now) => ({ ...working(line), lastCheckAt: now }),
    checkFailed: (line, { reason }, now) => ({ ...down(line, reason, now), lastCheckAt: now }),
    checkUnanswered: (line, _event, now) => ({ ...line, lastCheckAt: now }),
    operatorOpens: (line, { reason }, now) => held(line, reason, now),
    operatorCloses: (line) => working(line),
  },
  held: {
    worked: (line) => line,
    failed: (line) => line,
    checkPassed: (line, _event, now) => ({ ...line, lastCheckAt: now }),
    checkFailed: (line, _event, now) => ({ ...line, lastCheckAt: now }),
    checkUnanswered: (line, _event, now) => ({ ...line, lastCheckAt: now }),
    operatorOpens: (line, { reason }, now) => held(line, reason, now),
    operatorCloses: (line) => working(line),
  },
};

/** The line after an event; the very same object when the event changes nothing. */
export function after<Kind extends LineEvent['kind']>(line: LineState, event: Extract<LineEvent, { kind: Kind }>, now: number): LineState {
  const step = STEPS[line.status][event.kind as Kind] as Step<Kind>;
  return step(line, event, now);
}

/** Whether a success has nothing to tell: it is the common case, and costs no write. */
export function isAllWell({ status, recent }: LineState): boolean {
  return status === 'up' && recent.length === 0;
}

function working(line: LineState): LineState {
  return { ...NEVER_SEEN, lastCheckAt: line.lastCheckAt };
}

/** The first failure's trouble is over once no failure is among the last outcomes, or none is younger than the window. */
function withSuccess(line: LineState, now: number): LineState {
  const recent = appended(line.recent, [now, 1]);
  return failuresIn(recent, now).length === 0 ? working(line) : { ...line, recent };
}

function withFailure(line: LineState, reason: string, now: number): LineState {
  const recent = appended(line.recent, [now, 0]);
  const isOver = failuresInARow(recent) >= FAILURES_IN_A_ROW || failuresIn(recent, now).length >= WINDOW_FAILURES;
  if (!isOver) return { ...line, recent, lastError: short(reason) };
  return down({ ...line, failingSince: recent.find(([, worked]) => worked === 0)![0] }, reason, now);
}

function down(line: LineState, reason: string, now: number): LineState {
  return {
    ...line,
    status: 'down',
    recent: [],
    failingSince: line.failingSince ?? now,
    lastError: short(reason),
    openedAt: line.openedAt ?? now,
    nextTrialAt: now + TRIAL_AFTER_MS,
    trial: '',
  };
}

function held(line: LineState, reason: string, now: number): LineState {
  return { ...down(line, reason, now), status: 'held', nextTrialAt: null };
}

function appended(recent: readonly Outcome[], outcome: Outcome): readonly Outcome[] {
  return [...recent, outcome].slice(-WINDOW_OUTCOMES);
}

function failuresIn(recent: readonly Outcome[], now: number): readonly Outcome[] {
  return recent.filter(([at, worked]) => worked === 0 && at > now - WINDOW_MS);
}

function failuresInARow(recent: readonly Outcome[]): number {
  return recent.length - 1 - recent.findLastIndex(([, worked]) => worked === 1);
}

function short(reason: string): string {
  return reason.slice(0, ERROR_CHARS_MAX);
}
