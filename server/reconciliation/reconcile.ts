/**
 * Compares a provider's books of a span of time with ours and with the ledger. Reads only: what differs is for a person.
 *
 * The provider's history comes first and our records after it, so that what settles meanwhile is ahead here and not
 * there. What the history does not show (ioTec lists no collections, Dukuzi nothing) is asked about one by one.
 */
import { type Clock, MINUTE_MS } from '../core/clock.ts';
import type { Reader } from '../db/store.ts';
import { askProvider } from '../payments/provider-calls.ts';
import { paymentByUpstreamRef } from '../payments/statements.ts';
import type { HistoryEntry, HistorySpan, Provider } from '../providers/provider.ts';
import { type Review, standingReview } from '../reviews/reviews.ts';
import { CameAndWent } from './came-and-went.ts';
import { type DifferenceKind, differenceOf, type Said, saidBy } from './differences.ts';
import { type Books, type OurRecord, recordNamed, recordsWithin } from './records.ts';

/** How far the provider's time of a movement may be from ours: a request takes seconds, and clocks differ by minutes. */
const MARGIN_MS = 15 * MINUTE_MS;

/** Questions under way at once: as fast as that goes, and few enough for any provider's limits. */
const ASKED_AT_ONCE = 4;

export interface Difference {
  kind: DifferenceKind;
  here: OurRecord | null;
  there: Said | null;
  /** The provider's own words, where it has a movement that we know nothing of. */
  entry: HistoryEntry | null;
  /** What a person has to decide about it, or has decided: that is no news. */
  review: Review | null;
}

export interface Reconciliation {
  /** How many movements were compared, and how many of them the provider was asked about one by one. */
  compared: number;
  asked: number;
  differences: Difference[];
}

/** Throws where the provider's history cannot be read whole. */
export async function reconcile(reader: Reader, provider: Provider, span: HistorySpan, clock: Clock): Promise<Reconciliation> {
  const books: Books = { provider: provider.slug, mode: provider.mode ?? 'live' };
  const wide = { from: span.from - MARGIN_MS, until: span.until + MARGIN_MS };
  const history = (await provider.history?.(wide)) ?? [];
  const records = new Records(reader, books, await recordsWithin(reader, books, wide));
  const cameAndWent = new CameAndWent({ reader, provider, clock });
  const isWithin = (at: number) => at >= span.from && at < span.until;

  const pairs = new Map<OurRecord, HistoryEntry>();
  const differences: Omit<Difference, 'review'>[] = [];
  let compared = 0;
  // What moved money comes first: of several movements under one reference it is the one that we mean.
  for (const entry of history.toSorted((a, b) => Number(b.status === 'completed') - Number(a.status === 'completed'))) {
    const here = await records.of(entry);
    if (here !== undefined && !pairs.has(here)) {
      pairs.set(here, entry);
    } else if (!cameToNothing(entry) && isWithin(entry.at)) {
      compared++;
      const payment = await records.paymentOf(entry);
      if (payment === undefined || !(await cameAndWent.has(payment))) differences.push({ kind: 'missing_here', here: null, there: entry, entry });
    }
  }

  const compare = async (here: OurRecord, there: Said, entry: HistoryEntry | null = null) => {
    compared++;
    const kind = differenceOf(here, there, clock.now());
    if (kind !== null && !(kind === 'status' && (await cameAndWent.has(here)))) differences.push({ kind, here, there, entry });
  };
  for (const [here, entry] of pairs) if (isWithin(here.createdAt) || isWithin(entry.at)) await compare(here, entry, entry);
  const unlisted = records.all.filter((here) => !pairs.has(here) && isWithin(here.createdAt));
  await inTurn(unlisted, async (here) => compare(here, saidBy(await askProvider(provider, here, clock))));
  return { compared, asked: unlisted.length + cameAndWent.asked, differences: await Promise.all(differences.map(async (each) => ({ ...each, review: await reviewOf(each.here, reader) }))) };
}

async function reviewOf(here: OurRecord | null, reader: Reader): Promise<Review | null> {
  return here && ((await standingReview(reader, here.subject)) ?? null);
}

/** Nothing moved; or somebody gave money back in the provider's dashboard, and its bank sent it back before we had heard. */
function cameToNothing({ direction, status }: HistoryEntry): boolean {
  return status === 'failed' || (direction === 'refund' && status === 'reversed');
}

/** Our records, found by what a provider shows of them. */
class Records {
  readonly all: readonly OurRecord[];
  readonly #reader: Reader;
  readonly #books: Books;
  readonly #byReference: Map<string, OurRecord>;
  readonly #byProviderRef: Map<string, OurRecord>;

  constructor(reader: Reader, books: Books, all: readonly OurRecord[]) {
    this.#reader = reader;
    this.#books = books;
    this.all = all;
    this.#byReference = new Map(all.map((record) => [record.reference, record]));
    this.#byProviderRef = new Map(all.filter(({ providerRef }) => providerRef !== '').map((record) => [`${record.direction} ${record.providerRef}`, record]));
  }

  async of({ direction, reference, providerRef }: HistoryEntry): Promise<OurRecord | undefined> {
    const found = this.#byReference.get(reference) ?? this.#byProviderRef.get(`${direction} ${providerRef}`) ?? (await this.#older(reference || providerRef));
    return found?.direction === direction ? found : undefined;
  }

  /** Of a refund there, the payment here; also where that is of another time. */
  async paymentOf({ paymentRef }: HistoryEntry): Promise<OurRecord | undefined> {
    if (paymentRef === undefined) return undefined;
    const listed = this.#byProviderRef.get(`collect ${paymentRef}`);
    if (listed !== undefined) return listed;
    const payment = await this.#reader.get(paymentByUpstreamRef, { provider: this.#books.provider, providerRef: paymentRef });
    return payment && (this.#byReference.get(payment.reference) ?? (await this.#older(payment.reference)));
  }

  /** Made long before its provider's time of it: known all the same, and the same object each time. */
  async #older(reference: string): Promise<OurRecord | undefined> {
    const record = reference === '' ? undefined : await recordNamed(this.#reader, this.#books, reference);
    if (record !== undefined) this.#byReference.set(reference, record);
    return record;
  }
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, worker));
}
