/** What DGateway's error codes mean for a request that moves money. Source: the error table of its reference, and codes that clients saw. */

/** A definite no, that whoever asked can do something about or that the operator has to mend. */
export type Refusal = ({ for: 'client'; lineDown?: true } | { for: 'operator'; fix: string }) & {
  /**
   * It depends on more than the request, so it may be about a second copy of one that was taken; or the provider behind
   * DGateway answered with an error. What became of the request stands in DGateway's books.
   */
  standsInBooks?: true;
};

export const KEY_REFUSED = 'DGATEWAY_API_KEY was not accepted';

const REFUSALS: Readonly<Record<string, Refusal>> = {
  VALIDATION_ERROR: { for: 'client' },
  INVALID_PHONE: { for: 'client' },
  TEST_NUMBER_ON_LIVE_KEY: { for: 'client' },
  RATE_LIMIT: { for: 'client', standsInBooks: true },
  PROVIDER_LINE_DOWN: { for: 'client', lineDown: true, standsInBooks: true },
  AUTHENTICATION_ERROR: { for: 'operator', fix: KEY_REFUSED },
  INVALID_API_KEY: { for: 'operator', fix: KEY_REFUSED },
  TEST_MODE: { for: 'operator', fix: 'DGATEWAY_API_KEY is a test key' },
  INVALID_CURRENCY: { for: 'operator', fix: 'the account does not take this currency' },
  INVALID_PROVIDER: { for: 'operator', fix: 'the account does not have the provider that was named' },
  PROVIDER_NOT_FOUND: { for: 'operator', fix: 'the account does not have the provider that was named' },
  INSUFFICIENT_BALANCE: { for: 'operator', fix: 'the account holds too little for this payout', standsInBooks: true },
  NOT_FOUND: { for: 'operator', fix: 'DGATEWAY_BASE_URL is wrong' },
  PROVIDER_ERROR: { for: 'operator', fix: 'the provider that was named is not set up there, or refuses the account', standsInBooks: true },
};

/** Only an answer that says so by its status too: 503 is documented for a line that is down, any other 5xx says nothing. */
export function refusalOf(status: number, code: string): Refusal | undefined {
  const isNo = (status >= 400 && status < 500) || (status === 503 && code === 'PROVIDER_LINE_DOWN');
  return isNo && Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
}
