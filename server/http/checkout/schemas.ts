/** The public checkout's requests and answers, as schemas of the shapes in core/checkout-contract.ts. */
import * as z from 'zod';
import type { CheckoutItem, CheckoutStart, CheckoutStatus } from '../../core/checkout-contract.ts';
import { CURRENCIES } from '../../core/money.ts';
import { COUNTRIES, NUMBER_PLANS } from '../../core/number-plans.ts';
import { KEY_LENGTH_MAX } from '../../payments/idempotency.ts';
import { metadata, optionalText } from '../validation.ts';

const networkIds = [...new Set(COUNTRIES.flatMap((country) => NUMBER_PLANS[country].networks.map(({ id }) => id)))];
const network = z.enum(networkIds);
const networkOrNone = z.union([network, z.literal('')]);
const status = z.enum(['pending', 'completed', 'failed', 'expired']);

export const payBody = z.object({
  phone_number: optionalText(32).meta({ examples: ['0772123456'] }),
  method: z.enum(['mobile_money', 'card'], 'must be mobile_money or card').nullish(),
  network: optionalText(32).meta({ examples: ['mtn'], description: 'Where the buyer corrected the guess from the prefix' }),
  provider: optionalText(32),
  amount: z.number().positive('must be above 0').nullish().meta({ description: 'For items whose amount the buyer chooses' }),
  customer_name: optionalText(255),
  customer_email: optionalText(255),
  quantity: z.int('must be a whole number').nullish(),
  metadata,
  idempotency_key: optionalText(KEY_LENGTH_MAX).meta({ description: 'In place of the header, which costs a browser a preflight' }),
});

export const slugParams = z.object({ slug: z.string() });
export const appSlugParams = z.object({ appSlug: z.string() });
export const statusQuery = z.object({
  fresh: z.enum(['true', 'false'], 'must be true or false').optional().meta({ description: 'Whether to ask the provider, for a buyer who waits' }),
});
export const referenceParams = z.object({ reference: z.string() });

const item = z.object({
  slug: z.string(),
  kind: z.enum(['product', 'link', 'plan', 'session']),
  name: z.string(),
  description: z.string(),
  image_url: z.string(),
  amount: z.number().nullable(),
  min_amount: z.number().nullable(),
  max_amount: z.number().nullable(),
  suggested_amounts: z.array(z.number()),
  currency: z.enum(CURRENCIES),
  methods: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('mobile_money'),
        country: z.enum(COUNTRIES),
        networks: z.array(z.object({ id: network, name: z.string(), healthy: z.boolean() })),
      }),
      z.object({ type: z.literal('card'), publishable_key: z.string() }),
    ]),
  ),
  is_test: z.boolean(),
  app: z.object({ slug: z.string(), name: z.string() }),
}) satisfies z.ZodType<CheckoutItem>;

export const itemAnswer = z.object({ data: item });

export const shopAnswer = z.object({
  data: z.object({
    app: z.object({ slug: z.string(), name: z.string(), logo_url: z.string(), theme: z.record(z.string(), z.string()) }),
    items: z.array(item),
  }),
});

export const payAnswer = z.object({
  data: z.object({
    reference: z.string(),
    status,
    amount: z.number(),
    currency: z.enum(CURRENCIES),
    provider: z.string(),
    network: networkOrNone,
    expires_at: z.string(),
    client_secret: z.string(),
    stripe_publishable_key: z.string(),
    redirect_url: z.string().optional(),
    asks_another: z.boolean().optional().meta({ description: 'True where another number is being asked already to pay for what is sold once, and this one is not; else absent' }),
  }) satisfies z.ZodType<CheckoutStart>,
  message: z.string(),
});

export const statusAnswer = z.object({
  data: z.object({
    reference: z.string(),
    status,
    amount: z.number(),
    currency: z.enum(CURRENCIES),
    provider: z.string(),
    network: networkOrNone,
    failure_code: z.enum(['', 'insufficient_funds', 'declined', 'card_declined', 'expired', 'provider_refused', 'failed']),
    failure_reason: z.string(),
    is_test: z.boolean(),
    item: z.object({ slug: z.string(), name: z.string() }).nullable(),
    created_at: z.string(),
    expires_at: z.string(),
    completed_at: z.string().nullable(),
  }) satisfies z.ZodType<CheckoutStatus>,
});
