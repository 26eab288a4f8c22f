import { randomBytes } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes at or above this would make the first letters of the alphabet likelier: they are drawn again. */
const UNBIASED_LIMIT = 256 - (256 % BASE62.length);

/** `length` letters and digits from the system's secure source; each carries 5.95 bits. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < UNBIASED_LIMIT) text += BASE62[byte % BASE62.length];
    }
  }
  return text;
}

/** A payment's reference: 24 random characters are 142 bits, and 28 in all fit every provider's 36. */
export function newReference(): string {
  return `dgw_${randomBase62(24)}`;
}

/** A number in base 62, padded to a fixed width. */
export function toBase62(value: number, width: number): string {
  let text = '';
  for (let rest = value; text.length < width; rest = Math.floor(rest / BASE62.length)) {
    text = BASE62[rest % BASE62.length]! + text;
  }
  return text;
}
