/** When a line goes down and when it comes back, decided without a database. */
import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { fc } from '../support/properties.ts';
import {
  after,
  isAllWell,
  LINE_STATUSES,
  type LineEvent,
  type LineState,
  NEVER_SEEN,
  TRIAL_AFTER_MS,
  WINDOW_OUTCOMES,
} from '../../../server/providers/lines/breaker.ts';

const START = Date.UTC(2026, 2, 14, 12);
const worked = (reference = 'p') => ({ kind: 'worked', reference }) as const;
const failed = (reference = 'p') => ({ kind: 'failed', reference, reason: 'timed out' }) as const;

/** Applies outcomes (`.` worked, `x` failed) `everyMs` apart; answers the line and the time of the last. */
function live(outcomes: string, everyMs: number, from: LineState = NEVER_SEEN): { line: LineState; now: number } {
  let [line, now] = [from, START];
  for (const outcome of outcomes) {
    line = after(line, outcome === 'x' ? failed() : worked(), now);
    now += everyMs;
  }
  return { line, now: now - everyMs };
}

test.each([
  ['xxxx', 'up'],
  ['xxxxx', 'down'],
  ['xxxx.xxxx', 'up'],
  ['xxxx.xxxxx', 'down'],
  ['....................x', 'up'],
  ['xxxx.xxxx.x.x', 'down'],
  ['xxxx.xxxx.x', 'up'],
  ['x.x.x.x.x.x.x.x.x.', 'up'],
  ['x.x.x.x.x.x.x.x.x.x', 'down'],
  ['x..x..x..x..x..x..x..x..x..x..x..x..x..x..x..x..x..x..x..', 'up'],
])('after %s, a second apart, the line is %s', (outcomes, status) => {
  expect(live(outcomes, SECOND_MS).line.status).toBe(status);
});

test('five failures in a row are five however slowly they come; half of twenty only within a minute', () => {
  expect(live('xxxxx', 60 * MINUTE_MS).line.status).toBe('down');
  expect(live('x.'.repeat(30), 3 * SECOND_MS).line.status).toBe('down');
  expect(live('x.'.repeat(30), 4 * SECOND_MS).line.status).toBe('up');
});

test('a line that is down says since when it fails: since the first failure, not since it was taken out', () => {
  const { line, now } = live('xxxxx', SECOND_MS);
  expect(line).toEqual({
    ...NEVER_SEEN,
    status: 'down',
    failingSince: START,
    lastError: 'timed out',
    openedAt: now,
    nextTrialAt: now + TRIAL_AFTER_MS,
  });
});

test('trouble is forgotten once the last failures are a minute old, or twenty successes back', () => {
  const { line, now } = live('x.', SECOND_MS);
  expect(isAllWell(line)).toBe(false);
  expect(after(line, worked(), now + MINUTE_MS)).toEqual(NEVER_SEEN);
  expect(isAllWell(live(`x${'.'.repeat(WINDOW_OUTCOMES - 1)}`, 1).line)).toBe(false);
  expect(isAllWell(live(`x${'.'.repeat(WINDOW_OUTCOMES)}`, 1).line)).toBe(true);
});

test('only its trial speaks for a line that is down: what was sent before decides nothing', () => {
  const { line, now } = live('xxxxx', SECOND_MS);
  const tried: LineState = { ...line, trial: 'the-trial', nextTrialAt: now + 2 * TRIAL_AFTER_MS };
  for (const event of [worked('earlier'), failed('earlier')]) expect(after(tried, event, now + 1)).toBe(tried);
  expect(after(tried, worked('the-trial'), now + 1)).toEqual(NEVER_SEEN);
  const failedAt = now + TRIAL_AFTER_MS + 9 * SECOND_MS;
  expect(after(tried, failed('the-trial'), failedAt)).toEqual({ ...line, nextTrialAt: failedAt + TRIAL_AFTER_MS });
});

test('a payment that carries no trial never counts as one', () => {
  const { line, now } = live('xxxxx', SECOND_MS);
  expect(after(line, worked('anything'), now)).toBe(line);
});

test('a check closes a line that is up or failing, and is noted', () => {
  const { line, now } = live('xxxxx', SECOND_MS);
  for (const before of [NEVER_SEEN, live('xx', SECOND_MS).line, line]) {
    expect(after(before, { kind: 'checkPassed' }, now)).toEqual({ ...NEVER_SEEN, lastCheckAt: now });
    expect(after(before, { kind: 'checkFailed', reason: 'maintenance' }, now)).toMatchObject({ status: 'down', lastError: 'maintenance', lastCheckAt: now });
  }
});

test('a check without an answer is one failure among others', () => {
  const unanswered = { kind: 'checkUnanswered', reason: 'reset' } as const;
  const once = after(NEVER_SEEN, unanswered, START);
  expect(once).toMatchObject({ status: 'up', lastError: 'reset', lastCheckAt: START });
  expect(after(live('xxxx', SECOND_MS).line, unanswered, START + MINUTE_MS).status).toBe('down');
});

test('what the operator took out of service comes back only by the operator', () => {
  const held = after(NEVER_SEEN, { kind: 'operatorOpens', reason: 'their maintenance' }, START);
  expect(held).toMatchObject({ status: 'held', nextTrialAt: null, failingSince: START, lastError: 'their maintenance' });
  const others: LineEvent[] = [worked(''), failed(''), { kind: 'checkPassed' }, { kind: 'checkFailed', reason: '' }, { kind: 'checkUnanswered', reason: '' }];
  for (const event of others) expect(after(held, event, START + 1).status).toBe('held');
  expect(after(held, { kind: 'operatorCloses' }, START + 1)).toEqual(NEVER_SEEN);
});

test('an adapter’s endless error is kept short', () => {
  expect(after(NEVER_SEEN, { kind: 'failed', reference: 'p', reason: 'x'.repeat(100_000) }, START).lastError).toHaveLength(500);
});

test('whatever happens, a line is in one of three states, remembers at most twenty outcomes and keeps the database’s rules', () => {
  const event: fc.Arbitrary<LineEvent> = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<LineEvent>(worked('a'), worked('b'), failed('a'), failed('b')) },
    fc.constantFrom<LineEvent>(
      { kind: 'checkPassed' },
      { kind: 'checkFailed', reason: 'r' },
      { kind: 'checkUnanswered', reason: 'r' },
      { kind: 'operatorOpens', reason: 'r' },
      { kind: 'operatorCloses' },
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(MINUTE_MS)), { maxLength: 80 }), (events) => {
      let [line, now] = [NEVER_SEEN, START];
      for (const [each, waited] of events) {
        now += waited;
        const next = after(line, each, now);
        if (line.status === 'held' && next.status !== 'held') expect(each.kind).toBe('operatorCloses');
        line = next;
        expect(LINE_STATUSES).toContain(line.status);
        expect(line.recent.length).toBeLessThanOrEqual(WINDOW_OUTCOMES);
        const isUp = line.status === 'up';
        expect([line.openedAt === null, line.failingSince === null, line.nextTrialAt !== null]).toEqual([isUp, isUp, line.status === 'down']);
        if (isUp) expect(line.trial).toBe('');
      }
    }),
  );
});
