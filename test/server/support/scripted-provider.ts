import type { CallbackHeaders, CallbackHint, CollectRequest, DisburseRequest, Provider, ProviderStatus, Submission } from '../../../server/providers/provider.ts';

/** What a callback of a scripted provider carries to be taken for its own. */
export const PROVIDER_TOKEN_HEADER = 'x-provider-token';
export const PROVIDER_TOKEN = 'only the provider knows';

type CollectAnswer = (request: CollectRequest) => Promise<Submission> | Submission;
type DisburseAnswer = (request: DisburseRequest) => Promise<Submission> | Submission;
type StatusAnswer = (payment: { reference: string; providerRef: string }) => Promise<ProviderStatus> | ProviderStatus;

/** A live provider that does what a test tells it: what the sandbox is too well-behaved to show. */
export class ScriptedProvider implements Provider {
  readonly slug: string;
  notFoundIsFinalAfterMs = 60_000;
  /** Every request to collect, in the order it arrived. */
  readonly collected: CollectRequest[] = [];
  /** Every request to disburse, in the order it arrived. */
  readonly disbursed: DisburseRequest[] = [];
  /** Every reference that was asked about. */
  readonly asked: string[] = [];
  #collect: CollectAnswer = ({ reference }) => ({ kind: 'accepted', providerRef: `their-${reference}` });
  #disburse: DisburseAnswer = ({ reference }) => ({ kind: 'accepted', providerRef: `their-${reference}` });
  #status: StatusAnswer = () => ({ kind: 'pending' });

  constructor(slug = 'iotec') {
    this.slug = slug;
  }

  answersCollect(answer: CollectAnswer): this {
    this.#collect = answer;
    return this;
  }

  answersDisburse(answer: DisburseAnswer): this {
    this.#disburse = answer;
    return this;
  }

  answersStatus(answer: StatusAnswer): this {
    this.#status = answer;
    return this;
  }

  /** From now on the customer has paid, in full, at this time. */
  saysCompleted(at: number, { amountMinor, currency = 'UGX' }: { amountMinor: number; currency?: string }): this {
    return this.answersStatus(({ reference }) => ({ kind: 'completed', providerRef: `their-${reference}`, amountMinor, currency, at }));
  }

  async collect(request: CollectRequest): Promise<Submission> {
    this.collected.push(request);
    return this.#collect(request);
  }

  async disburse(request: DisburseRequest): Promise<Submission> {
    this.disbursed.push(request);
    return this.#disburse(request);
  }

  async status(payment: { reference: string; providerRef: string }): Promise<ProviderStatus> {
    this.asked.push(payment.reference);
    return this.#status(payment);
  }

  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    if (headers[PROVIDER_TOKEN_HEADER] !== PROVIDER_TOKEN) return null;
    return { reference: (JSON.parse(rawBody) as { reference: string }).reference };
  }
}

/** A request that is never answered. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
