/** Request schemas: zod checks them, and its issues become one sentence that names the field. */
import type { FastifySchemaCompiler } from 'fastify';
import * as z from 'zod';

/** What a failed schema throws; the surface's error handler prints its message. */
export class RequestValidationError extends Error {
  override name = 'RequestValidationError';
  readonly statusCode = 400;
}

export function isValidationError(error: unknown): error is RequestValidationError {
  return error instanceof RequestValidationError;
}

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: new RequestValidationError(describe(result.error, data, httpPart)) };
  };

/** The first thing that is wrong, in words: `amount is required`, `metadata must be an object`. */
function describe(error: z.ZodError, data: unknown, httpPart: string | undefined): string {
  const issue = error.issues[0]!;
  const field = issue.path.join('.');
  if (field === '') return httpPart === 'body' ? 'The body must be a JSON object' : issue.message;
  if (valueAt(data, issue.path) === undefined) return `${field} is required`;
  return issue.code === 'invalid_type' ? `${field} must be ${article(issue.expected)}` : `${field} ${issue.message}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}

function article(expected: string): string {
  if (expected === 'record') return 'an object';
  if (expected === 'int') return 'a whole number';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

/** As much metadata as a payment carries, in bytes of JSON. */
export const METADATA_BYTES_MAX = 16_384;

const METADATA_DEPTH_MAX = 32;

/** PostgreSQL cannot keep a NUL in a text, and no honest client sends one. */
export const NO_NUL = { test: (value: string) => !value.includes('\0'), message: 'must not contain NUL characters' };

/** Optional text: clients send it absent, null or empty, and mean the same. */
export function optionalText(charsMax: number) {
  return z.string().max(charsMax, `must have at most ${charsMax} characters`).refine(NO_NUL.test, NO_NUL.message).nullish();
}

export const metadata = z
  .record(z.string(), z.unknown())
  .refine((value) => depthOf(value) <= METADATA_DEPTH_MAX, `must be nested at most ${METADATA_DEPTH_MAX} deep`)
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_BYTES_MAX, `must be at most ${METADATA_BYTES_MAX} bytes`)
  .nullish();

export const webAddress = z
  .string()
  .max(2_048, 'must have at most 2048 characters')
  .refine((value) => value === '' || /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be an http(s) address')
  .refine(NO_NUL.test, NO_NUL.message)
  .nullish();

function depthOf(value: unknown): number {
  let depth = 0;
  for (let layer: unknown[] = [value]; layer.length > 0 && depth <= METADATA_DEPTH_MAX; depth++) {
    layer = layer.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return depth;
}
