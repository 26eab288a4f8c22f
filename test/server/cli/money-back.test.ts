/** Refunds and reviews from the command line, beside a running server: the command holds and decides, the server sends. */
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, HOUR_MS, isoTime, MINUTE_MS } from '../../../server/core/clock.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { IotecSimulator } from '../../simulators/iotec/iotec.ts';
import { CONTESTANTS } from '../providers/contract/contestants.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { runMalipo } from './run-malipo.ts';

/** What `buildMalipo` keys its databases with. */
const SECRET = Buffer.alloc(32, 7).toString();

async function shopWithPayment(reportedMinor = 5_000_000) {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: reportedMinor });
  await verify(malipo, liveKey, reference);
  const environment: Record<string, string> = {};
  return {
    malipo,
    provider,
    reference,
    environment,
    seen: () => transaction(malipo, liveKey, reference),
    command: (...words: string[]) => runMalipo(words, { DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: SECRET, ...environment }),
  };
}

/** ioTec over HTTP, for a command that asks it again: what it knows is this payment, completed with another amount. */
async function iotecThatReceived(reference: string, { agreed, received, clock }: { agreed: number; received: number; clock: Clock }): Promise<Record<string, string>> {
  const simulator = new IotecSimulator({ clock });
  const opened = simulator.books.open({ reference, direction: 'collect', amount: agreed, currency: 'UGX', msisdn: '256772123456' });
  simulator.books.movements.splice(0, 1, { ...opened, id: `their-${reference}`, status: 'success', endedAt: clock.now(), reported: { amount: received, currency: 'UGX' } });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  return CONTESTANTS.find(({ slug }) => slug === 'iotec')!.env(shell.url);
}

test('refund create holds the money and says who sends it; the server does, and refund show says how it stands', async () => {
  const { malipo, provider, reference, seen, command } = await shopWithPayment();
  const made = (await command('refund', 'create', '--reference', reference, '--amount', '20000', '--reason', 'Out of stock', '--key', 'return-7', '--json')).json();
  expect(made).toMatchObject({ id: 1, amount: 20_000, payment_reference: reference, platform_fee: 1_600, currency: 'UGX', status: 'pending', submission: 'queued', method: 'by_payout', reason: 'Out of stock' });
  expect((await command('refund', 'create', '--reference', reference, '--amount', '20000', '--key', 'return-7', '--json')).json()).toMatchObject({ id: 1 });
  expect(provider.disbursed).toEqual([]);

  // A command has the machine's clock; the server's is brought up to it.
  malipo.clock.advance(Date.now() + MINUTE_MS - malipo.clock.now());
  await malipo.jobs.runDue();
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 2_000_000 });
  await malipo.pass(MINUTE_MS);
  expect((await command('refund', 'show', '1', '--json')).json()).toMatchObject({ status: 'completed', submission: 'sent' });
  expect((await command('refund', 'list')).stdout).toContain(`UGX 20,000 for payment ${reference}, by a payout of iotec, completed`);
  expect(await seen()).toMatchObject({ refunded_amount: 20_000 });
});

test.each<[string[], number, string]>([
  [['refund', 'create', '--reference', 'dgw_nobody'], 1, 'There is no payment dgw_nobody'],
  [['refund', 'create', '--reference', 'REFERENCE', '--amount', '50001'], 1, '50000 UGX are left to refund'],
  [['refund', 'show', '9'], 1, 'There is no refund 9'],
  [['refund', 'show', 'nine'], 2, 'ID is a number such as 12, not "nine"'],
  [['review', 'show', '9'], 1, 'There is no review 9'],
  [['review', 'resolve', '9', '--dismiss', '--note', 'x'], 1, 'There is no review 9'],
  [['review', 'resolve', '9', '--note', 'x'], 2, 'Say one of --credit, --accept, --release, --charge, --absorb, --dismiss'],
  [['review', 'resolve', '9', '--dismiss'], 2, '--note'],
])('%j is refused in words', async (words, exitCode, said) => {
  const { reference, command } = await shopWithPayment();
  const run = await command(...words.map((word) => (word === 'REFERENCE' ? reference : word)));
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toContain(said);
});

test('review list shows what waits, show what can be decided, resolve decides once', async () => {
  const { malipo, seen, reference, environment, command } = await shopWithPayment(2_000_000);
  expect((await command('review', 'list')).stdout).toContain(`payment ${reference} amount_mismatch, agreed UGX 50,000, reported UGX 20,000`);
  const shown = (await command('review', 'show', '1', '--json')).json();
  expect(shown).toMatchObject({ subject: 'payment:1', agreed: { amount: 50_000 }, reported: { amount: 20_000 }, payment: { reference, status: 'pending' }, resolutions: ['credit', 'dismiss'] });

  const credit = ['review', 'resolve', '1', '--credit', '--note', 'Two parts', '--json'] as const;
  expect((await command(...credit)).json()).toMatchObject({ error: { code: 'PROVIDER_ERROR', message: 'iotec is not configured here, and must be asked again what it received' } });
  Object.assign(environment, await iotecThatReceived(reference, { agreed: 50_000, received: 20_000, clock: malipo.clock }));
  const resolved = await command(...credit);
  expect(resolved.json()).toMatchObject({ resolution: 'credit', note: 'Two parts' });
  expect(await seen()).toMatchObject({ status: 'completed', amount: 20_000 });
  expect((await command('review', 'resolve', '1', '--dismiss', '--note', 'again')).exitCode).toBe(1);
  expect((await command('review', 'list')).stdout).toBe('Nothing waits for you.\n');
  expect((await command('review', 'list', '--all')).stdout).toContain('credit: Two parts');
  expect((await command('verify')).exitCode).toBe(0);
});

test('review show offers what can be decided now, and reconcile names the review beside what differs: a person has it, or has decided', async () => {
  const { malipo, reference, environment, command } = await shopWithPayment(2_000_050);
  const shown = await command('review', 'show', '1');
  expect(shown.stdout).toContain('Decide with: malipo review resolve 1 --dismiss --note "…"\nNot now: --credit. 20000.5 UGX cannot be a payment');

  Object.assign(environment, await iotecThatReceived(reference, { agreed: 50_000, received: 20_000, clock: malipo.clock }));
  const reconcile = ['reconcile', '--provider', 'iotec', '--from', isoTime(malipo.clock.now() - HOUR_MS)];
  expect(await command(...reconcile)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('there completed, 20000 UGX (review 1 waits for you)') as string });
  await command('review', 'resolve', '1', '--dismiss', '--note', 'Given back');
  expect((await command(...reconcile, '--json')).json()).toMatchObject({ ok: false, differences: [{ reference, review: { id: 1, kind: 'amount_mismatch', resolution: 'dismiss' } }] });
});

test('review resolve --accept of what stands by now settles the review, and says so', async () => {
  const { malipo, provider, reference, environment, command } = await shopWithPayment();
  provider.answersStatus(() => ({ kind: 'reversed', providerRef: `their-${reference}`, amountMinor: 1_000_000, currency: 'UGX', at: malipo.clock.now(), reason: 'Charged back' }));
  await callBack(malipo, reference);
  await malipo.jobs.runDue();
  Object.assign(environment, await iotecThatReceived(reference, { agreed: 50_000, received: 50_000, clock: malipo.clock }));
  const resolved = await command('review', 'resolve', '1', '--accept', '--note', 'On a statement');
  expect(resolved.stdout).toBe(`Review 1 of payment ${reference} is settled, and there was nothing to decide: Asked again, the provider says that all of it is there.\n`);
  expect((await command('review', 'list', '--all')).stdout).toContain('; settled: Asked again');
  expect((await command('verify')).exitCode).toBe(0);
});
