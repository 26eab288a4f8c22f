import * as z from 'zod';
import { optionalText } from '../validation.ts';

/** Forms post what people typed: a numeric string is as good as a number. */
function wholeNumber(min: number, tooSmall: string) {
  return z
    .union([z.number(), z.string().regex(/^ *[0-9]+ *$/, 'must be a whole number').transform(Number)], 'must be a whole number')
    .refine(Number.isSafeInteger, 'must be a whole number')
    .refine((value) => value >= min, tooSmall);
}

const TZS_MIN = 100;

export const createBody = z.object({
  phone_number: z.string().min(1, 'is required').max(32, 'must have at most 32 characters').meta({ examples: ['255712345678'] }),
  amount: wholeNumber(TZS_MIN, `must be at least ${TZS_MIN}`).meta({ examples: [5000], description: 'TZS' }),
  product_id: wholeNumber(1, 'must be a product of yours').meta({ examples: [1] }),
  customer_name: optionalText(255).meta({ examples: ['John Doe'] }),
  customer_email: optionalText(255).meta({ examples: ['john@example.com'] }),
});

export const createAnswer = z.object({
  success: z.literal(true),
  transaction_id: z.number().int(),
  status: z.enum(['pending', 'completed', 'failed', 'expired']),
  message: z.string(),
});

export const transactionParams = z.object({ id: z.string() });

export const transactionAnswer = z.object({
  transaction_id: z.number().int(),
  status: z.enum(['pending', 'completed', 'failed', 'expired']),
  amount: z.number(),
  currency: z.string(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
});

export const errorAnswers = { '4xx': z.object({ error: z.string() }), '5xx': z.object({ error: z.string() }) };
