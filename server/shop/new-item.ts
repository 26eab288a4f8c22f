/** The rules for a new item, each with a message that says what to write instead. */
import { ApiError } from '../core/errors.ts';
import { CURRENCIES, type Currency, isCurrency } from '../core/money.ts';
import { amountMinorOf } from './amount-input.ts';
import { isKeptFile } from './files.ts';
import type { Item } from './items.ts';
import { withinLimits } from './price.ts';

export const PRODUCT_TYPES = ['digital', 'course', 'physical'] as const;
export type ProductType = (typeof PRODUCT_TYPES)[number];

/** Amounts are in major units. */
interface NewItem {
  appId: number;
  name: string;
  /** Made of the name, and unique, when absent. */
  slug?: string | undefined;
  currency: string;
  description?: string | undefined;
  /** An absolute http(s) address, or a path on this server. */
  imageUrl?: string | undefined;
}

export interface NewProduct extends NewItem {
  amount: number;
  type?: string | undefined;
  /** What a buyer downloads; `keepFile` answers the path. */
  file?: string | undefined;
}

/** With `amount` the link is fixed; without, the buyer chooses within the limits. */
export interface NewLink extends NewItem {
  amount?: number | undefined;
  minAmount?: number | undefined;
  maxAmount?: number | undefined;
  suggestedAmounts?: readonly number[] | undefined;
}

export type ItemFields = Omit<Item, 'id' | 'slug'>;

const NAME_CHARS_MAX = 255;
const DESCRIPTION_CHARS_MAX = 2_000;
const URL_CHARS_MAX = 2_048;
const SUGGESTED_MAX = 12;

export function checkedProduct(input: NewProduct): ItemFields {
  const productType = PRODUCT_TYPES.find((type) => type === (input.type ?? 'digital'));
  if (!productType) refuse(`type must be ${PRODUCT_TYPES.join(', ')}`);
  const file = input.file ?? '';
  if (file !== '' && productType === 'physical') refuse('file is for digital products and courses: a physical product has nothing to download');
  if (file !== '' && !isKeptFile(file)) refuse('file must be a path below files/ in the data folder');
  const common = checkedItem(input);
  return {
    ...common,
    kind: 'product',
    productType,
    file,
    amountMinor: amountMinorOf('amount', input.amount, common.currency),
    minAmountMinor: null,
    maxAmountMinor: null,
    suggestedAmountsMinor: [],
  };
}

export function checkedLink(input: NewLink): ItemFields {
  const common = checkedItem(input);
  return { ...common, kind: 'link', productType: 'digital', file: '', ...checkedAmounts(input, common.currency) };
}

function checkedAmounts(input: NewLink, currency: Currency) {
  const suggested = input.suggestedAmounts ?? [];
  const minor = (field: string, major: number | undefined) => (major === undefined ? null : amountMinorOf(field, major, currency));
  const amountMinor = minor('amount', input.amount);
  const minAmountMinor = minor('min_amount', input.minAmount);
  const maxAmountMinor = minor('max_amount', input.maxAmount);
  const limits = { currency, amountMinor, minAmountMinor, maxAmountMinor };
  if (amountMinor !== null && (minAmountMinor !== null || maxAmountMinor !== null || suggested.length > 0)) {
    refuse('give either amount (a fixed link) or min_amount, max_amount and suggested (the buyer chooses), not both');
  }
  if (minAmountMinor !== null && maxAmountMinor !== null && minAmountMinor > maxAmountMinor) refuse('min_amount must not be more than max_amount');
  if (suggested.length > SUGGESTED_MAX) refuse(`suggested takes at most ${SUGGESTED_MAX} amounts`);
  const suggestedAmountsMinor = suggested.map((major) => withinLimits('suggested', amountMinorOf('suggested', major, currency), limits));
  if (new Set(suggestedAmountsMinor).size !== suggested.length) refuse('suggested has the same amount twice');
  return { amountMinor, minAmountMinor, maxAmountMinor, suggestedAmountsMinor };
}

function checkedItem(input: NewItem): Pick<ItemFields, 'appId' | 'name' | 'description' | 'imageUrl' | 'currency'> {
  const { appId, currency, description = '', imageUrl = '' } = input;
  const name = input.name.trim();
  if (name === '' || name.length > NAME_CHARS_MAX) refuse(`name must have 1 to ${NAME_CHARS_MAX} characters`);
  if (description.length > DESCRIPTION_CHARS_MAX) refuse(`description must have at most ${DESCRIPTION_CHARS_MAX} characters`);
  if (imageUrl !== '' && !isImageAddress(imageUrl)) refuse('image must be an absolute http:// or https:// address, or a path on this server such as /demo/images/book.svg');
  if (!isCurrency(currency)) throw new ApiError('INVALID_CURRENCY', `currency must be one of ${CURRENCIES.join(', ')}`);
  return { appId, name, description, imageUrl, currency };
}

function isImageAddress(text: string): boolean {
  if (text.length > URL_CHARS_MAX) return false;
  // Two slashes, or one and a backslash, would leave this server.
  if (text.startsWith('/')) return !/^\/[/\\]/.test(text);
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function refuse(message: string): never {
  throw new ApiError('VALIDATION_ERROR', message);
}
