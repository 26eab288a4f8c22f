/** What a list may be asked: pages, cursors and filters. A value that cannot be meant is a VALIDATION_ERROR. */
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { DAY_MS } from '../../core/clock.ts';
import { CURRENCIES, type Currency, isCurrency } from '../../core/money.ts';
import { COUNTRIES, countryOfCurrency } from '../../core/number-plans.ts';
import { parsePhone } from '../../core/phone.ts';
import { PROVIDER_SLUGS, type ProviderSlug } from '../../providers/capabilities.ts';
import { RequestValidationError } from '../validation.ts';

const PER_PAGE_DEFAULT = 20;
const PER_PAGE_MAX = 100;

/** Beyond this a page is a mistake; an offset of this many pages is still counted exactly. */
const PAGE_DIGITS_MAX = 9;

/** A preValidation hook: clients send a filter that is not set as an empty one. */
export async function dropEmptyFilters({ query }: FastifyRequest): Promise<void> {
  const filters = query as Record<string, unknown>;
  for (const name of Object.keys(filters)) if (filters[name] === '') delete filters[name];
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `must be one of ${values.join(', ')}`).optional();
}

const WHOLE_NUMBER = new RegExp(`^0*[1-9][0-9]{0,${PAGE_DIGITS_MAX - 1}}$`);
const wholeNumber = z.string().regex(WHOLE_NUMBER, 'must be a whole number above 0').optional();

const text = z.string().max(64, 'must have at most 64 characters').optional();

export const pageQuery = z.object({
  page: wholeNumber.meta({ description: 'Counted from 1', examples: ['1'] }),
  per_page: wholeNumber.meta({ description: `${PER_PAGE_DEFAULT} unless given, at most ${PER_PAGE_MAX}`, examples: ['20'] }),
  page_size: wholeNumber.meta({ description: 'Another name for per_page' }),
});

export const STATUSES = ['pending', 'completed', 'failed'] as const;

export const transactionsQuery = pageQuery.extend({
  starting_after: text.meta({ description: 'The reference of the last row you have: the page that follows it costs the same however far on it is' }),
  status: oneOf(STATUSES),
  direction: oneOf(['collect', 'disburse']),
  provider: oneOf(PROVIDER_SLUGS as [ProviderSlug, ...ProviderSlug[]]),
  currency: oneOf(CURRENCIES),
  phone: text.meta({ examples: ['256771234567'] }),
  from: text.meta({ description: 'An ISO date, or date and time (UTC unless it says otherwise)', examples: ['2026-03-01'] }),
  to: text.meta({ description: 'As from; a date includes the whole of its day', examples: ['2026-03-31'] }),
});

export interface PageSize {
  page: number;
  perPage: number;
}

export function readPage({ page, per_page, page_size }: z.infer<typeof pageQuery>): PageSize {
  const perPage = Number(per_page ?? page_size ?? PER_PAGE_DEFAULT);
  return { page: Number(page ?? 1), perPage: Math.min(perPage, PER_PAGE_MAX) };
}

/** A phone filter as the numbers it may mean: a local number is one in each country. */
export function readPhones(phone: string | undefined, currency: Currency | undefined): string[] | undefined {
  if (phone === undefined) return undefined;
  const country = isCurrency(currency) ? countryOfCurrency(currency) : null;
  const phones = (country === null ? COUNTRIES : [country]).map((each) => parsePhone(phone.replace(/^ /, '+'), each)).filter((each) => each !== null);
  if (phones.length === 0) throw new RequestValidationError('phone must be a phone number such as 256771234567');
  return phones;
}

/** The span of time a list is asked for, in milliseconds: from inclusive, until exclusive. */
export function readSpan({ from, to }: { from?: string | undefined; to?: string | undefined }): { from?: number; until?: number } {
  const span: { from?: number; until?: number } = {};
  if (from !== undefined) span.from = readTime('from', from).at;
  if (to !== undefined) {
    const { at, isDate } = readTime('to', to);
    span.until = at + (isDate ? DAY_MS : 1);
  }
  if (span.from !== undefined && span.until !== undefined && span.from >= span.until) throw new RequestValidationError('from must not be after to');
  return span;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** In a query string an unescaped + arrives as a space. */
const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:\d{2})?$/i;

function readTime(name: string, text: string): { at: number; isDate: boolean } {
  if (DATE.test(text)) return { at: parsed(name, text, text, 'T00:00:00Z'), isDate: true };
  const match = DATE_AND_TIME.exec(text);
  if (match === null) throw notATime(name);
  const [, date = '', time = '', zone = 'Z'] = match;
  return { at: parsed(name, date, `${date}T${time}${zone.toUpperCase().replace(' ', '+')}`), isDate: false };
}

/** `date` is checked by itself: V8 takes the 30th of February for the 2nd of March. */
function parsed(name: string, date: string, text: string, rest = ''): number {
  const at = Date.parse(text + rest);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) throw notATime(name);
  return at;
}

function notATime(name: string): RequestValidationError {
  return new RequestValidationError(`${name} must be an ISO date such as 2026-03-14, or date and time such as 2026-03-14T10:00:00Z`);
}

export const meta = z.object({
  page: z.number(),
  per_page: z.number(),
  page_size: z.number(),
  total: z.number(),
  total_pages: z.number(),
  pages: z.number(),
  has_more: z.boolean(),
});

/** The seed's names and those its clients use. */
export function metaOf({ page, perPage }: PageSize, { total, hasMore }: { total: number; hasMore: boolean }): z.infer<typeof meta> {
  const pages = Math.ceil(total / perPage);
  return { page, per_page: perPage, page_size: perPage, total, total_pages: pages, pages, has_more: hasMore };
}
