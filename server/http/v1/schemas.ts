/** The v1 dialect's requests and answers. The answers are documentation, checked against real ones in tests. */
import * as z from 'zod';
import { metadata, optionalText, webAddress } from '../validation.ts';

export const DESCRIPTION_CHARS_MAX = 500;

export const collectBody = z.object({
  amount: z.number().positive('must be above 0').meta({ examples: [50000], description: 'Major units; whole for UGX and RWF' }),
  currency: z.string().min(1, 'is required').meta({ examples: ['UGX'] }),
  phone_number: optionalText(32).meta({ examples: ['256771234567'], description: 'Required for mobile money' }),
  provider: optionalText(32).meta({ examples: ['iotec'], description: 'The first that takes the amount, by currency, when absent' }),
  // Not in the reference, whose clients may send anything under this name.
  method: z.enum(['mobile_money', 'card']).nullish().catch(undefined).meta({ description: '`card` where the provider takes phones as well; otherwise it follows from provider and currency' }),
  description: optionalText(DESCRIPTION_CHARS_MAX).meta({ examples: ['Order #1234'] }),
  callback_url: webAddress.meta({ examples: ['https://myapp.com/hook'] }),
  metadata: metadata.meta({ examples: [{ order_id: '123' }] }),
});

export const verifyBody = z.object({
  reference: z.string().min(1, 'is required').max(64, 'must have at most 64 characters').meta({ examples: ['dgw_abc123xyz'] }),
});

export const referenceParams = z.object({ reference: z.string() });

export const transaction = z.object({
  reference: z.string(),
  status: z.enum(['pending', 'completed', 'failed']),
  provider: z.string(),
  provider_slug: z.string(),
  provider_ref: z.string(),
  direction: z.enum(['collect', 'disburse']),
  amount: z.number(),
  platform_fee: z.number(),
  net_amount: z.number(),
  refunded_amount: z.number().optional().meta({ description: 'What went back to the customer; absent while nothing did' }),
  reversed_at: z.string().optional().meta({ description: 'When the provider took it back; absent while it has not' }),
  currency: z.string(),
  phone_number: z.string(),
  description: z.string(),
  failure_reason: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  is_test: z.boolean(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
});

export const transactionAnswer = z.object({ data: transaction });
export const verifyAnswer = z.object({ data: transaction, message: z.string() });

export const collectAnswer = z.object({
  data: z.object({
    reference: z.string(),
    provider: z.string(),
    provider_ref: z.string(),
    status: z.enum(['pending', 'completed', 'failed']),
    amount: z.number(),
    currency: z.string(),
    phone_number: z.string(),
    raw_response: z.record(z.string(), z.unknown()),
    client_secret: z.string(),
    stripe_publishable_key: z.string(),
    redirect_url: z.string().optional().meta({ description: 'Send the customer there to pay, where the provider has a page of its own' }),
  }),
  message: z.string(),
});

export const errorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }), message: z.string() });

/** Every v1 and checkout route can refuse; the codes say why. */
export const errorAnswers = { '4xx': errorAnswer, '5xx': errorAnswer };

export const idempotencyHeaders = z.object({
  'idempotency-key': z.string().optional().meta({ description: 'The same key with the same body answers the first answer again' }),
});
