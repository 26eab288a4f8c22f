/**
 * What every adapter promises, whatever its provider: over real HTTP, against a provider that does as its documents say
 * and then does not. Money is credited on the provider's own readable word alone; what is not certain is `unknown`.
 */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../../server/core/clock.ts';
import type { ProviderStatus, Submission } from '../../../../server/providers/provider.ts';
import { NOT_AVAILABLE } from '../../../../server/providers/reading.ts';
import { type Fault, GARBLINGS } from '../../../simulators/faults.ts';
import { AMOUNT, AMOUNT_MINOR, type Bench, benchOf, REFERENCE } from './bench-of.ts';
import { CONTESTANTS } from './contestants.ts';
import { inTime } from './in-time.ts';

/** Of these nobody can tell from outside whether the request was taken. */
const DOUBTS: readonly [string, Fault][] = [
  ['never answers', { kind: 'hangs' }],
  ['resets the connection', { kind: 'resets' }],
  ['answers with a proxy’s 502', { kind: 'breaks', status: 502 }],
  ['answers with a 500', { kind: 'breaks', status: 500 }],
  ['answers with a page that says 302', { kind: 'breaks', status: 302 }],
  ...[400, 401, 403, 404, 422, 429].map((status): [string, Fault] => [`is behind something that forbids it with ${status} and a page`, { kind: 'breaks', status }]),
  ['takes it and never answers', { kind: 'does_and_hangs' }],
  ['takes it and resets the connection', { kind: 'does_and_resets' }],
  ['takes it, and what was to answer breaks', { kind: 'does_and_breaks', status: 500 }],
  ['takes it and answers too late', { kind: 'is_late', ms: 60_000 }],
  ...GARBLINGS.map((how): [string, Fault] => [`takes it and answers ${how}`, { kind: 'garbles', how }]),
];

/** A request that was acknowledged under a readable id was taken, whatever its status is called. */
const UNACKNOWLEDGED = DOUBTS.filter(([, fault]) => fault.kind !== 'garbles' || fault.how !== 'unknown_status');

/** As Node's server hands them over. */
function inLowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

describe.each(CONTESTANTS)('$slug', (contestant) => {
  const bench = (env?: Record<string, string>) => benchOf(contestant, env);
  const { currency, paths } = contestant;

  async function collected(at: Bench) {
    const submission = await at.adapter.collect(at.collectRequest());
    if (submission.kind !== 'accepted') throw new Error(JSON.stringify(submission));
    const movement = at.simulator.books.movements.find(({ direction }) => direction === 'collect')!;
    return { submission, movement, status: (change = {}) => at.adapter.status(at.asked({ providerRef: submission.providerRef, ...change })) };
  }

  test('collects once, with our amount and the customer’s number, and says so when asked', async () => {
    const at = await bench();
    const { submission, movement, status } = await collected(at);
    expect(at.simulator.books.movements).toHaveLength(1);
    expect(movement).toMatchObject({ amount: AMOUNT, currency, direction: 'collect' });
    expect(movement.msisdn.replace(/^\+/, '')).toBe(contestant.phone);
    expect(submission.providerRef).not.toBe('');
    expect(await status()).toMatchObject({ kind: 'pending' });
  });

  test('a payment that the customer approved is completed, with amount, currency and time as the provider has them', async () => {
    const at = await bench();
    const { submission, movement, status } = await collected(at);
    at.clock.advance(61_000);
    at.simulator.books.approve(movement);
    const found = (await status()) as ProviderStatus & { kind: 'completed' };
    expect(found).toMatchObject({ kind: 'completed', providerRef: submission.providerRef, amountMinor: AMOUNT_MINOR, currency });
    expect(Math.abs(found.at - at.clock.now())).toBeLessThan(1_000);
  });

  test('what is at the telephone company is no success', async () => {
    const at = await bench();
    const { movement, status } = await collected(at);
    at.simulator.books.passOn(movement);
    expect(await status()).toMatchObject({ kind: 'pending' });
  });

  test('a payment that the customer declined failed, with a reason', async () => {
    const at = await bench();
    const { movement, status } = await collected(at);
    at.simulator.books.decline(movement, 'Declined by the customer');
    const found = await status();
    expect(found).toMatchObject({ kind: 'failed', code: contestant.saysWhy ? 'declined' : 'failed' });
    expect((found as { reason: string }).reason).not.toBe('');
  });

  test('another amount than was agreed is passed on as the provider tells it', async () => {
    const at = await bench();
    const { movement, status } = await collected(at);
    movement.reported = { ...movement.reported, amount: 1_000 };
    at.simulator.books.approve(movement);
    expect(await status()).toMatchObject({ kind: 'completed', amountMinor: 100_000, currency });
  });

  test.runIf(contestant.findsByReference)('a lost answer is found by our reference', async () => {
    const at = await bench();
    const { submission, movement, status } = await collected(at);
    at.simulator.books.approve(movement);
    const providerRef = contestant.namesWhatItFinds ? submission.providerRef : '';
    expect(await status({ providerRef: '' })).toMatchObject({ kind: 'completed', providerRef, amountMinor: AMOUNT_MINOR, currency });
  });

  test('a reference that the provider never had is not found, or at most unknown', async () => {
    const at = await bench();
    const found = await at.adapter.status(at.asked());
    expect(found.kind).toBe(contestant.findsByReference ? 'not_found' : 'unknown');
  });

  test.runIf(paths.disburse)('pays out once, and says what became of it', async () => {
    const at = await bench();
    const submission = await at.adapter.disburse(at.disburseRequest());
    expect(submission.kind).toBe('accepted');
    const [movement] = at.movements(REFERENCE).length > 0 ? at.movements(REFERENCE) : at.simulator.books.movements;
    expect(movement).toMatchObject({ amount: AMOUNT, currency, direction: 'disburse' });
    const { providerRef } = submission as { providerRef: string };
    const asked = at.asked({ direction: 'disburse', providerRef });
    expect(await at.adapter.status(asked)).toMatchObject({ kind: 'pending' });
    at.simulator.books.approve(movement!);
    expect(await at.adapter.status(asked)).toMatchObject({ kind: 'completed', amountMinor: AMOUNT_MINOR, currency });
    if (contestant.findsByReference) expect(await at.adapter.status({ ...asked, providerRef: '' })).toMatchObject({ kind: 'completed', providerRef: contestant.namesWhatItFinds ? providerRef : '' });
    expect(at.simulator.books.movements).toHaveLength(1);
  });

  test.each(UNACKNOWLEDGED)('a provider that %s is asked for money once, and leaves it unknown', async (_does, fault) => {
    const at = await bench();
    at.line.next(paths.collect, fault, Infinity);
    const submission = await inTime(at, at.adapter.collect(at.collectRequest()));
    expect(submission, JSON.stringify(submission)).toMatchObject({ kind: 'unknown' });
    expect(at.line.requests.filter(({ path, method }) => method === 'POST' && paths.collect.test(path))).toHaveLength(1);
    expect(at.simulator.books.movements.length).toBeLessThanOrEqual(1);
  });

  test('a connection that was used before and breaks is no reason to send a payment again', async () => {
    const at = await bench();
    await at.adapter.status(at.asked({ providerRef: '1000' }));
    at.line.next(paths.collect, { kind: 'does_and_resets' });
    expect((await at.adapter.collect(at.collectRequest())).kind).toBe('unknown');
    expect(at.simulator.books.movements).toHaveLength(1);
  });

  test.each(['', 'x'])('a long text is cut between characters, also after "%s"', async (before) => {
    const at = await bench();
    const submission = await at.adapter.collect(at.collectRequest({ description: before + '🧺'.repeat(249), customerName: before + '🧺'.repeat(120) }));
    expect(submission.kind).toBe('accepted');
    expect(at.line.requests.every(({ body }) => !/\\ud[89a-f]|%EF%BF%BD|\ufffd/i.test(body))).toBe(true);
  });

  test.runIf(paths.disburse).each(UNACKNOWLEDGED)('a provider that %s is sent a payout once, and leaves it unknown', async (_does, fault) => {
    const at = await bench();
    at.line.next(paths.disburse!, fault, Infinity);
    const submission = await inTime(at, at.adapter.disburse(at.disburseRequest()));
    expect(submission, JSON.stringify(submission)).toMatchObject({ kind: 'unknown' });
    expect(at.line.requests.filter(({ path, method }) => method === 'POST' && paths.disburse!.test(path))).toHaveLength(1);
  });

  test('a request that something on the way sends a second time is no refusal: the first was taken', async () => {
    const at = await bench();
    at.line.next(paths.collect, { kind: 'arrives_twice' });
    expect((await at.adapter.collect(at.collectRequest())).kind).not.toBe('refused');
    if (paths.disburse === undefined) return;
    at.line.next(paths.disburse, { kind: 'arrives_twice' });
    expect((await at.adapter.disburse(at.disburseRequest({ reference: `${REFERENCE}2` }))).kind).not.toBe('refused');
  });

  test.runIf(contestant.refusals).each(contestant.refusals?.map((answer): [string, Fault] => [JSON.stringify(answer.json), { kind: 'does_and_refuses', answer }]) ?? [])(
    'a no to a second copy of what it took is none, and where nobody can look nobody knows: %s',
    async (_words, fault) => {
      const at = await bench();
      const copied: [RegExp, string, (reference: string) => Promise<Submission>][] = [
        [paths.collect, 'c', (reference) => at.adapter.collect(at.collectRequest({ reference }))],
        [paths.disburse!, 'd', (reference) => at.adapter.disburse(at.disburseRequest({ reference }))],
      ];
      for (const [path, end, send] of copied) {
        at.line.next(path, fault);
        expect((await send(REFERENCE + end)).kind).toBe('accepted');
        at.line.plan = ({ path: asked, method }) => (method === 'POST' && path.test(asked) ? fault : { kind: 'breaks', status: 502 });
        expect((await send(`${REFERENCE}${end}2`)).kind).toBe('unknown');
      }
    },
  );

  test.runIf(contestant.namesRefused).each(contestant.namesRefused ?? [])('what it refuses to %s and has in its books is refused under its own name there, by which it is asked about', async (call) => {
    const at = await bench();
    const send: Record<typeof call, () => Promise<Submission>> = {
      collect: () => at.adapter.collect(at.collectRequest()),
      disburse: () => at.adapter.disburse(at.disburseRequest()),
      refund: async () => {
        const { submission, movement } = await collected(at);
        at.simulator.books.approve(movement);
        at.simulator.books.temper = () => 'fails';
        return at.adapter.refund!(at.refundRequest(submission.providerRef));
      },
    };
    if (call !== 'refund') at.simulator.books.temper = () => 'fails';
    const submission = (await send[call]()) as Submission & { kind: 'refused' };
    expect(submission).toMatchObject({ kind: 'refused', providerRef: expect.stringMatching(/./) as string });
    const { providerRef } = submission as { providerRef: string };
    if (call !== 'refund') expect(at.simulator.books.byId(providerRef)).toMatchObject({ direction: call, status: 'failed' });
    expect((await at.adapter.status(at.asked({ direction: call, providerRef, reference: call === 'refund' ? `${REFERENCE}r` : REFERENCE }))).kind).toBe(call === 'refund' ? 'reversed' : 'failed');
  });

  test.each(DOUBTS)('of a payment whose provider %s when asked nothing is known', async (_does, fault) => {
    const at = await bench();
    const { movement, status } = await collected(at);
    at.simulator.books.approve(movement);
    at.line.next(paths.status, fault, Infinity);
    expect(await inTime(at, status())).toMatchObject({ kind: 'unknown' });
  });

  test('wrong credentials refuse the payment; the operator hears what to mend, the buyer does not', async () => {
    const at = await bench(contestant.wrongCredentials);
    const submission = await at.adapter.collect(at.collectRequest());
    expect(submission).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
    expect(at.simulator.books.movements).toHaveLength(0);
    expect(at.log.join('\n')).toContain(Object.keys(contestant.wrongCredentials)[0]);
    expect(await at.adapter.status(at.asked())).toMatchObject({ kind: 'unknown' });
  });

  test('and hears it once, however often they are refused, and again after an hour', async () => {
    const at = await bench(contestant.wrongCredentials);
    const heard = () => at.log.filter((line) => line.includes(Object.keys(contestant.wrongCredentials)[0]!)).length;
    for (const times of [1, 2]) {
      for (let minute = 0; minute < 59; minute++) {
        expect(await at.adapter.status(at.asked({ providerRef: 'theirs' }))).toMatchObject({ kind: 'unknown' });
        at.clock.advance(MINUTE_MS);
      }
      expect(heard()).toBe(times);
      at.clock.advance(MINUTE_MS);
    }
  });

  test('its callbacks name the payment to ask about', async () => {
    const at = await bench();
    const { movement } = await collected(at);
    at.simulator.books.approve(movement);
    expect(at.callbacks.length).toBeGreaterThan(0);
    for (const { body, headers } of at.callbacks) {
      expect(at.adapter.readCallback(inLowerCase(headers), body)).not.toBeNull();
    }
  });

  test.runIf(contestant.unchecked !== undefined)('a callback that is not its own is none', async () => {
    const at = await bench();
    const { movement } = await collected(at);
    at.simulator.books.approve(movement);
    for (const callback of at.callbacks.map(contestant.forge)) {
      expect(at.adapter.readCallback(inLowerCase(callback.headers), callback.body)).toBeNull();
    }
    expect(at.adapter.readCallback({}, at.callbacks[0]!.body)).toBeNull();
  });

  test.runIf(contestant.unchecked !== undefined)('without what its callbacks are checked by none is taken, and the operator hears at the start what is missing', async () => {
    const at = await bench(contestant.unchecked);
    for (const variable of Object.keys(contestant.unchecked!)) expect(at.log.join('\n')).toContain(variable);
    const { movement } = await collected(at);
    at.simulator.books.approve(movement);
    for (const { body, headers } of at.callbacks) {
      expect(at.adapter.readCallback(inLowerCase(headers), body)).toBeNull();
    }
  });

  test('whatever happens, the log shows no secret and no phone number', async () => {
    const at = await bench();
    for (const [, fault] of DOUBTS.filter(([, { kind }]) => !/hangs|late/.test(kind))) {
      at.line.next(paths.collect, fault, Infinity);
      await at.adapter.collect(at.collectRequest());
      at.line.next(paths.status, fault, Infinity);
      await at.adapter.status(at.asked());
      // What waits its turn to be read waits for time.
      at.clock.advance(2_000);
    }
    expect(at.log.length).toBeGreaterThan(0);
    const numbers = contestant.phone === '' ? [] : [contestant.phone, contestant.phone.slice(3)];
    for (const secret of [...contestant.secrets, ...numbers, 'jane@example.com']) expect(at.log.join('\n')).not.toContain(secret);
  });
});
