/** Made from the sources by `npm run manifest`: do not edit. */
import type {
  PayOpenEvent,
  PayStartEvent,
  PayPendingEvent,
  PaySuccessEvent,
  PayFailureEvent,
  PayExpireEvent,
  PayCloseEvent,
  PayStateChangeEvent,
} from '../src/events.ts';
import type { PayButton } from '../src/pay-button.element.ts';

/** The attributes of `<pay-button>`, by the names they have in HTML. */
export interface PayButtonAttributes {
  /** Slug of the product, link, plan or session. */
  item?: string | undefined;
  /** First amount of an item whose amount the buyer chooses; otherwise for display only. */
  amount?: number | string | undefined;
  /** How many are bought at a fixed price; 1 by default. */
  quantity?: number | string | undefined;
  /** First phone number. */
  phone?: string | undefined;
  /** The buyer's name. */
  'customer-name'?: string | undefined;
  /** The buyer's e-mail address. */
  email?: string | undefined;
  /** Name of the form field that carries the reference. */
  name?: string | undefined;
  /** The form does not validate before the payment has succeeded. */
  required?: boolean | '' | undefined;
  /** The form is sent as soon as the payment has succeeded, and `success-url` is not gone to. */
  'submit-on-success'?: boolean | '' | undefined;
  /** The button cannot be pressed. */
  disabled?: boolean | '' | undefined;
  /** Text of the button. */
  label?: string | undefined;
  /** A dialog over the page, or a panel in the flow of the page. */
  mode?: 'dialog' | 'inline' | undefined;
  /** Language tag; by default that of the page around the button. English, French and Swahili; community-checked, Kinyarwanda and Luganda. */
  locale?: string | undefined;
  /** The site's own words in place of ours, by key, as JSON. */
  messages?: string | PayButton['messages'] | undefined;
  /** Methods to offer, `mobile_money` and `card`, separated by spaces; all the item has by default. */
  methods?: string | undefined;
  /** Where to go on, three seconds after success was read; `reference` is added to its query. A closed dialog stays where it is. */
  'success-url'?: string | undefined;
  /** The Malipo server; by default the one the script came from. */
  'base-url'?: string | undefined;
}

/** Its properties that can be set, by the names they have in JavaScript. */
export type PayButtonProperties = Partial<Pick<PayButton, 'item' | 'amount' | 'quantity' | 'phone' | 'customerName' | 'email' | 'name' | 'required' | 'disabled' | 'submitOnSuccess' | 'label' | 'mode' | 'locale' | 'messages' | 'methods' | 'successUrl' | 'baseUrl'>>;

/** Its events; each bubbles. */
export interface PayButtonEvents {
  /** The panel was opened. */
  'pay-open': PayOpenEvent;
  /** The buyer confirmed; cancelable, nothing has been sent yet. */
  'pay-start': PayStartEvent;
  /** The payment waits for the buyer's approval; also after a reload. */
  'pay-pending': PayPendingEvent;
  /** The money arrived. */
  'pay-success': PaySuccessEvent;
  /** The payment failed for certain. */
  'pay-failure': PayFailureEvent;
  /** Nobody approved in time. */
  'pay-expire': PayExpireEvent;
  /** The panel was closed; a payment that waits goes on. */
  'pay-close': PayCloseEvent;
  /** `state` changed. */
  'pay-statechange': PayStateChangeEvent;
}

/** The attribute of each property that has one. */
export const ATTRIBUTE_OF = {
  item: 'item',
  amount: 'amount',
  quantity: 'quantity',
  phone: 'phone',
  customerName: 'customer-name',
  email: 'email',
  name: 'name',
  required: 'required',
  disabled: 'disabled',
  submitOnSuccess: 'submit-on-success',
  label: 'label',
  mode: 'mode',
  locale: 'locale',
  messages: 'messages',
  methods: 'methods',
  successUrl: 'success-url',
  baseUrl: 'base-url',
} as const;

export const EVENT_NAMES = [
  'pay-open',
  'pay-start',
  'pay-pending',
  'pay-success',
  'pay-failure',
  'pay-expire',
  'pay-close',
  'pay-statechange',
] as const satisfies readonly (keyof PayButtonEvents)[];
