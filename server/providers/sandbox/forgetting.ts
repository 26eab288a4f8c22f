import { type Clock, DAY_MS } from '../../core/clock.ts';
import { statement, type Store } from '../../db/store.ts';

/** The sandbox's books are kept as long as anybody may still ask: a month after a payment expired, and a little more. */
const KEPT_FOR_MS = 35 * DAY_MS;

/** Rows forgotten in one commit: it must not keep payments waiting. */
const FORGET_TOGETHER = 500;

interface Old {
  reference: string;
  createdAt: number;
  /** What waits without an end is asked about without an end: a payout that never was decided. */
  isOpen: number;
}

/** References rise with time, so the oldest come first. */
const BOOKS = [
  { table: 'sandbox_prompts', isOpen: '0' },
  { table: 'sandbox_payouts', isOpen: `CASE WHEN status = 'waiting' THEN 1 ELSE 0 END` },
].map(({ table, isOpen }) => ({
  oldest: statement<Old>(`
    SELECT reference, created_at AS "createdAt", ${isOpen} AS "isOpen" FROM ${table} WHERE reference > :after ORDER BY reference LIMIT ${FORGET_TOGETHER}`),
  forget: statement(`DELETE FROM ${table} WHERE reference >= :from AND reference <= :upTo AND created_at < :before AND ${isOpen} = 0`),
}));

/** The recurring job that forgets what the sandbox network was asked long ago. */
export async function forgetSandboxBooks(store: Store, clock: Clock): Promise<void> {
  const before = clock.now() - KEPT_FOR_MS;
  for (const { oldest, forget } of BOOKS) {
    for (let after = ''; ; ) {
      const old = (await store.read.all(oldest, { after })).filter(({ createdAt }) => createdAt < before);
      const last = old.at(-1);
      if (last === undefined) break;
      if (old.some(({ isOpen }) => isOpen === 0)) await store.write((tx) => tx.run(forget, { from: old[0]!.reference, upTo: last.reference, before }));
      after = last.reference;
    }
  }
}
