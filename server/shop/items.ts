/** The catalogue: products and payment links, anything that can be bought by its slug. */
import { slugFromName, checkedSlug, SLUG_CHARS_MAX } from '../access/slugs.ts';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { randomBase62 } from '../core/ids.ts';
import type { Currency } from '../core/money.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import { checkedLink, checkedProduct, type ItemFields, type NewLink, type NewProduct, type ProductType } from './new-item.ts';

export interface Item {
  id: number;
  slug: string;
  appId: number;
  kind: 'product' | 'link';
  /** Links are always `digital`. */
  productType: ProductType;
  name: string;
  description: string;
  imageUrl: string;
  /** What a buyer may download, relative to the data folder and always below its `files/`; empty: nothing. */
  file: string;
  currency: Currency;
  /** Null: the buyer chooses the amount. */
  amountMinor: number | null;
  minAmountMinor: number | null;
  maxAmountMinor: number | null;
  suggestedAmountsMinor: number[];
}

/** Names of routes beside `/api/store/:slug`. */
const RESERVED_SLUGS: ReadonlySet<string> = new Set(['shop', 'status', 'download']);

/** How many numbered slugs are tried for a name before a random one is taken. */
const NUMBERED_SLUGS = 20;
const RANDOM_SUFFIX_CHARS = 8;

interface ItemRow {
  id: number;
  slug: string;
  app_id: number;
  kind: Item['kind'];
  product_type: ProductType;
  name: string;
  description: string;
  image_url: string;
  file: string;
  currency: Currency;
  amount_minor: number | null;
  min_amount_minor: number | null;
  max_amount_minor: number | null;
  suggested_amounts: string;
}

const COLUMNS = `id, slug, app_id, kind, product_type, name, description, image_url, file, currency,
  amount_minor, min_amount_minor, max_amount_minor, suggested_amounts`;
const BY_SLUG = statement<ItemRow>(`SELECT ${COLUMNS} FROM items WHERE slug = :slug`);
const BY_ID = statement<ItemRow>(`SELECT ${COLUMNS} FROM items WHERE id = :id`);
const OF_APP = statement<ItemRow>(`SELECT ${COLUMNS} FROM items WHERE app_id = :appId ORDER BY id`);
const SLUGS_IN = statement<{ slug: string }>('SELECT slug FROM items WHERE currency = :currency ORDER BY id LIMIT :most');
const INSERT = statement<{ id: number }>(`
  INSERT INTO items (slug, app_id, kind, product_type, name, description, image_url, file, currency,
    amount_minor, min_amount_minor, max_amount_minor, suggested_amounts, created_at)
  VALUES (:slug, :appId, :kind, :productType, :name, :description, :imageUrl, :file, :currency,
    :amountMinor, :minAmountMinor, :maxAmountMinor, :suggestedAmounts, :now)
  ON CONFLICT (slug) DO NOTHING
  RETURNING id`);

export class Items {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(needs: { store: Store; clock: Clock }) {
    this.#store = needs.store;
    this.#clock = needs.clock;
  }

  /** Something with one price. Throws VALIDATION_ERROR. */
  async createProduct(input: NewProduct): Promise<Item> {
    const fields = checkedProduct(input);
    return this.#store.write((tx) => this.#insert(tx, fields, input.slug));
  }

  /** A payment link, of a fixed amount or one the buyer chooses. Throws VALIDATION_ERROR. */
  async createLink(input: NewLink): Promise<Item> {
    const fields = checkedLink(input);
    return this.#store.write((tx) => this.#insert(tx, fields, input.slug));
  }

  /** `createProduct` inside a transaction of the caller's. */
  async createProductWithin(tx: Transaction, input: NewProduct): Promise<Item> {
    return this.#insert(tx, checkedProduct(input), input.slug);
  }

  /** `createLink` inside a transaction of the caller's. */
  async createLinkWithin(tx: Transaction, input: NewLink): Promise<Item> {
    return this.#insert(tx, checkedLink(input), input.slug);
  }

  async bySlug(slug: string): Promise<Item | null> {
    const row = await this.#store.read.get(BY_SLUG, { slug });
    return row ? itemOf(row) : null;
  }

  async byId(id: number): Promise<Item | null> {
    const row = await this.#store.read.get(BY_ID, { id });
    return row ? itemOf(row) : null;
  }

  /** An app's items, the oldest first. */
  async ofApp(appId: number): Promise<Item[]> {
    return (await this.#store.read.all(OF_APP, { appId })).map(itemOf);
  }

  /** The slugs of the first items in a currency, of any app. */
  async slugsIn(currency: Currency, most: number): Promise<string[]> {
    return (await this.#store.read.all(SLUGS_IN, { currency, most })).map(({ slug }) => slug);
  }

  async #insert(tx: Transaction, fields: ItemFields, slug: string | undefined): Promise<Item> {
    const candidates = slug === undefined ? slugsFor(fields.name) : [givenSlug(slug)];
    const { suggestedAmountsMinor, ...columns } = fields;
    const params = { ...columns, suggestedAmounts: JSON.stringify(suggestedAmountsMinor), now: this.#clock.now() };
    for (const candidate of candidates) {
      const row = await tx.get(INSERT, { ...params, slug: candidate });
      if (row) return { id: row.id, slug: candidate, ...fields };
    }
    throw new ApiError('VALIDATION_ERROR', `slug ${slug} belongs to another item on this server`);
  }
}

function givenSlug(slug: string): string {
  if (RESERVED_SLUGS.has(slug)) throw new ApiError('VALIDATION_ERROR', `slug ${slug} is reserved`);
  return checkedSlug(slug);
}

/** Slugs to try for a name, in order: `my-book`, `my-book-2`, …; a random end is never taken. */
function* slugsFor(name: string): Generator<string> {
  const stem = slugFromName(name).slice(0, SLUG_CHARS_MAX - RANDOM_SUFFIX_CHARS - 1).replace(/-+$/, '') || 'item';
  if (!RESERVED_SLUGS.has(stem)) yield stem;
  for (let number = 2; number <= NUMBERED_SLUGS; number++) yield `${stem}-${number}`;
  yield `${stem}-${randomBase62(RANDOM_SUFFIX_CHARS).toLowerCase()}`;
}

function itemOf(row: ItemRow): Item {
  return {
    id: row.id,
    slug: row.slug,
    appId: row.app_id,
    kind: row.kind,
    productType: row.product_type,
    name: row.name,
    description: row.description,
    imageUrl: row.image_url,
    file: row.file,
    currency: row.currency,
    amountMinor: row.amount_minor,
    minAmountMinor: row.min_amount_minor,
    maxAmountMinor: row.max_amount_minor,
    suggestedAmountsMinor: JSON.parse(row.suggested_amounts) as number[],
  };
}
