/**
 * Checkout sessions: what a merchant's own server sells once, at a price of its own, to whoever it gives the slug. Bought like
 * an item of the shop, in the mode of the key that made it, and paid once: while a payment of it waits there is no second.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { randomBase62 } from '../core/ids.ts';
import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { Sale } from '../payments/collecting.ts';
import { sessionLock } from '../payments/paid-twice.ts';
import type { Payment } from '../payments/payment.ts';
import { paymentsOfSession } from '../payments/statements.ts';
import type { Method } from '../providers/provider.ts';
import type { Item } from './items.ts';

export interface Session extends Pick<Item, 'id' | 'slug' | 'appId' | 'name' | 'description' | 'imageUrl' | 'currency' | 'minAmountMinor' | 'maxAmountMinor' | 'suggestedAmountsMinor'> {
  kind: 'session';
  amountMinor: number;
  mode: Mode;
  /** Those it is confined to; empty: all there are. */
  methods: readonly Method[];
  customer: Customer;
  metadata: Record<string, unknown>;
  /** Where the buyer goes from the server's own page, when it is paid and when not; empty: nowhere. */
  successUrl: string;
  cancelUrl: string;
  createdAt: number;
  expiresAt: number;
}

/** Anything that can be bought by its slug. */
export type ForSale = Item | Session;

export interface Customer {
  name: string;
  email: string;
  phone: string;
}

export interface NewSession extends Pick<Session, 'appId' | 'mode' | 'name' | 'currency' | 'amountMinor' | 'methods' | 'customer' | 'metadata' | 'successUrl' | 'cancelUrl'> {
  expiresInSeconds: number;
}

export type SessionStatus = 'open' | 'completed' | 'expired';

/** How long one can be paid, in seconds. */
export const EXPIRES_IN = { least: 300, most: 2_592_000, usual: 86_400 } as const;

/** Of letters and digits of one case, each with 5.1 bits: 133 of them. */
const RANDOM_CHARS = 26;

interface Row {
  id: number;
  slug: string;
  appId: number;
  mode: Mode;
  name: string;
  currency: Currency;
  amountMinor: number;
  methods: string;
  customerName: string;
  customerEmail: string;
  customerPhone: string;
  metadata: string;
  successUrl: string;
  cancelUrl: string;
  createdAt: number;
  expiresAt: number;
}

const COLUMNS = `id, slug, app_id AS "appId", mode, name, currency, amount_minor AS "amountMinor", methods, customer_name AS "customerName",
  customer_email AS "customerEmail", customer_phone AS "customerPhone", metadata, success_url AS "successUrl", cancel_url AS "cancelUrl",
  created_at AS "createdAt", expires_at AS "expiresAt"`;

const insert = statement<Row>(`
  INSERT INTO checkout_sessions (slug, app_id, mode, name, currency, amount_minor, methods, customer_name, customer_email, customer_phone,
    metadata, success_url, cancel_url, created_at, expires_at)
  VALUES (:slug, :appId, :mode, :name, :currency, :amountMinor, :methods, :customerName, :customerEmail, :customerPhone,
    :metadata, :successUrl, :cancelUrl, :createdAt, :expiresAt)
  RETURNING ${COLUMNS}`);
const sessionBySlug = statement<Row>(`SELECT ${COLUMNS} FROM checkout_sessions WHERE slug = :slug`);
const sessionById = statement<Row>(`SELECT ${COLUMNS} FROM checkout_sessions WHERE id = :id`);
const sessionOfPayment = statement<Row>(`
  SELECT ${COLUMNS} FROM checkout_sessions WHERE id = (SELECT session_id FROM session_payments WHERE payment_id = :paymentId)`);
const addPayment = statement('INSERT INTO session_payments (session_id, payment_id) VALUES (:sessionId, :paymentId)');

export class CheckoutSessions {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(needs: { store: Store; clock: Clock }) {
    this.#store = needs.store;
    this.#clock = needs.clock;
  }

  async createWithin(tx: Transaction, { expiresInSeconds, customer, methods, metadata, ...fields }: NewSession): Promise<Session> {
    const now = this.#clock.now();
    const row = await tx.get(insert, {
      ...fields,
      slug: `cs-${randomBase62(RANDOM_CHARS).toLowerCase()}`,
      methods: JSON.stringify(methods),
      customerName: customer.name,
      customerEmail: customer.email,
      customerPhone: customer.phone,
      metadata: JSON.stringify(metadata),
      createdAt: now,
      expiresAt: now + expiresInSeconds * SECOND_MS,
    });
    return sessionOf(row!);
  }

  async bySlug(slug: string): Promise<Session | null> {
    return sessionOrNull(await this.#store.read.get(sessionBySlug, { slug }));
  }

  /** What a payment is for, where that is a session. */
  async ofPayment({ id: paymentId }: Payment): Promise<Session | null> {
    return sessionOrNull(await this.#store.read.get(sessionOfPayment, { paymentId }));
  }

  /** An app sees its own, of its key's mode; throws NOT_FOUND. */
  async own({ app, mode }: { app: { id: number }; mode: Mode }, id: number): Promise<Session> {
    const session = sessionOrNull(await this.#store.read.get(sessionById, { id }));
    if (session?.appId === app.id && session.mode === mode) return session;
    throw new ApiError('NOT_FOUND', 'Checkout session not found');
  }

  /** How it stands, and the payment by which: the completed one, else the latest, if any. */
  async standing({ id, expiresAt }: Session): Promise<{ status: SessionStatus; payment: Payment | undefined }> {
    const payments = await this.#store.read.all(paymentsOfSession, { sessionId: id });
    const paid = payments.find(({ status }) => status === 'completed');
    if (paid !== undefined) return { status: 'completed', payment: paid };
    return { status: this.#clock.now() < expiresAt ? 'open' : 'expired', payment: payments[0] };
  }

  /** Throws NOT_FOUND where it is paid already, or nobody paid in time. */
  async insistOpen(session: Session): Promise<void> {
    const { status } = await this.standing(session);
    if (status !== 'open') throw over(status);
  }

  /**
   * What its payments are made by: it is paid once. `canEnd` says whether a provider can be told that a card is no more to be
   * paid; where it cannot (a page of its own), whoever left that page may pay by phone all the same.
   */
  sale({ id: sessionId }: Session, canEnd: (payment: Payment) => boolean): Sale {
    const others = (payments: Payment[], method: Method) =>
      payments.filter((payment) => payment.status === 'pending' && payment.method !== method && (payment.method === 'mobile_money' || canEnd(payment)));
    return {
      // No network takes back what a phone is asked for.
      besides: async (method) => (method === 'card' ? [] : others(await this.#store.read.all(paymentsOfSession, { sessionId }), method)),
      waitingIn: async (tx, method) => {
        await tx.lock(sessionLock(sessionId));
        const payments = await tx.all(paymentsOfSession, { sessionId });
        if (payments.some(({ status }) => status === 'completed')) throw over('completed');
        const same = payments.find((payment) => payment.status === 'pending' && payment.method === method);
        if (same === undefined && others(payments, method).length > 0) {
          throw new ApiError(
            'VALIDATION_ERROR',
            method === 'card' ? 'A phone is being asked to pay for this: once that has ended it can be paid by card' : 'A card is being charged for this: once that has ended it can be paid by phone',
          );
        }
        return same;
      },
      madeIn: async (tx, { id: paymentId }) => {
        await tx.run(addPayment, { sessionId, paymentId });
      },
    };
  }
}

function over(status: Exclude<SessionStatus, 'open'>): ApiError {
  return new ApiError('NOT_FOUND', status === 'completed' ? 'This has been paid' : 'The time to pay for this is over');
}

function sessionOrNull(row: Row | undefined): Session | null {
  return row === undefined ? null : sessionOf(row);
}

function sessionOf({ customerName, customerEmail, customerPhone, methods, metadata, ...row }: Row): Session {
  return {
    ...row,
    kind: 'session',
    description: '',
    imageUrl: '',
    minAmountMinor: null,
    maxAmountMinor: null,
    suggestedAmountsMinor: [],
    methods: JSON.parse(methods) as Method[],
    customer: { name: customerName, email: customerEmail, phone: customerPhone },
    metadata: JSON.parse(metadata) as Record<string, unknown>,
  };
}
