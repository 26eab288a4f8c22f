/**
 * The public checkout contract: what `/api/store/...` answers and takes, shared by the server and the widget.
 * Amounts are in major units (whole numbers for UGX and RWF), times are ISO 8601 in UTC.
 * Every success is `{"data": ...}`, every failure `{"error": {"code", "message"}, "message"}`.
 */
import type { Currency } from './money.ts';
import type { Country, NetworkId } from './number-plans.ts';

export interface CheckoutNetwork {
  id: NetworkId;
  name: string;
  /** False while the line to this network is down: warn the buyer before asking for money. */
  healthy: boolean;
}

export type CheckoutMethod =
  | { type: 'mobile_money'; country: Country; networks: CheckoutNetwork[] }
  | { type: 'card'; publishable_key: string };

/** `GET /api/store/:slug`: anything that can be bought by its slug. */
export interface CheckoutItem {
  slug: string;
  kind: 'product' | 'link' | 'plan' | 'session';
  name: string;
  description: string;
  image_url: string;
  /** Null when the buyer chooses the amount. */
  amount: number | null;
  min_amount: number | null;
  max_amount: number | null;
  suggested_amounts: number[];
  currency: Currency;
  methods: CheckoutMethod[];
  is_test: boolean;
  app: { slug: string; name: string };
  /** Plans only: how often `amount` is charged; each time the buyer approves on the phone. */
  interval?: PlanInterval;
  /** Plans only: the days between two charges where `interval` is `custom`. */
  interval_days?: number;
  /** Plans only: days before the first charge, 0 or absent for none. */
  trial_days?: number;
  /** Plans only: charged once, with the first cycle; 0 or absent for none. */
  setup_fee?: number;
}

export type PlanInterval = 'daily' | 'weekly' | 'monthly' | 'yearly' | 'custom';

/** `GET /api/store/shop/:appSlug`. */
export interface CheckoutShop {
  app: { slug: string; name: string; logo_url: string; theme: Record<string, string> };
  items: CheckoutItem[];
}

/** The body of `POST /api/store/:slug/pay`; send an `Idempotency-Key` header with it. */
export interface CheckoutPayRequest {
  phone_number?: string;
  method?: 'mobile_money' | 'card';
  /** The wallet to ask when the buyer corrected the guess made from the number's prefix. */
  network?: NetworkId;
  provider?: string;
  /** For items whose amount the buyer chooses; on a fixed item it is refused unless it equals the price. */
  amount?: number;
  customer_name?: string;
  customer_email?: string;
  quantity?: number;
  metadata?: Record<string, unknown>;
  /** In place of the header: with it, and sent as `text/plain`, a browser on another site asks no preflight first. */
  idempotency_key?: string;
}

/** What `POST /api/store/:slug/pay` answers, with 201. */
export interface CheckoutStart {
  reference: string;
  status: PaymentStatus;
  amount: number;
  currency: Currency;
  provider: string;
  network: NetworkId | '';
  expires_at: string;
  /** For cards; empty for mobile money. */
  client_secret: string;
  stripe_publishable_key: string;
  /** The provider's own page where the buyer pays; absent for a prompt on the phone or a card form here. */
  redirect_url?: string;
  /** True where another number is being asked already to pay for what is sold once, and this one is not; else absent. */
  asks_another?: boolean;
}

export type PaymentStatus = 'pending' | 'completed' | 'failed' | 'expired';

/** Why a payment failed, in a form that can be translated; `failure_reason` is the same in English. */
export type FailureCode =
  | ''
  | 'insufficient_funds'
  | 'declined'
  | 'card_declined'
  | 'expired'
  | 'provider_refused'
  | 'failed';

/**
 * `GET /api/store/status/:reference`, as JSON or, with `Accept: text/event-stream`, as a stream whose every
 * event is this whole document again with a rising id. It shows no phone number and no secret.
 */
export interface CheckoutStatus {
  reference: string;
  status: PaymentStatus;
  amount: number;
  currency: Currency;
  provider: string;
  network: NetworkId | '';
  failure_code: FailureCode;
  failure_reason: string;
  is_test: boolean;
  item: { slug: string; name: string } | null;
  created_at: string;
  expires_at: string;
  completed_at: string | null;
}

export interface CheckoutError {
  error: { code: string; message: string };
  message: string;
}
