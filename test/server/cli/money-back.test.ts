/** Refunds and reviews from the command line, beside a running server: the command holds and decides, the server sends. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { collect, transaction, verify } from '../support/payments.ts';
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
  return {
    malipo,
    provider,
    reference,
    seen: () => transaction(malipo, liveKey, reference),
    command: (...words: string[]) => runMalipo(words, { DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: SECRET }),
  };
}

test('refund create holds the money and says who sends it; the server does, and refund show says how it stands', async () => {
  const { malipo, provider, reference, seen, command } = await shopWithPayment();
  const made = (await command('refund', 'create', '--reference', reference, '--amount', '20000', '--reason', 'Out of stock', '--key', 'return-7', '--json')).json();
  expect(made).toMatchObject({ id: 1, amount: 20_000, platform_fee: 1_600, currency: 'UGX', status: 'pending', submission: 'queued', method: 'by_payout', reason: 'Out of stock' });
  expect((await command('refund', 'create', '--reference', reference, '--amount', '20000', '--key', 'return-7', '--json')).json()).toMatchObject({ id: 1 });
  expect(provider.disbursed).toEqual([]);

  // A command has the machine's clock; the server's is brought up to it.
  malipo.clock.advance(Date.now() + MINUTE_MS - malipo.clock.now());
  await malipo.jobs.runDue();
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 2_000_000 });
  await malipo.pass(MINUTE_MS);
  expect((await command('refund', 'show', '1', '--json')).json()).toMatchObject({ status: 'completed', submission: 'sent' });
  expect((await command('refund', 'list')).stdout).toContain('UGX 20,000 for payment 1, by a payout of iotec, completed');
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
  const { seen, reference, command } = await shopWithPayment(2_000_000);
  expect((await command('review', 'list')).stdout).toContain('payment:1 amount_mismatch, agreed UGX 50,000, reported UGX 20,000');
  const shown = (await command('review', 'show', '1', '--json')).json();
  expect(shown).toMatchObject({ subject: 'payment:1', agreed: { amount: 50_000 }, reported: { amount: 20_000 }, payment: { reference, status: 'pending' }, resolutions: ['credit', 'dismiss'] });

  const resolved = await command('review', 'resolve', '1', '--credit', '--note', 'Two parts', '--json');
  expect(resolved.json()).toMatchObject({ resolution: 'credit', note: 'Two parts' });
  expect(await seen()).toMatchObject({ status: 'completed', amount: 20_000 });
  expect((await command('review', 'resolve', '1', '--dismiss', '--note', 'again')).exitCode).toBe(1);
  expect((await command('review', 'list')).stdout).toBe('Nothing waits for you.\n');
  expect((await command('review', 'list', '--all')).stdout).toContain('credit: Two parts');
  expect((await command('verify')).exitCode).toBe(0);
});
