/** How Stripe writes: amounts, lists, answers and refusals. */
import type { SimulatedAnswer } from '../simulator.ts';

const ZERO_DECIMAL = ['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'];

/** Newest first, a page at a time, as every list of Stripe's. */
export function listOf(url: string, query: URLSearchParams, rows: { id: string; created?: number; payment_intent?: string }[]): SimulatedAnswer {
  const bound = (name: string, otherwise: number) => Number(query.get(`created[${name}]`) ?? otherwise);
  const intent = query.get('payment_intent');
  const matching = rows
    .filter(({ created = 0 }) => created >= bound('gte', 0) && created <= bound('lte', Infinity) && created < bound('lt', Infinity))
    .filter((row) => intent === null || row.payment_intent === intent)
    .reverse();
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 100) return no(400, { type: 'invalid_request_error', param: 'limit', message: 'Invalid limit: must be between 1 and 100' });
  const after = query.get('starting_after');
  const from = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  if (after !== null && from === 0) return missing('object', after);
  return ok({ object: 'list', url, has_more: matching.length > from + limit, data: matching.slice(from, from + limit) });
}

export function metadataOf(form: URLSearchParams): Record<string, string> {
  const named = [...form].map(([name, value]) => [/^metadata\[(\w+)\]$/.exec(name)?.[1], value] as const);
  return Object.fromEntries(named.filter(([name]) => name !== undefined)) as Record<string, string>;
}

export function toMajor(amount: number, currency: string): number {
  return ZERO_DECIMAL.includes(currency) ? amount : amount / 100;
}

export function toStripe({ amount, currency }: { amount: number; currency: string }): number {
  return ZERO_DECIMAL.includes(currency.toLowerCase()) ? amount : Math.round(amount * 100);
}

export function ok(json: unknown): SimulatedAnswer {
  return { status: 200, json };
}

export function no(status: number, error: Record<string, unknown>): SimulatedAnswer {
  return { status, json: { error } };
}

export function missing(what: string, id: string): SimulatedAnswer {
  return no(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'` });
}

export function unexpectedState(intent: { status: string }): SimulatedAnswer {
  const message = intent.status === 'succeeded' ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.' : `This PaymentIntent has a status of ${intent.status}.`;
  return no(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message, payment_intent: intent });
}

/** A key of live mode, or of somebody else: ngx-stripe#167. */
export function ofAnotherAccount(): SimulatedAnswer {
  return no(400, { type: 'invalid_request_error', param: 'client_secret', message: 'The client_secret provided does not match any associated PaymentIntent on this account.' });
}

/** A page of any origin may read what Stripe answers to a publishable key. */
export function fromBrowser(answer: SimulatedAnswer): SimulatedAnswer {
  return { ...answer, headers: { ...answer.headers, 'Access-Control-Allow-Origin': '*' } };
}
