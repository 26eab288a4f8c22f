/** The list of an app's payments: newest first, filtered, by page or by cursor. */
import { ApiError } from '../core/errors.ts';
import type { Store } from '../db/store.ts';
import { type CountedKind, countWithin, inWholeHours, type Kind, type KindFilter, kindsOf, type Span } from './counts.ts';
import { countOf, type Listing, pageOf, type Place, type Range } from './list-statements.ts';
import { type Owner, ownBy } from './lookup.ts';
import type { Payment } from './payment.ts';
import { paymentByReference } from './statements.ts';

/** What a payment must be to be listed; what is absent does not matter. */
export interface PaymentFilter extends KindFilter {
  /** MSISDNs, any of which will do: a local number may be of several countries. */
  phones?: readonly string[] | undefined;
  /** When it was made, in milliseconds: from inclusive, until exclusive. */
  from?: number | undefined;
  until?: number | undefined;
}

export interface PageRequest {
  /** Counted from 1; disregarded with a cursor. */
  page: number;
  perPage: number;
  /** The reference of the row before the page. */
  startingAfter?: string | undefined;
}

export interface Page<Row> {
  rows: Row[];
  total: number;
  hasMore: boolean;
}

/** Before and after every payment; both are the beginning of a day. */
const BEGINNING = 0;
const END = Date.UTC(10_000, 0, 1);

export class PaymentListing {
  readonly #store: Store;

  constructor({ store }: { store: Store }) {
    this.#store = store;
  }

  async page(owner: Owner, filter: PaymentFilter, { page, perPage, startingAfter }: PageRequest): Promise<Page<Payment>> {
    const after = startingAfter === undefined ? undefined : await this.#placeOf(owner, startingAfter);
    const kinds = (await kindsOf(this.#store.read, owner)).filter((kind) => matches(kind, filter));
    const listing: Listing = { owner, ranges: rangesOf(filter, kinds), span: spanOf(filter) };
    const total = await this.#total(listing, filter, kinds);
    const offset = after === undefined ? (page - 1) * perPage : 0;
    if (offset >= total) return { rows: [], total, hasMore: false };
    const { statement, params } = pageOf(listing, { limit: perPage + 1, offset, after });
    const rows = await this.#store.read.all(statement, params);
    return { rows: rows.slice(0, perPage), total, hasMore: rows.length > perPage };
  }

  async #total(listing: Listing, filter: PaymentFilter, kinds: readonly CountedKind[]): Promise<number> {
    if (filter.phones !== undefined) return this.#count(listing);
    if (filter.from === undefined && filter.until === undefined) return sum(kinds);
    const { hours, ends } = inWholeHours({ from: filter.from ?? BEGINNING, until: filter.until ?? END });
    let total = hours === null ? 0 : await countWithin(this.#store.read, listing.owner, hours, filter);
    for (const { sign, from, until } of ends) total += sign * (await this.#count({ ...listing, span: { from, until } }));
    return total;
  }

  async #count(listing: Listing): Promise<number> {
    if (listing.ranges.length === 0) return 0;
    const { statement, params } = countOf(listing);
    return (await this.#store.read.get(statement, params))!.payments;
  }

  async #placeOf(owner: Owner, reference: string): Promise<Place> {
    const payment = ownBy(owner, await this.#store.read.get(paymentByReference, { reference }));
    if (payment === undefined) throw new ApiError('VALIDATION_ERROR', 'starting_after must be the reference of one of your transactions');
    return payment;
  }
}

function matches(kind: Kind, { statuses, direction, provider, currency }: KindFilter): boolean {
  return (
    (statuses === undefined || statuses.includes(kind.status)) &&
    (direction === undefined || direction === kind.direction) &&
    (provider === undefined || provider === kind.provider) &&
    (currency === undefined || currency === kind.currency)
  );
}

function rangesOf({ phones, statuses, direction, provider, currency }: PaymentFilter, kinds: readonly Kind[]): Range[] {
  if (phones !== undefined) {
    const only = (value: string | undefined) => (value === undefined ? undefined : [value]);
    const beside = { status: statuses, direction: only(direction), provider: only(provider), currency: only(currency) };
    return phones.map((phone) => ({ by: 'phone', phone, beside }));
  }
  const anyKind = statuses === undefined && direction === undefined && provider === undefined && currency === undefined;
  if (anyKind) return kinds.length === 0 ? [] : [{ by: 'time' }];
  return kinds.map(({ status, direction, provider, currency }) => ({ by: 'kind', status, direction, provider, currency }));
}

function spanOf({ from, until }: PaymentFilter): Partial<Span> {
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

function sum(kinds: readonly CountedKind[]): number {
  return kinds.reduce((total, { payments }) => total + payments, 0);
}
