/** What is thrown at whoever uses Stripe.js wrongly, in the words that people search for. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
}

/** Options that Stripe.js does not know are named on the console, and passed over. */
export function warnOfUnknown(call: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) console.warn(`Unrecognized ${call} parameter: ${name} is not a recognized parameter. This may cause issues with your integration in the future.`);
  }
}
