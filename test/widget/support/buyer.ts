/** A buyer at a `<pay-button>`: presses, types and reads as a person would. Knows parts and words, no internals. */
import { fixture, html, waitUntil } from '@open-wc/testing';
import type { PaymentStatus } from '../../../server/core/checkout-contract.ts';
import type { PayDetail, PayStateDetail } from '../../../widget/src/events.ts';
import type { CheckoutState } from '../../../widget/src/machine.ts';
import type { PayButton } from '../../../widget/src/pay-button.element.ts';
import '../../../widget/src/pay-button.ts';
import { PATIENCE, type World } from './world.ts';

export interface Heard {
  type: string;
  detail: PayDetail & Partial<PayStateDetail>;
}

const EVENTS = ['pay-open', 'pay-start', 'pay-pending', 'pay-success', 'pay-failure', 'pay-expire', 'pay-close', 'pay-statechange'] as const;

export class Buyer {
  readonly element: PayButton;
  /** Every event that reached the document from this button, in order. */
  readonly heard: Heard[] = [];

  constructor(element: PayButton) {
    this.element = element;
  }

  /** Comes to a page with a button for the book, and whatever attributes the site gave it. */
  static async arrives(world: World, attributes: Record<string, string> = {}): Promise<Buyer> {
    const home = await fixture<HTMLElement>(html`<div></div>`);
    const element = document.createElement('pay-button');
    const buyer = new Buyer(element);
    for (const type of EVENTS) home.addEventListener(type, ({ detail }) => buyer.heard.push({ type, detail }));
    for (const [name, value] of Object.entries({ item: 'book', 'base-url': world.server, ...attributes })) element.setAttribute(name, value);
    home.append(element);
    await element.updateComplete;
    return buyer;
  }

  // Finding.

  find<Found extends HTMLElement = HTMLElement>(selector: string): Found {
    const found = this.element.shadowRoot?.querySelector<Found>(selector);
    if (!found) throw new Error(`there is no ${selector} in state ${this.element.state}: ${this.panelText}`);
    return found;
  }

  has(selector: string): boolean {
    return this.element.shadowRoot?.querySelector(selector) != null;
  }

  get dialog(): HTMLDialogElement {
    return this.find('dialog');
  }

  get buttonText(): string {
    return tidy(this.find('[part=button]').textContent);
  }

  get title(): string {
    return tidy(this.find('#title').textContent);
  }

  /** What is written in the panel, without what is only spoken. */
  get panelText(): string {
    const panel = this.element.shadowRoot?.querySelector('.step');
    return tidy(panel?.textContent);
  }

  get spoken(): string {
    return tidy(this.find('[role=status]').textContent);
  }

  hasFocus(selector: string): boolean {
    return this.element.shadowRoot?.activeElement === this.find(selector);
  }

  get chosenNetwork(): string {
    return tidy(this.find('[aria-label=Network] label:has(input:checked)').textContent);
  }

  get chosenMethod(): string {
    return tidy(this.find('[aria-label="How to pay"] label:has(input:checked)').textContent);
  }

  /** The texts that a field names as its description. */
  descriptionOf(selector: string): string {
    const ids = this.find(selector).getAttribute('aria-describedby')?.split(' ') ?? [];
    return tidy(ids.map((id) => this.find(`#${id}`).textContent).join(' '));
  }

  events(...types: string[]): Heard[] {
    return this.heard.filter(({ type }) => types.includes(type));
  }

  get told(): string[] {
    return this.heard.map(({ type }) => type).filter((type) => type !== 'pay-statechange');
  }

  // Doing.

  async opens(): Promise<this> {
    await this.presses('[part=button]');
    await waitUntil(() => this.has('[part=panel]'), 'the panel is here', PATIENCE);
    await this.settles();
    return this;
  }

  /** Opens the panel and waits for the form. */
  async comesToTheForm(): Promise<this> {
    await this.opens();
    return this.sees('details');
  }

  async types(selector: string, text: string): Promise<void> {
    const input = this.find<HTMLInputElement>(selector);
    input.focus();
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    await this.settles();
  }

  async presses(selector: string): Promise<void> {
    const target = this.find(selector);
    // A press by a person gives focus first.
    target.focus();
    target.click();
    await this.settles();
  }

  /** A network, a method or a test card, by its name. */
  async chooses(name: string): Promise<void> {
    const labels = [...(this.element.shadowRoot?.querySelectorAll('label') ?? [])];
    const label = labels.find(({ textContent }) => textContent.includes(name));
    label?.querySelector('input')?.focus();
    label?.click();
    await this.settles();
  }

  /** In the flow of the page, where the panel may come after the state that it shows. */
  async seesTheForm(): Promise<this> {
    await waitUntil(() => this.has('form'), 'the form is here', PATIENCE);
    await this.settles();
    return this;
  }

  /** From the closed button to the card form. */
  async comesToTheCard(): Promise<this> {
    await this.comesToTheForm();
    await this.chooses('Card');
    await this.presses('[part=submit]');
    await this.sees('card');
    await waitUntil(() => this.has('.cards, slot[name=card]'), 'the card form is here', PATIENCE);
    await this.settles();
    return this;
  }

  /** From the closed button to the request for money. */
  async pays(phone = '0772 123 456'): Promise<this> {
    await this.comesToTheForm();
    await this.types('#phone', phone);
    await this.presses('[part=submit]');
    return this;
  }

  /** Comes back to a page whose form the browser fills in again, with what it held of a payment of this item. */
  findsInTheForm(reference: string, status: PaymentStatus): void {
    const { baseUrl, item } = this.element;
    this.element.formStateRestoreCallback(`${reference} ${status} malipo:${baseUrl}:${item}`);
  }

  // Waiting.

  async sees(state: CheckoutState): Promise<this> {
    await waitUntil(() => this.element.state === state, `the state becomes ${state}`, PATIENCE);
    await this.settles();
    return this;
  }

  async hears(type: string): Promise<Heard> {
    await waitUntil(() => this.events(type).length > 0, `${type} is heard`, PATIENCE);
    return this.events(type)[0] as Heard;
  }

  async settles(): Promise<void> {
    // Announcements and focus come in the update after the one that changed the step.
    do await this.element.updateComplete;
    while (this.element.isUpdatePending);
  }
}

function tidy(text: string | null | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}
