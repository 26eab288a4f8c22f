/** The few calls that most tests of payments make, through the v1 surface. */
import { expect } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import type { Answer, CallOptions, TestMalipo } from './build-malipo.ts';
import { PROVIDER_TOKEN, PROVIDER_TOKEN_HEADER } from './scripted-provider.ts';

/** A Ugandan number that means nothing to the sandbox, so that live keys take it too. */
export const PHONE = '256772123456';

/** Longer than a provider's last answer is taken for fresh. */
const STALE_AFTER_MS = 3 * SECOND_MS;

export const COLLECT = { amount: 50_000, currency: 'UGX', phone_number: PHONE };

/** Starts a payment and answers its reference. */
export async function collect(malipo: TestMalipo, key: string, body: object = {}, options: CallOptions = {}): Promise<string> {
  const answer = await malipo.post('/v1/payments/collect', { ...COLLECT, ...body }, { key, ...options });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data.reference as string;
}

/** Asks the provider, past any answer still fresh, and answers the transaction. */
export async function verify(malipo: TestMalipo, key: string, reference: string): Promise<Record<string, unknown>> {
  malipo.clock.advance(STALE_AFTER_MS);
  const answer = await malipo.post('/v1/webhooks/verify', { reference }, { key });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data as Record<string, unknown>;
}

/** The transaction as it stands, without asking anybody. */
export async function transaction(malipo: TestMalipo, key: string, reference: string): Promise<Record<string, unknown>> {
  const answer = await malipo.get(`/v1/payments/transactions/${reference}`, { key });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data as Record<string, unknown>;
}

/** A scripted provider calls back about a payment. */
export function callBack(malipo: TestMalipo, reference: string, about: object = {}, slug = 'iotec'): Promise<Answer> {
  return malipo.post(`/v1/webhooks/${slug}`, { reference, ...about }, { headers: { [PROVIDER_TOKEN_HEADER]: PROVIDER_TOKEN } });
}
