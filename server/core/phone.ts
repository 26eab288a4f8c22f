/**
 * Phone numbers as mobile money takes them. Inside Malipo a number is always its MSISDN: calling code and
 * national number, digits only, no plus (256771234567).
 */
import { type Country, NUMBER_PLANS } from './number-plans.ts';

/** National significant digits in all four countries. */
export const NATIONAL_DIGITS = 9;

const NATIONAL_NUMBER = /^[1-9][0-9]{8}$/;

/**
 * Reads a phone number strictly, as the HTTP APIs do: `256771234567`, `+256771234567` or `0771234567` for the
 * country's own calling code. Returns the MSISDN, or null for anything else. The prefix is not checked
 * against the number plan: numbers are portable and plans grow.
 */
export function parsePhone(input: string, country: Country): string | null {
  const { callingCode } = NUMBER_PLANS[country];
  const digits = input.startsWith('+') ? input.slice(1) : input;
  let national: string;
  if (digits.startsWith(callingCode) && digits.length === callingCode.length + NATIONAL_DIGITS) {
    national = digits.slice(callingCode.length);
  } else if (digits === input && digits.startsWith('0') && digits.length === NATIONAL_DIGITS + 1) {
    national = digits.slice(1);
  } else {
    return null;
  }
  return NATIONAL_NUMBER.test(national) ? callingCode + national : null;
}

/** What people and their phone books put between digits; pasted contacts carry invisible direction marks. */
const BETWEEN_DIGITS = /[\s().\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g;

/**
 * Reads what a person typed, as the widget does: spaces, dashes, dots, brackets, a leading `00` and the bare
 * nine digits are tolerated as well. Returns the MSISDN or null.
 */
export function parseTypedPhone(input: string, country: Country): string | null {
  const tidy = input.replace(BETWEEN_DIGITS, '').replace(/^00/, '+');
  // Nine digits that begin with the calling code are an international number still being typed.
  const bare = NATIONAL_NUMBER.test(tidy) && !tidy.startsWith(NUMBER_PLANS[country].callingCode);
  return parsePhone(bare ? `0${tidy}` : tidy, country);
}

/** The national digits typed so far, for guessing the network while the buyer is still typing. */
export function nationalDigitsTyped(input: string, country: Country): string {
  const { callingCode } = NUMBER_PLANS[country];
  const digits = input.replace(/\D/g, '').replace(/^00/, '');
  if (digits.startsWith('0')) return digits.slice(1);
  return digits.startsWith(callingCode) ? digits.slice(callingCode.length) : digits;
}

/** The nine national digits of an MSISDN. */
export function nationalNumber(msisdn: string): string {
  return msisdn.slice(-NATIONAL_DIGITS);
}
