/** A shop to buy from over every surface, and what its buyers ask of it. */
import { runCliWith } from '../../serve-process.ts';
import type { Chance } from './chance.ts';

export interface Shop {
  testKey: string;
  productId: number;
}

const PRODUCT_TZS = 5_000;
const PRODUCT_UGX = 12_000;

export async function openShop(databaseUrl: string, env: Record<string, string>): Promise<Shop> {
  const { test_key: testKey } = await runCliWith<{ test_key: string }>(env, databaseUrl, 'app', 'create', '--name', 'Duka', '--slug', 'duka');
  const product = (slug: string, amount: number, currency: string) =>
    runCliWith<{ id: number }>(env, databaseUrl, 'product', 'create', '--app', 'duka', '--name', slug, '--slug', slug, '--amount', String(amount), '--currency', currency);
  await product('kitabu', PRODUCT_UGX, 'UGX');
  const { id: productId } = await product('chai', PRODUCT_TZS, 'TZS');
  return { testKey, productId };
}

/** How a subscriber's number ends, by what has become of the payment once everybody has answered. */
const ENDINGS: Readonly<Record<string, FinalStatus>> = {
  '23456': 'completed',
  '00001': 'completed',
  '00002': 'failed',
  '00003': 'failed',
  '00004': 'pending',
  '00005': 'completed',
  '00006': 'pending',
  '00007': 'completed',
};

export type FinalStatus = 'completed' | 'failed' | 'pending';

/** One thing a buyer wants to pay, once; its name is its Idempotency-Key and is written into the payment. */
export interface Purchase {
  name: string;
  path: string;
  headers: Record<string, string>;
  body: object;
  amountMinor: number;
  ends: FinalStatus;
}

export function drawPurchase(chance: Chance, { testKey, productId }: Shop, name: string): Purchase {
  const ending = chance.oneOf(Object.keys(ENDINGS));
  const ends = ENDINGS[ending]!;
  const idempotency = { 'content-type': 'application/json', 'idempotency-key': name };
  switch (chance.oneOf(['v1', 'v1', 'checkout', 'dukuzi'] as const)) {
    case 'v1': {
      const amount = 1_000 + chance.below(100_000);
      const body = { amount, currency: 'UGX', phone_number: `2567712${ending}`, metadata: { purchase: name } };
      return { name, path: '/v1/payments/collect', headers: { ...idempotency, 'x-api-key': testKey }, body, amountMinor: amount * 100, ends };
    }
    case 'checkout': {
      const body = { phone_number: `07712${ending}`, method: 'mobile_money', metadata: { purchase: name } };
      return { name, path: '/api/store/kitabu/pay', headers: idempotency, body, amountMinor: PRODUCT_UGX * 100, ends };
    }
    case 'dukuzi': {
      const amount = 100 + chance.below(100_000);
      const body = { phone_number: `2557123${ending}`.slice(0, 12), amount, product_id: productId, customer_name: name };
      return { name, path: '/create-payment', headers: { ...idempotency, 'x-api-key': testKey }, body, amountMinor: amount * 100, ends };
    }
  }
}

/** What a surface acknowledged: v1 and the checkout by reference, Dukuzi by its integer. */
export type Acknowledged = { reference: string } | { id: number };

export function acknowledgedIn(answer: unknown): Acknowledged {
  const { data, transaction_id: id } = answer as { data?: { reference: string }; transaction_id?: number };
  if (data !== undefined) return { reference: data.reference };
  if (id !== undefined) return { id };
  throw new Error(`This acknowledges nothing: ${JSON.stringify(answer)}`);
}
