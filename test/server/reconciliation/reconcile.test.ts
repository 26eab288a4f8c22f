/** The provider's books beside ours: whatever differs is named, and what will agree by itself is not. */
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import type { HistoryEntry, HistorySpan, Provider, ProviderStatus } from '../../../server/providers/provider.ts';
import { RefundDesk } from '../../../server/refunds/requesting.ts';
import { reconcile } from '../../../server/reconciliation/reconcile.ts';
import { endReportIn } from '../../../server/reviews/reviews.ts';
import { DGATEWAY, DgatewaySimulator } from '../../simulators/dgateway/dgateway.ts';
import { IOTEC, IotecSimulator } from '../../simulators/iotec/iotec.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { callBack, collect } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

const AMOUNT_MINOR = 5_000_000;

/** A provider that shows its books: a line for each payment it was sent, unless a test says otherwise. */
class ListingProvider extends ScriptedProvider implements Provider {
  readonly entries: HistoryEntry[] = [];
  readonly spans: HistorySpan[] = [];

  async history(span: HistorySpan): Promise<HistoryEntry[]> {
    this.spans.push(span);
    return this.entries.filter(({ at }) => at >= span.from && at < span.until);
  }

  lists(reference: string, at: number, change: Partial<HistoryEntry> = {}): void {
    this.entries.push({ direction: 'collect', providerRef: `their-${reference}`, reference, status: 'completed', amountMinor: AMOUNT_MINOR, currency: 'UGX', at, ...change });
  }
}

async function books() {
  const provider = new ListingProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const day = malipo.clock.now();
  /** A payment that its customer paid, or that still waits. */
  const make = async ({ paid = true }: { paid?: boolean } = {}): Promise<string> => {
    if (paid) provider.saysCompleted(malipo.clock.now(), { amountMinor: AMOUNT_MINOR });
    else provider.answersStatus(() => ({ kind: 'pending' }));
    const reference = await collect(malipo, liveKey);
    await malipo.pass(MINUTE_MS);
    return reference;
  };
  /** What differs on this day, in short. */
  const differences = async (span: HistorySpan = { from: day, until: day + DAY_MS }) => {
    const { differences: found } = await reconcile(malipo.store.read, provider, span, malipo.clock);
    return found.map(({ kind, here, there }) => [kind, here?.reference ?? there?.providerRef, here?.status ?? null, there?.status ?? null]);
  };
  return { provider, malipo, liveKey, make, differences, day };
}

describe('reconcile', () => {
  it('asks also about what its provider refused, which may have been paid all the same; one that has no name for it shows nothing', async () => {
    const { provider, malipo, liveKey, differences } = await books();
    provider.answersCollect(() => ({ kind: 'refused', code: 'failed', reason: 'No' }));
    await malipo.post('/v1/payments/collect', { amount: 50_000, currency: 'UGX', phone_number: '256772123456' }, { key: liveKey });
    const { reference } = provider.collected[0]!;
    for (const word of [{ kind: 'unknown', reason: 'It has no name for it' }, { kind: 'not_found' }] as const) {
      provider.answersStatus(() => word);
      expect(await differences()).toEqual([]);
    }
    provider.saysCompleted(malipo.clock.now(), { amountMinor: AMOUNT_MINOR });
    expect(await differences()).toEqual([['status', reference, 'failed', 'completed']]);
  });

  it('finds nothing where both books say the same', async () => {
    const { provider, malipo, make, differences, day } = await books();
    provider.lists(await make(), day);
    provider.lists(await make({ paid: false }), day, { status: 'pending' });
    expect(await differences()).toEqual([]);
    expect(provider.spans).toEqual([{ from: day - 15 * MINUTE_MS, until: day + DAY_MS + 15 * MINUTE_MS }]);
    expect(await reconcile(malipo.store.read, provider, { from: day, until: day + DAY_MS }, malipo.clock)).toMatchObject({ compared: 2, asked: 0 });
  });

  it('names money that the provider moved and we know nothing of; what came to nothing there is none', async () => {
    const { provider, differences, day } = await books();
    provider.lists('somebody-else', day);
    provider.lists('another', day, { status: 'failed' });
    expect(await differences()).toEqual([['missing_here', 'their-somebody-else', null, 'completed']]);
  });

  it('names a customer who was charged twice under one reference', async () => {
    const { provider, make, differences, day } = await books();
    const reference = await make();
    provider.lists(reference, day);
    provider.lists(reference, day + 1, { providerRef: 'again' });
    expect(await differences()).toEqual([['missing_here', 'again', null, 'completed']]);
  });

  it('asks about what the history does not show, and names what the provider does not know', async () => {
    const { provider, malipo, make, differences } = await books();
    const reference = await make();
    expect(await differences()).toEqual([]);
    provider.answersStatus(() => ({ kind: 'not_found' }));
    expect(await differences()).toEqual([['missing_there', reference, 'completed', 'not_found']]);
    provider.answersStatus(() => ({ kind: 'unknown', reason: 'busy' }));
    expect(await differences()).toEqual([['unanswered', reference, 'completed', 'unknown']]);
    expect(await reconcile(malipo.store.read, provider, { from: 0, until: malipo.clock.now() }, malipo.clock)).toMatchObject({ compared: 1, asked: 1 });
  });

  it('names another amount, another currency and another end', async () => {
    const { provider, make, differences, day } = await books();
    const [less, shillings, failed, reversed] = [await make(), await make(), await make(), await make()];
    provider.lists(less, day, { amountMinor: AMOUNT_MINOR - 100 });
    provider.lists(shillings, day, { currency: 'KES' });
    provider.lists(failed, day, { status: 'failed' });
    provider.lists(reversed, day, { status: 'reversed' });
    expect((await differences()).toSorted()).toEqual(
      [
        ['amount', less, 'completed', 'completed'],
        ['amount', shillings, 'completed', 'completed'],
        ['status', failed, 'completed', 'failed'],
        ['status', reversed, 'completed', 'reversed'],
      ].toSorted(),
    );
  });

  it('leaves what is pending to the poller, for as long as that takes', async () => {
    const { provider, malipo, make, differences, day } = await books();
    const reference = await make({ paid: false });
    provider.lists(reference, day);
    expect(await differences()).toEqual([]);
    malipo.clock.advance(15 * MINUTE_MS);
    expect(await differences()).toEqual([['status', reference, 'pending', 'completed']]);
  });

  it('finds a payment whose time there is hours from ours, and takes one of before the span for none of it', async () => {
    const { provider, malipo, make, differences, day } = await books();
    const reference = await make();
    provider.lists(reference, day + 3 * HOUR_MS);
    malipo.clock.advance(DAY_MS);
    expect(await differences({ from: day + 2 * HOUR_MS, until: day + 4 * HOUR_MS })).toEqual([]);
    expect(await differences({ from: day + 5 * HOUR_MS, until: day + 6 * HOUR_MS })).toEqual([]);
  });

  it('agrees with a provider that took a payment back, once that is in our books, and with one that gave some of it back', async () => {
    const { provider, malipo, make, differences, day } = await books();
    const [chargedBack, refunded] = [await make(), await make()];
    provider.lists(chargedBack, day, { status: 'reversed' });
    provider.lists(refunded, day);
    expect(await differences()).toEqual([['status', chargedBack, 'completed', 'reversed']]);

    provider.answersStatus(({ reference, providerRef }) =>
      reference === chargedBack
        ? { kind: 'reversed', providerRef, amountMinor: AMOUNT_MINOR, currency: 'UGX', at: day, reason: 'Charged back' }
        : { kind: 'completed', providerRef: 'sent back', amountMinor: 1_000_000, currency: 'UGX', at: day },
    );
    await callBack(malipo, chargedBack);
    await malipo.jobs.runDue();
    expect(await differences()).toEqual([]);

    const refund = await new RefundDesk({ store: malipo.store, clock: malipo.clock, jobs: malipo.queue }).request({ reference: refunded, amount: 10_000, reason: 'broken' });
    // Sent, and then asked about.
    await malipo.pass(0);
    await malipo.pass(MINUTE_MS);
    expect(await differences()).toEqual([]);
    provider.lists(refund.reference, day, { direction: 'disburse', amountMinor: 2_000_000 });
    expect(await differences()).toEqual([['amount', refund.reference, 'completed', 'completed']]);
  });

  it('agrees with a provider that took back what was left after a refund', async () => {
    const { provider, malipo, make, differences, day } = await books();
    const reference = await make();
    provider.answersStatus(({ providerRef }) => ({ kind: 'completed', providerRef, amountMinor: 2_000_000, currency: 'UGX', at: day }));
    const refund = await new RefundDesk({ store: malipo.store, clock: malipo.clock, jobs: malipo.queue }).request({ reference, amount: 20_000, reason: '' });
    await malipo.pass(0);
    await malipo.pass(MINUTE_MS);
    provider.lists(refund.reference, day, { direction: 'disburse', amountMinor: 2_000_000 });
    provider.answersStatus(({ providerRef }) => ({ kind: 'reversed', providerRef, amountMinor: AMOUNT_MINOR - 2_000_000, currency: 'UGX', at: day, reason: 'Charged back' }));
    malipo.clock.advance(MINUTE_MS);
    await callBack(malipo, reference);
    await malipo.jobs.runDue();
    provider.lists(reference, day, { status: 'reversed' });
    expect(await differences()).toEqual([]);
  });

  it('agrees with a provider that paid out another amount, once a person has decided that the platform bears what left', async () => {
    const { provider, malipo, make, liveKey, differences, day } = await books();
    await make();
    provider.saysCompleted(day, { amountMinor: 900_000 });
    const answer = await malipo.post('/v1/payments/disburse', { amount: 10_000, currency: 'UGX', phone_number: '256772999888' }, { key: liveKey });
    const { reference } = answer.json().data as { reference: string };
    await malipo.pass(15 * SECOND_MS);
    const desk = reviewDesk(malipo);
    await desk.resolve(1, 'release', 'It will come back');
    await callBack(malipo, reference);
    await malipo.jobs.runDue();
    await desk.resolve(2, 'absorb', 'It did not');
    provider.saysCompleted(day, { amountMinor: AMOUNT_MINOR });
    provider.lists(reference, day, { direction: 'disburse', amountMinor: 900_000 });
    expect(await differences()).toEqual([]);
  });

  it('names the review beside what is before a person, or was decided, as long as that is not over', async () => {
    const { provider, malipo, make, day } = await books();
    const reference = await make();
    const reviews = async () => (await reconcile(malipo.store.read, provider, { from: day, until: day + DAY_MS }, malipo.clock)).differences.map(({ kind, review }) => [kind, review && [review.id, review.resolution]]);
    const takenBack: ProviderStatus = { kind: 'reversed', providerRef: 'x', amountMinor: 1_000_000, currency: 'UGX', at: day, reason: 'Charged back' };
    provider.answersStatus(() => takenBack);
    expect(await reviews()).toEqual([['status', null]]);
    await callBack(malipo, reference);
    await malipo.jobs.runDue();
    expect(await reviews()).toEqual([['status', [1, '']]]);
    await reviewDesk(malipo).resolve(1, 'dismiss', 'Paid again by hand');
    expect(await reviews()).toEqual([['status', [1, 'dismiss']]]);
    await malipo.store.write((tx) => endReportIn(tx, { subject: 'payment:1', kind: 'reversal_mismatch', note: 'It is there again' }, malipo.clock.now()));
    expect(await reviews()).toEqual([['status', null]]);
  });

  it('names a payment that the ledger has not moved', async () => {
    const { provider, malipo, make, differences, day } = await books();
    const reference = await make({ paid: false });
    await malipo.store.write((tx) => tx.run(statement(`UPDATE payments SET status = 'completed', completed_at = :day WHERE reference = :reference`), { day, reference }));
    provider.lists(reference, day);
    expect(await differences()).toEqual([['ledger', reference, 'completed', 'completed']]);
  });
});

describe('malipo reconcile', () => {
  it('reads the provider’s books over its API, and exits with 1 and a list when they differ', async () => {
    const malipo = await buildMalipo();
    const simulator = new IotecSimulator({ clock: malipo.clock });
    const shell = await overHttp(simulator);
    const env = {
      IOTEC_CLIENT_ID: IOTEC.clientId,
      IOTEC_CLIENT_SECRET: IOTEC.clientSecret,
      IOTEC_WALLET_ID: IOTEC.walletId,
      IOTEC_AUTH_URL: `${shell.url}/connect/token`,
      IOTEC_BASE_URL: shell.url,
      DATABASE_URL: malipo.databaseUrl,
      MALIPO_SECRET: Buffer.alloc(32, 7).toString(),
    };
    const [from, to] = [isoTime(malipo.clock.now()), isoTime(malipo.clock.now() + DAY_MS)];
    const run = (...words: string[]) => runMalipo(['reconcile', '--provider', 'iotec', '--from', from, '--to', to, ...words], env, temporaryFolder());
    try {
      expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('OK: iotec and Malipo agree.') });
      const stray = simulator.books.open({ reference: 'stray', direction: 'disburse', amount: 7_000, currency: 'UGX', msisdn: '256772123456' });
      simulator.books.approve(stray);
      const differs = await run('--json');
      expect(differs.exitCode).toBe(1);
      expect(differs.json()).toMatchObject({
        ok: false,
        provider: 'iotec',
        compared: 1,
        differences: [
          { kind: 'missing_here', direction: 'disburse', reference: 'stray', provider_ref: stray.id, here: null, there: { status: 'completed', amount: 7_000, currency: 'UGX', at: from } },
        ],
      });
      expect((await run()).stdout).toContain('missing_here  disburse stray: nothing here; there completed, 7000 UGX');
      expect((await run()).stdout).not.toContain('256772123456');
    } finally {
      await shell.close();
    }
  });

  it('as a command is not over while it waits for a provider that was asked too much', async () => {
    const malipo = await buildMalipo();
    const simulator = new DgatewaySimulator({ clock: malipo.clock });
    const handle = simulator.handle.bind(simulator);
    let asked = 0;
    simulator.handle = (request) => (asked++ === 0 ? { status: 429, json: {}, headers: { 'Retry-After': '1' } } : handle(request));
    const shell = await overHttp(simulator);
    const env = { DGATEWAY_API_KEY: DGATEWAY.apiKey, DGATEWAY_BASE_URL: shell.url, DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: Buffer.alloc(32, 7).toString() };
    try {
      const { exitCode, stdout, stderr } = await runMalipo(['reconcile', '--provider', 'dgateway', '--from', isoTime(malipo.clock.now())], env, temporaryFolder());
      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('OK: dgateway'), stderr: expect.stringContaining('asking again in 1 s') });
    } finally {
      await shell.close();
    }
  });

  it.each([
    [['--provider', 'iotec', '--from', '2026-03-14'], 1, 'PROVIDER_ERROR', 'Provider iotec is not configured'],
    [['--provider', 'iotec', '--from', 'yesterday'], 2, 'USAGE', '--from takes a time such as'],
    [['--provider', 'iotec', '--from', '2026-03-14', '--to', '2026-03-13'], 2, 'USAGE', '--from must be before --to'],
    [['--provider', 'iotec', '--from', '2999-01-01'], 2, 'USAGE', '--from must be in the past, and 2999-01-01T00:00:00Z is not'],
    [['--provider', 'sandbox', '--from', '2026-03-14'], 2, 'USAGE', '--provider must be'],
  ])('%j says what is wrong', async (words, exitCode, code, message) => {
    const malipo = await buildMalipo();
    const { exitCode: ended, json } = await runMalipo(['reconcile', ...words, '--json'], { DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: Buffer.alloc(32, 7).toString() }, temporaryFolder());
    expect(ended).toBe(exitCode);
    expect(json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
  });
});
