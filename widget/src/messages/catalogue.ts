import { en, type Messages } from './en.ts';
import { sw } from './sw.ts';

/**
 * The languages in the bundle. Later ones are loaded when wanted: their entry becomes a function that imports
 * them, and the locale controller shows what it has until they arrive.
 */
const CATALOGUE: Readonly<Record<string, Messages>> = { en, sw };

/** The messages for a BCP 47 tag (`sw-TZ` speaks `sw`), or undefined. */
export function messagesFor(tag: string): Messages | undefined {
  return CATALOGUE[tag.toLowerCase().split('-')[0] ?? ''];
}
