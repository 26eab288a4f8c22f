/** Turns whatever went wrong into one of the catalogue's errors, and answers it in a surface's dialect. */
import { isValidationError } from './validation.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, type ErrorCode } from '../core/errors.ts';
import { isRefusedStatement, StoreUnavailableError } from '../db/store.ts';

/** Seconds after which a server or a database that was away may be asked again: about what a restart takes. */
export const RETRY_AFTER = 5;

/** What Fastify itself refuses, by its codes (fastify: lib/errors.js). */
const FRAMEWORK_ERRORS: Readonly<Record<string, [ErrorCode, string?]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['VALIDATION_ERROR', 'The body is not valid JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['VALIDATION_ERROR', 'The body is empty; send a JSON object'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['VALIDATION_ERROR', 'The body is not as long as Content-Length says'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['PAYLOAD_TOO_LARGE'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE'],
  FST_ERR_BAD_URL: ['NOT_FOUND'],
  FST_ERR_MAX_PARAM_LENGTH: ['NOT_FOUND'],
};

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isValidationError(error)) return new ApiError('VALIDATION_ERROR', error.message);
  // Whether anything was written is not said: after a payment's first commit it was, and its key finds it.
  if (error instanceof StoreUnavailableError) {
    return new ApiError('UNAVAILABLE', 'The database is not available at the moment; try again in a few seconds', { retryAfter: RETRY_AFTER, cause: error });
  }
  if (isRefusedStatement(error)) return new ApiError('DB_ERROR', undefined, { cause: error });
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : FRAMEWORK_ERRORS[code];
  if (known !== undefined) return new ApiError(...known);
  // secure-json-parse refuses __proto__ keys with a bare SyntaxError.
  if (statusCode === 400) return new ApiError('VALIDATION_ERROR', 'The request is not valid', { cause: error });
  return new ApiError('INTERNAL_ERROR', undefined, { cause: error });
}

/** Prints an error in one dialect. */
export type ErrorDialect = (error: ApiError) => { status: number; body: unknown };

/** The dialect of v1 and the checkout: a nested error, and its message again where half of the clients look. */
export const v1Dialect: ErrorDialect = (error) => ({
  status: error.status,
  body: { error: { code: error.code, message: error.message }, message: error.message },
});

/** A Fastify error handler for a surface. What went wrong inside is logged, never told. */
export function errorHandler(dialect: ErrorDialect) {
  return (cause: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = toApiError(cause);
    // A line that is down was logged when it went down, not once for every payment it refuses.
    if (error.status >= 500 && error.code !== 'PROVIDER_LINE_DOWN') request.log.error({ err: error.cause ?? error, url: request.url }, error.message);
    if (error.retryAfter !== undefined) reply.header('Retry-After', error.retryAfter);
    const { status, body } = dialect(error);
    // Set before the body was refused on some paths: an error is JSON whatever the route would have answered.
    void reply.status(status).header('Content-Type', 'application/json; charset=utf-8').send(body);
  };
}
