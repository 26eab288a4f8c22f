import { ApiError } from '../core/errors.ts';

/** Long enough for a title, short enough for a printed address. */
export const SLUG_CHARS_MAX = 64;

const SLUG = /^[a-z0-9][a-z0-9-]*$/;

/** Answers the slug, or throws VALIDATION_ERROR when it is not one. */
export function checkedSlug(slug: string): string {
  if (!SLUG.test(slug) || slug.length > SLUG_CHARS_MAX) {
    throw new ApiError('VALIDATION_ERROR', `slug must be 1 to ${SLUG_CHARS_MAX} lower-case letters, digits and dashes, beginning with a letter or digit`);
  }
  return slug;
}

/** A slug made of a name: "Café & Élan" → `cafe-elan`; empty when the name has no letter or digit of the Latin alphabet. */
export function slugFromName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARS_MAX)
    .replace(/^-+|-+$/g, '');
}
