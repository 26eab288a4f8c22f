import type { Store } from '../db/store.ts';
import type { Page } from '../payments/listing.ts';
import type { Owner } from '../payments/lookup.ts';
import { countOfApp, countOfAppWithStatus, withdrawalsOfApp, withdrawalsOfAppWithStatus } from './statements.ts';
import type { Withdrawal, WithdrawalStatus } from './withdrawal.ts';

export interface WithdrawalPage {
  status: WithdrawalStatus | undefined;
  page: number;
  perPage: number;
}

/** An app's withdrawals, newest first. There are none in test mode. */
export class WithdrawalListing {
  readonly #store: Store;

  constructor({ store }: { store: Store }) {
    this.#store = store;
  }

  async page({ app, mode }: Owner, { status, page, perPage }: WithdrawalPage): Promise<Page<Withdrawal>> {
    if (mode === 'test') return { rows: [], total: 0, hasMore: false };
    const { read } = this.#store;
    const of = { appId: app.id };
    const window = { limit: perPage + 1, offset: (page - 1) * perPage };
    const [rows, count] =
      status === undefined
        ? [await read.all(withdrawalsOfApp, { ...of, ...window }), await read.get(countOfApp, of)]
        : [await read.all(withdrawalsOfAppWithStatus, { ...of, status, ...window }), await read.get(countOfAppWithStatus, { ...of, status })];
    return { rows: rows.slice(0, perPage), total: count!.withdrawals, hasMore: rows.length > perPage };
  }
}
