/** What can be seen of a card without asking its bank. Source of codes and words: docs.stripe.com/error-codes, and what the form says. */
import type { Failure } from '../wire.ts';

export interface Card {
  number: string;
  expiry: string;
  cvc: string;
}

export type Field = keyof Card;

/** The first thing that is wrong, and where. */
export function mistakeIn({ number, expiry, cvc }: Card, now = new Date()): { field: Field; error: Failure } | null {
  const digits = number.replaceAll(/\D/g, '');
  if (digits.length < 13) return wrong('number', 'incomplete_number', 'Your card number is incomplete.');
  if (!passesLuhn(digits)) return wrong('number', 'invalid_number', 'Your card number is invalid.');
  const [month, year] = monthAndYear(expiry);
  if (month === null || year === null) return wrong('expiry', 'incomplete_expiry', 'Your card’s expiration date is incomplete.');
  if (month < 1 || month > 12) return wrong('expiry', 'invalid_expiry_month', 'Your card’s expiration date is invalid.');
  if (new Date(year, month, 1) <= now) return wrong('expiry', 'invalid_expiry_year_past', 'Your card’s expiration year is in the past.');
  if (cvc.replaceAll(/\D/g, '').length < 3) return wrong('cvc', 'incomplete_cvc', 'Your card’s security code is incomplete.');
  return null;
}

/** Of `12 / 34` or `1234`. */
export function monthAndYear(expiry: string): [number | null, number | null] {
  const [, month, year] = /^\s*(\d{2})\s*\/?\s*(\d{2})\s*$/.exec(expiry) ?? [];
  return [month === undefined ? null : Number(month), year === undefined ? null : 2000 + Number(year)];
}

function wrong(field: Field, code: string, message: string): { field: Field; error: Failure } {
  return { field, error: { type: 'validation_error', code, message } };
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
