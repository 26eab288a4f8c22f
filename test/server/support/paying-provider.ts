import type {
  AskedPayment,
  CallbackHeaders,
  CallbackHint,
  CollectRequest,
  DisburseRequest,
  Provider,
  ProviderStatus,
  Submission,
} from '../../../server/providers/provider.ts';
import { MINUTE_MS } from '../../../server/core/clock.ts';

/** What a callback of this provider carries to be taken for its own. */
export const TOKEN_HEADER = 'x-provider-token';
export const TOKEN = 'only the provider knows';

interface Payout extends DisburseRequest {
  fate: ProviderStatus;
}

/**
 * A live provider with books of its own. It takes every payout and says what a test decides: whether it answers,
 * refuses or loses its answer when sent one, and what it says when asked. It counts what it was sent, because the
 * one thing it must never be is sent the same money twice.
 */
export class PayingProvider implements Provider {
  readonly slug: string;
  notFoundIsFinalAfterMs = 5 * MINUTE_MS;
  /** Every payout it was sent, in order, also those it refused. */
  readonly sent: DisburseRequest[] = [];
  readonly #collects = new Map<string, CollectRequest & { fate: ProviderStatus }>();
  readonly #payouts = new Map<string, Payout>();
  /** What it does when it is sent the next payouts. */
  onDisburse: (request: DisburseRequest) => Submission | Promise<Submission> = (request) => this.takes(request);
  /** Says this when asked about any payout, instead of what its books say. */
  says: ProviderStatus | null = null;

  constructor(slug: string) {
    this.slug = slug;
  }

  async collect(request: CollectRequest): Promise<Submission> {
    this.#collects.set(request.reference, { ...request, fate: { kind: 'pending' } });
    return { kind: 'accepted', providerRef: `their-${request.reference}` };
  }

  async disburse(request: DisburseRequest): Promise<Submission> {
    this.sent.push(request);
    return this.onDisburse(request);
  }

  async status({ reference, direction }: AskedPayment): Promise<ProviderStatus> {
    if (direction === 'collect') return this.#collects.get(reference)?.fate ?? { kind: 'not_found' };
    return this.says ?? this.#payouts.get(reference)?.fate ?? { kind: 'not_found' };
  }

  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    if (headers[TOKEN_HEADER] !== TOKEN) return null;
    return { reference: (JSON.parse(rawBody) as { reference: string }).reference };
  }

  /** Enters a payout into its books, and says so. */
  takes(request: DisburseRequest): Submission {
    this.#payouts.set(request.reference, { ...request, fate: { kind: 'pending', providerRef: `their-${request.reference}` } });
    return { kind: 'accepted', providerRef: `their-${request.reference}` };
  }

  customerPays(reference: string, at: number): void {
    const collect = this.#collects.get(reference)!;
    collect.fate = { kind: 'completed', providerRef: `their-${reference}`, amountMinor: collect.amountMinor, currency: collect.currency, at };
  }

  /** Pays out what it was sent: the last one, or the one of this reference. */
  paysOut(at: number, { reference, amountMinor }: { reference?: string; amountMinor?: number } = {}): void {
    const payout = this.#payout(reference);
    payout.fate = { kind: 'completed', providerRef: `their-${payout.reference}`, amountMinor: amountMinor ?? payout.amountMinor, currency: payout.currency, at };
  }

  failsPayout(reason: string, reference?: string): void {
    this.#payout(reference).fate = { kind: 'failed', code: 'failed', reason };
  }

  #payout(reference = this.sent.at(-1)!.reference): Payout {
    return this.#payouts.get(reference)!;
  }
}
