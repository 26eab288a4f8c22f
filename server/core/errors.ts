/**
 * Every way Malipo says no: code, HTTP status and default message. Capabilities throw an `ApiError` with one of
 * these codes; each surface prints it in its own dialect. Nothing else is thrown at a caller.
 */
export const ERRORS = {
  VALIDATION_ERROR: { status: 400, message: 'The request is not valid' },
  INVALID_PHONE: { status: 400, message: 'Phone number format invalid' },
  INVALID_CURRENCY: { status: 400, message: 'Currency not supported' },
  INVALID_PROVIDER: { status: 400, message: 'Provider not supported' },
  PROVIDER_ERROR: { status: 400, message: 'Provider not configured or returned an error' },
  PROVIDER_LINE_DOWN: { status: 503, message: 'The line to this network is currently down' },
  INSUFFICIENT_BALANCE: { status: 400, message: 'The amount exceeds the available balance' },
  TEST_MODE: { status: 400, message: 'Operation not allowed with a test API key' },
  TEST_NUMBER_ON_LIVE_KEY: { status: 400, message: 'This is a sandbox number: use it with a test API key' },
  AUTHENTICATION_ERROR: { status: 401, message: 'Invalid or missing API key' },
  ORIGIN_NOT_ALLOWED: { status: 403, message: 'This website may not use this shop' },
  NOT_FOUND: { status: 404, message: 'Resource not found' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This address does not take that method' },
  IDEMPOTENCY_CONFLICT: { status: 409, message: 'This Idempotency-Key was used with another request' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The request body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Send the body as application/json' },
  RATE_LIMIT: { status: 429, message: 'Too many requests' },
  DB_ERROR: { status: 500, message: 'Internal database error' },
  INTERNAL_ERROR: { status: 500, message: 'Something went wrong on our side' },
  UNAVAILABLE: { status: 503, message: 'The server or its database is not available at the moment' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: ErrorCode;
  /** Seconds after which the caller may try again, for 409, 429 and 503. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string = ERRORS[code].message, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
