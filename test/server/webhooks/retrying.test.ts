import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { nextAttemptAt } from '../../../server/webhooks/retries.ts';
import { hang, openReceiver, status } from './receiver.ts';
import { APPROVES_AFTER_EXPIRY, type TellingMalipo, tellingMalipo } from './telling-malipo.ts';
import { until } from '../support/until.ts';

const APPROVAL_MS = 3 * SECOND_MS;
const SCHEDULE_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS];

async function failing(answer = status(500)) {
  const [malipo, receiver] = [await tellingMalipo(), await openReceiver(answer)];
  const duka = await malipo.shop({ webhookUrl: receiver.url });
  return { malipo, receiver, duka };
}

/** Goes to the next attempt of the only pending delivery, and answers how long that was. */
async function toNextAttempt(malipo: TellingMalipo): Promise<number> {
  const next = (await malipo.deliveries()).find(({ status }) => status === 'pending')!.next_attempt_at!;
  const wait = next - malipo.clock.now();
  await malipo.pass(wait);
  return wait;
}

describe('a delivery that fails', () => {
  it('is tried again nine times over about three days, each time a little off the schedule, and given up then', async () => {
    const { malipo, receiver, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    for (const [index, scheduled] of SCHEDULE_MS.entries()) {
      expect(receiver.heard).toHaveLength(index + 1);
      const waited = await toNextAttempt(malipo);
      expect(waited).toBeGreaterThanOrEqual(scheduled * 0.8);
      expect(waited).toBeLessThanOrEqual(scheduled * 1.2);
    }
    expect(receiver.heard).toHaveLength(10);
    expect(await malipo.deliveries()).toMatchObject([{ status: 'failed', attempts: 10, next_attempt_at: null }]);
    await malipo.pass(7 * DAY_MS);
    expect(receiver.heard).toHaveLength(10);
  });

  it('keeps its id and its body, and is signed for its own time', async () => {
    const { malipo, receiver, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    await toNextAttempt(malipo);
    await toNextAttempt(malipo);
    const heard = receiver.heard.map(({ headers, raw }) => ({ id: headers['webhook-id'], raw }));
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(new Set(heard.map(({ raw }) => raw)).size).toBe(1);
    const times = receiver.heard.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(239);
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-signature'])).size).toBe(3);
  });

  it('leaves a line in the log for every attempt, with the answer’s first two kilobytes and no NUL', async () => {
    const { malipo, receiver, duka } = await failing(status(500, {}, `a\0b${'é'.repeat(3_000)}`));
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    receiver.answerWith((_heard, response) => response.socket!.destroy());
    await toNextAttempt(malipo);
    const log = await malipo.rows<{ response_status: number | null; response_body: string; error: string }>(
      'SELECT response_status, response_body, error FROM webhook_attempts ORDER BY id',
    );
    expect(log).toMatchObject([{ response_status: 500, error: '' }, { response_status: null, error: expect.stringMatching(/socket|ECONNRESET/) }]);
    expect(log[0]!.response_body).toMatch(/^abé+$/);
    expect(Buffer.byteLength(log[0]!.response_body)).toBeLessThanOrEqual(2_048);
  });

  it('because nobody listens is tried again like any other', async () => {
    const malipo = await tellingMalipo();
    const duka = await malipo.shop({ webhookUrl: 'http://127.0.0.1:1/hook' });
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(await malipo.deliveries()).toMatchObject([{ status: 'pending', attempts: 1 }]);
    expect(await malipo.rows('SELECT error FROM webhook_attempts')).toMatchObject([{ error: expect.stringContaining('ECONNREFUSED') }]);
  });

  it('for want of an answer is given up after fifteen seconds', async () => {
    const { malipo, receiver, duka } = await failing(hang);
    await malipo.collect(duka);
    const passing = malipo.pass(APPROVAL_MS);
    await receiver.hears(1);
    malipo.clock.advance(15 * SECOND_MS);
    await passing;
    expect(await malipo.rows('SELECT duration_ms, error FROM webhook_attempts')).toEqual([{ duration_ms: 15_000, error: 'no answer within 15 s' }]);
  });

  it('is delivered when the receiver has recovered, and nothing is held against the address any more', async () => {
    const { malipo, receiver, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(await malipo.endpoints.troubled()).toMatchObject([{ appSlug: 'duka', url: receiver.url, disabledAt: null }]);
    receiver.answerWith(status(204));
    await toNextAttempt(malipo);
    expect(await malipo.deliveries()).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    expect(await malipo.endpoints.troubled()).toEqual([]);
  });

  it('was not delivered by a redirect, which is not followed', async () => {
    const elsewhere = await openReceiver();
    const { malipo, receiver, duka } = await failing(status(307, { location: elsewhere.url }));
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(receiver.heard).toHaveLength(1);
    expect(elsewhere.connections()).toBe(0);
    expect(await malipo.deliveries()).toMatchObject([{ status: 'pending', attempts: 1 }]);
  });
});

describe('Retry-After', () => {
  const failure = { attempts: 1, now: Date.UTC(2026, 2, 14, 10), random: () => 0.5 };

  it.each([
    ['seconds', '3600', HOUR_MS],
    ['a date', 'Sat, 14 Mar 2026 11:00:00 GMT', HOUR_MS],
  ])('gives more time than the schedule: %s', (_, retryAfter, asked) => {
    const wait = nextAttemptAt({ ...failure, retryAfter })! - failure.now;
    expect(wait).toBeGreaterThanOrEqual(asked);
    expect(wait).toBeLessThanOrEqual(asked * 1.2);
  });

  it.each(['0', '-5', 'soon', 'Sat, 14 Mar 2020 11:00:00 GMT', '1'])('never makes an attempt earlier than the schedule does: %s', (retryAfter) => {
    expect(nextAttemptAt({ ...failure, retryAfter })! - failure.now).toBe(5 * SECOND_MS);
  });

  it('puts nothing off by more than about a day', () => {
    expect(nextAttemptAt({ ...failure, retryAfter: '99999999999' })! - failure.now).toBeLessThanOrEqual(1.2 * DAY_MS);
  });

  it('is honoured', async () => {
    const { malipo, duka } = await failing(status(429, { 'retry-after': '120' }));
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    const wait = (await malipo.deliveries())[0]!.next_attempt_at! - malipo.clock.now();
    expect(wait).toBeGreaterThanOrEqual(120 * SECOND_MS);
    expect(wait).toBeLessThanOrEqual(144 * SECOND_MS);
  });
});

describe('an answer that is too long', () => {
  it('is hung up on after 64 kB, and counts by its status', async () => {
    let sent = 0;
    const { malipo, duka } = await failing((_heard, response) => {
      response.writeHead(200);
      const more = (error?: Error | null) => {
        if (error || response.destroyed) return;
        sent += 16_384;
        response.write(Buffer.alloc(16_384, 'x'), (failure) => void setImmediate(more, failure));
      };
      more();
    });
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(await malipo.deliveries()).toMatchObject([{ status: 'delivered' }]);
    expect(sent).toBeLessThan(64 * 1_048_576);
  });
});

describe('an address', () => {
  it('that answers 410 is disabled, with everything that waits for it', async () => {
    const { malipo, receiver, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    receiver.answerWith(status(410));
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect((await malipo.deliveries()).map(({ status }) => status)).toEqual(['disabled', 'disabled']);
    expect(await malipo.endpoints.troubled()).toMatchObject([{ disabledReason: 'it answered 410 Gone' }]);

    const heard = receiver.heard.length;
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    await malipo.pass(DAY_MS);
    expect(receiver.heard).toHaveLength(heard);
    expect((await malipo.deliveries()).map(({ status }) => status)).toEqual(['disabled', 'disabled', 'disabled']);
  });

  it('does not take the app’s other addresses with it', async () => {
    const { malipo, duka } = await failing(status(410));
    const other = await openReceiver();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    await malipo.collect(duka, { callback_url: other.url });
    await malipo.pass(APPROVAL_MS);
    expect(other.heard).toHaveLength(1);
  });

  it('from which nothing but failure came for five days is disabled, by a delivery that failed for a while itself', async () => {
    const { malipo, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    for (let attempt = 1; attempt < 10; attempt++) await toNextAttempt(malipo);
    await malipo.pass(5 * DAY_MS);
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    for (let attempt = 1; attempt < 4; attempt++) {
      expect(await malipo.endpoints.troubled()).toMatchObject([{ disabledAt: null }]);
      await toNextAttempt(malipo);
    }
    expect(await malipo.endpoints.troubled()).toMatchObject([{ disabledAt: malipo.clock.now(), disabledReason: 'nothing but failures for 5 days' }]);
    expect((await malipo.deliveries()).map(({ status }) => status)).toEqual(['failed', 'disabled']);
  });

  it('that was enabled again gets what it missed by a replay, in order and with the ids it knows', async () => {
    const { malipo, receiver, duka } = await failing(status(410));
    const references = [await malipo.collect(duka)];
    await malipo.pass(APPROVAL_MS);
    references.push(await malipo.collect(duka));
    await malipo.pass(APPROVAL_MS);
    expect(await malipo.replay.since(duka.id, 0, { all: false })).toMatchObject([{ status: 'disabled' }, { status: 'disabled' }]);

    expect(await malipo.endpoints.enable(duka.id)).toEqual([{ url: receiver.url, setAside: 2 }]);
    receiver.answerWith(status(200));
    expect(await malipo.replay.since(duka.id, 0, { all: false })).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    await malipo.pass(0);
    expect(receiver.heard.map(({ body }) => body.reference).toSorted()).toEqual([references[0], ...references].toSorted());
    expect(receiver.heard[0]!.headers['webhook-id']).toBe(receiver.heard.slice(1).find(({ body }) => body.reference === references[0])!.headers['webhook-id']);
    expect((await malipo.deliveries()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);

    expect(await malipo.replay.since(duka.id, 0, { all: false })).toEqual([]);
    expect(await malipo.replay.since(duka.id, 0, { all: true })).toHaveLength(2);
  });

  it('that the app has changed gets a replayed delivery', async () => {
    const { malipo, duka } = await failing();
    await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    const { id } = (await malipo.deliveries())[0]!;
    const moved = await openReceiver();
    await malipo.settings.change(duka.id, { url: moved.url });
    expect(await malipo.replay.one(id)).toMatchObject({ url: moved.url, status: 'pending' });
    await malipo.pass(0);
    expect(moved.heard).toHaveLength(1);
  });
});

describe('the events of one payment', () => {
  it('arrive in order: a later one waits until the earlier was accepted', async () => {
    const { malipo, receiver, duka } = await failing();
    await malipo.collect(duka, { phone_number: APPROVES_AFTER_EXPIRY });
    await malipo.pass(4 * HOUR_MS);
    await malipo.pass(MINUTE_MS);
    await malipo.pass(MINUTE_MS);
    expect(receiver.heard.map(({ body }) => body.status)).toEqual(['failed', 'failed']);
    receiver.answerWith(status(200));
    await malipo.pass(10 * MINUTE_MS);
    expect(receiver.heard.map(({ body }) => body.status)).toEqual(['failed', 'failed', 'failed', 'completed']);
  });

  it('do not wait for ever: the later one goes when the earlier was given up', async () => {
    const { malipo, receiver, duka } = await failing((heard, response) => void response.writeHead(heard.body.status === 'failed' ? 500 : 200).end());
    await malipo.collect(duka, { phone_number: APPROVES_AFTER_EXPIRY });
    await malipo.pass(4 * HOUR_MS);
    for (let attempt = 1; attempt < 10; attempt++) {
      const [first] = await malipo.deliveries();
      await malipo.pass(first!.next_attempt_at! - malipo.clock.now());
    }
    expect((await malipo.deliveries()).map(({ status }) => status)).toEqual(['failed', 'delivered']);
    expect(receiver.heard.at(-1)!.body.status).toBe('completed');
  });

  it('do not keep another payment’s waiting', async () => {
    const { malipo, receiver, duka } = await failing((heard, response) => void response.writeHead(heard.body.status === 'failed' ? 500 : 200).end());
    await malipo.collect(duka, { phone_number: APPROVES_AFTER_EXPIRY });
    await malipo.pass(4 * HOUR_MS);
    const other = await malipo.collect(duka);
    await malipo.pass(APPROVAL_MS);
    expect(receiver.heard.at(-1)!.body).toMatchObject({ reference: other, status: 'completed' });
  });
});

describe('a server that stops', () => {
  it('hangs up on a receiver that takes its time, and tells it again after the start, without counting that', async () => {
    const { malipo, receiver, duka } = await failing(hang);
    await malipo.collect(duka);
    malipo.jobs.start();
    malipo.clock.advance(APPROVAL_MS);
    await until(() => (malipo.clock.advance(0), receiver.heard.length === 1));
    const { databaseUrl } = malipo;
    await malipo.close();

    receiver.answerWith(status(200));
    const again = await tellingMalipo({ databaseUrl, clock: malipo.clock });
    expect(await again.deliveries()).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await again.pass(SECOND_MS);
    expect(receiver.heard.map(({ headers }) => headers['webhook-id'])).toEqual([receiver.heard[0]!.headers['webhook-id'], receiver.heard[0]!.headers['webhook-id']]);
    expect(await again.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });
});
