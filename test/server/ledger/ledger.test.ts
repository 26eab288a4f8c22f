import { describe, expect, test } from 'vitest';
import { statement, type Transaction } from '../../../server/db/store.ts';
import { HoldNotOpenError, InsufficientBalanceError, post, walletBalances } from '../../../server/ledger/ledger.ts';
import {
  collectSettled,
  payoutHeld,
  payoutReleased,
  payoutSent,
  refundHeld,
  withdrawalHeld,
  withdrawalPaid,
  withdrawalReleased,
} from '../../../server/ledger/postings.ts';
import { verifyLedger } from '../../../server/ledger/verify.ts';
import { account, balances, EVENT_AT, movement, openApps, posted, WRITTEN_AT } from '../support/books.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';

async function ledgerWithApps() {
  const { store, databaseUrl } = temporaryStore();
  await openApps(store, 1, 2);
  return { store, databaseUrl };
}

/** The ledger of an app whose wallet holds this much. */
async function walletOf(amountMinor: number) {
  const { store, databaseUrl } = await ledgerWithApps();
  await posted(store, collectSettled({ ...movement({ source: 'payment:999', amountMinor }), feeMinor: 0 }));
  return { store, databaseUrl };
}

const settled = (amountMinor = 123_400, feeMinor = 9_872, id = 1) => collectSettled({ ...movement({ source: `payment:${id}`, amountMinor }), feeMinor });

describe('a settled payment', () => {
  test('credits the net amount to the wallet and the fee to the platform', async () => {
    const { store } = await ledgerWithApps();
    expect(await posted(store, settled())).toBe(true);
    expect(await balances(store.read)).toEqual({ wallet: 113_528, held: 0, clearing: -123_400, fees: 9_872 });
  });

  test('is posted once, however often and in whatever company it is reported', async () => {
    const { store } = await ledgerWithApps();
    const reports = await Promise.all(Array.from({ length: 20 }, () => posted(store, settled())));
    expect(reports.filter((wasNew) => wasNew)).toHaveLength(1);
    expect(await posted(store, settled())).toBe(false);
    expect((await balances(store.read)).wallet).toBe(113_528);
  });

  test('is posted once when two servers report it to one database', async () => {
    const { store, databaseUrl } = await ledgerWithApps();
    const other = openedStore(databaseUrl);
    const reports = await Promise.all(Array.from({ length: 20 }, (_, index) => posted(index % 2 ? store : other, settled())));
    expect(reports.filter((wasNew) => wasNew)).toHaveLength(1);
    expect((await balances(other.read)).wallet).toBe(113_528);
  });

  test('costs two statements once its accounts are known', async () => {
    const { store } = await ledgerWithApps();
    await posted(store, settled());
    let statements = 0;
    await store.write((tx) => {
      const counted = <Call extends (...args: never[]) => unknown>(call: Call) =>
        ((...args) => (statements++, call.apply(tx, args))) as Call;
      const counting: Transaction = {
        database: tx.database,
        all: counted(tx.all),
        get: counted(tx.get),
        run: counted(tx.run),
        later: counted(tx.later),
        lock: counted(tx.lock),
        afterCommit: (effect) => tx.afterCommit(effect),
      };
      return post(counting, settled(200, 16, 2), WRITTEN_AT);
    });
    expect(statements).toBe(2);
  });

  test('keeps apart when the money moved and when it was written', async () => {
    const { store } = await ledgerWithApps();
    await posted(store, settled());
    const transfer = await store.read.get(statement<object>('SELECT posting, source, currency, event_at, created_at FROM ledger_transfers'));
    expect(transfer).toEqual({ posting: 'collectSettled', source: 'payment:1', currency: 'UGX', event_at: EVENT_AT, created_at: WRITTEN_AT });
  });
});

test('apps, providers, currencies and modes never share a wallet', async () => {
  const { store } = await ledgerWithApps();
  const others = [{ appId: 2 }, { provider: 'relworx' }, { currency: 'KES' as const }, { mode: 'test' as const }];
  for (const [index, other] of [{}, ...others].entries()) {
    await posted(store, collectSettled({ ...movement({ ...other, source: `payment:${index + 1}`, amountMinor: 100 * 10 ** index }), feeMinor: 0 }));
  }
  for (const [index, other] of [{}, ...others].entries()) expect((await balances(store.read, other)).wallet).toBe(100 * 10 ** index);
  expect(await walletBalances(store.read, 1, 'live')).toEqual([
    { provider: 'iotec', currency: 'KES', balanceMinor: 100_000 },
    { provider: 'iotec', currency: 'UGX', balanceMinor: 100 },
    { provider: 'relworx', currency: 'UGX', balanceMinor: 10_000 },
  ]);
  expect(await walletBalances(store.read, 2, 'test')).toEqual([]);
});

test('an account that was made by a command that failed is made again', async () => {
  const { store } = await ledgerWithApps();
  const failing = store.write(async (tx) => {
    await post(tx, settled(), WRITTEN_AT);
    throw new Error('the rest went wrong');
  });
  // Another app's accounts take the row ids that the failed command had.
  const [, other] = await Promise.allSettled([failing, posted(store, collectSettled({ ...movement({ appId: 2, source: 'payment:2' }), feeMinor: 0 }))]);
  expect(other.status).toBe('fulfilled');
  expect(await posted(store, settled())).toBe(true);
  expect((await balances(store.read)).wallet).toBe(113_528);
  expect((await balances(store.read, { appId: 2 })).wallet).toBe(123_400);
  expect(await verifyLedger(store.read)).toEqual([]);
});

describe('a debit', () => {
  test.each([
    ['payout', payoutHeld(movement({ amountMinor: 1_001 }))],
    ['withdrawal', withdrawalHeld(movement({ source: 'withdrawal:1', amountMinor: 1_001 }))],
    ['refund', refundHeld({ ...movement({ source: 'refund:1', amountMinor: 1_001 }), feeMinor: 0 })],
  ])('of more than the wallet holds is refused and leaves nothing behind: %s', async (_, posting) => {
    const { store } = await walletOf(1_000);
    const refusal = await posted(store, posting).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InsufficientBalanceError);
    expect(refusal).toMatchObject({ account: account('wallet'), balanceMinor: 1_000, neededMinor: 1_001 });
    expect(await balances(store.read)).toMatchObject({ wallet: 1_000, held: 0 });
    expect(await verifyLedger(store.read)).toEqual([]);
  });

  test('may take the last of it', async () => {
    const { store } = await walletOf(1_000);
    expect(await posted(store, payoutHeld(movement({ amountMinor: 1_000 })))).toBe(true);
    expect(await balances(store.read)).toMatchObject({ wallet: 0, held: 1_000 });
  });

  test('that was refused can be caught inside its command, which goes on with nothing written', async () => {
    const { store } = await walletOf(1_000);
    await store.write(async (tx) => {
      await expect(post(tx, payoutHeld(movement({ amountMinor: 2_000 })), WRITTEN_AT)).rejects.toBeInstanceOf(InsufficientBalanceError);
      await post(tx, payoutHeld(movement({ amountMinor: 500, source: 'payment:2' })), WRITTEN_AT);
    });
    expect(await balances(store.read)).toMatchObject({ wallet: 500, held: 500 });
    expect(await verifyLedger(store.read)).toEqual([]);
  });

  test('reported again is the same debit, also when the wallet has become too empty for another', async () => {
    const { store } = await walletOf(1_000);
    expect(await posted(store, payoutHeld(movement({ amountMinor: 900 })))).toBe(true);
    expect(await posted(store, payoutHeld(movement({ amountMinor: 900 })))).toBe(false);
    expect((await balances(store.read)).wallet).toBe(100);
  });

  test('never overdraws, however many race from however many servers', async () => {
    const { store, databaseUrl } = await walletOf(1_000);
    const other = openedStore(databaseUrl);
    const debits = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => posted(index % 2 ? store : other, payoutHeld(movement({ amountMinor: 300, source: `payment:${index + 1}` })))),
    );
    expect(debits.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const debit of debits) {
      if (debit.status === 'rejected') expect(debit.reason).toBeInstanceOf(InsufficientBalanceError);
    }
    expect(await balances(store.read)).toMatchObject({ wallet: 100, held: 900 });
  });

  test('of a test payout needs no wallet', async () => {
    const { store } = await ledgerWithApps();
    const payout = movement({ mode: 'test', amountMinor: 5_000 });
    await posted(store, payoutHeld(payout));
    await posted(store, payoutSent(payout));
    expect(await balances(store.read, { mode: 'test' })).toEqual({ wallet: 0, held: 0, clearing: 0, fees: 0 });
    expect(await verifyLedger(store.read)).toEqual([]);
  });
});

describe.each([
  ['payout', payoutHeld, payoutSent, payoutReleased, 'payment:1'],
  ['withdrawal', withdrawalHeld, withdrawalPaid, withdrawalReleased, 'withdrawal:1'],
])('the hold of a %s', (_, hold, send, release, source) => {
  const held = (amountMinor = 400, change = {}) => movement({ source, amountMinor, ...change });

  test('leaves with the money when it was sent', async () => {
    const { store } = await walletOf(1_000);
    await posted(store, hold(held()));
    expect(await posted(store, send(held()))).toBe(true);
    expect(await balances(store.read)).toEqual({ wallet: 600, held: 0, clearing: -600, fees: 0 });
  });

  test('returns to the wallet when it was refused', async () => {
    const { store } = await walletOf(1_000);
    await posted(store, hold(held()));
    expect(await posted(store, release(held()))).toBe(true);
    expect(await balances(store.read)).toEqual({ wallet: 1_000, held: 0, clearing: -1_000, fees: 0 });
  });

  test('is ended once and one way only', async () => {
    const { store } = await walletOf(1_000);
    await posted(store, hold(held()));
    // Another hold is open: its money must not pay for the first one's second ending.
    await posted(store, hold(held(400, { source: source.replace('1', '2') })));
    const ends = await Promise.allSettled([send(held()), release(held()), send(held()), release(held())].map((posting) => posted(store, posting)));
    // On PostgreSQL either may come first; it is then the only one, and its repetition changes nothing.
    const [first, other] = ends[0]!.status === 'fulfilled' ? [[ends[0], ends[2]], [ends[1], ends[3]]] : [[ends[1], ends[3]], [ends[0], ends[2]]];
    expect(new Set(first.map((end) => end?.status === 'fulfilled' && end.value))).toEqual(new Set([true, false]));
    for (const end of other) expect(end).toMatchObject({ reason: expect.any(HoldNotOpenError) as unknown });
    const wasSent = ends[0]!.status === 'fulfilled';
    expect(await balances(store.read)).toMatchObject({ wallet: wasSent ? 200 : 600, held: 400 });
  });

  test.each([
    ['more', held(401)],
    ['less', held(399)],
    ['the same amount at another provider', held(400, { provider: 'relworx' })],
    ['the same amount of another app', held(400, { appId: 2 })],
  ])('is not ended over %s', async (_, ending) => {
    const { store } = await walletOf(1_000);
    await posted(store, hold(held()));
    await expect(posted(store, send(ending))).rejects.toBeInstanceOf(HoldNotOpenError);
    await expect(posted(store, release(ending))).rejects.toBeInstanceOf(HoldNotOpenError);
    expect(await balances(store.read)).toMatchObject({ wallet: 600, held: 400 });
  });

  test('cannot be ended when it was never opened', async () => {
    const { store } = await walletOf(1_000);
    await expect(posted(store, send(held()))).rejects.toBeInstanceOf(HoldNotOpenError);
    expect(await verifyLedger(store.read)).toEqual([]);
  });
});
