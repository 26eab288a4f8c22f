/** A person who buys: does what people do, sees what people see. Knows parts, roles and words, no internals. */
import type { BrowserContext, FrameLocator, Locator, Page, Request } from 'playwright-core';
import type { VisitWatch } from './visit-watch.ts';

/** An event as the demo page's log shows it. */
export interface LoggedEvent {
  type: string;
  item: string;
  detail: { reference: string; status: string; amount: number | null; currency: string; state?: string };
}

export const EBOOK = 'swahili-ebook';
export const LIBRARY_FUND = 'library-fund';

/** Only the tests' own impatience: what is waited for comes in a second or two, on a machine that has time. */
const PATIENCE_MS = 60_000;

export class Buyer {
  readonly context: BrowserContext;
  readonly watch: VisitWatch;
  /** Requests to start a payment, on every tab. */
  readonly starts: Request[] = [];
  page: Page;
  /** What is being bought; '' on a page with one button whose item is no attribute. */
  item = EBOOK;
  readonly #shopUrl: string;
  readonly #touches: boolean;

  constructor(page: Page, { watch, shopUrl, touches }: { watch: VisitWatch; shopUrl: string; touches: boolean }) {
    this.context = page.context();
    this.watch = watch;
    this.page = page;
    this.#shopUrl = shopUrl;
    this.#touches = touches;
    this.context.setDefaultTimeout(PATIENCE_MS);
    this.context.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/pay')) this.starts.push(request);
    });
  }

  // Where things are.

  get payButton(): Locator {
    return this.page.locator(`${this.#element} [part=button]`);
  }

  get panel(): Locator {
    return this.page.locator(`${this.#element} [part=panel]`);
  }

  get phoneField(): Locator {
    return this.panel.getByLabel(/Mobile money number|Namba ya simu/);
  }

  get amountField(): Locator {
    return this.panel.getByRole('textbox', { name: 'Amount' });
  }

  get submitButton(): Locator {
    return this.panel.locator('[part=submit]');
  }

  get handset(): FrameLocator {
    return this.page.frameLocator('.handset iframe');
  }

  get #element(): string {
    return this.item === '' ? 'pay-button' : `pay-button[item="${this.item}"]`;
  }

  // Coming and going.

  async visitShop(): Promise<this> {
    await this.page.goto(`${this.#shopUrl}/`);
    await this.payButton.waitFor();
    return this;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.payButton.waitFor();
  }

  async openAnotherTab(): Promise<void> {
    this.page = await this.context.newPage();
    await this.visitShop();
  }

  /** The tab is gone, as when a phone needs its memory; a new one comes later. */
  async tabIsKilled(): Promise<void> {
    await this.page.close();
  }

  // Paying.

  async openPayButton(item = this.item): Promise<void> {
    this.item = item;
    await this.press(this.payButton);
    await this.panel.waitFor();
  }

  async typePhone(phone: string): Promise<void> {
    await this.phoneField.fill(phone);
  }

  async typeAmount(amount: string): Promise<void> {
    await this.amountField.fill(amount);
  }

  async chooseAmount(words: string): Promise<void> {
    await this.press(this.panel.getByRole('button', { name: words, exact: true }));
  }

  async chooseNetwork(name: string): Promise<void> {
    await this.press(this.panel.locator('label', { hasText: name }));
  }

  async chooseMethod(name: 'Mobile money' | 'Card'): Promise<void> {
    await this.press(this.panel.getByRole('radiogroup', { name: 'How to pay' }).locator('label', { hasText: name }));
  }

  /** One of the sandbox's, by its number. */
  async chooseTestCard(number: string): Promise<void> {
    await this.press(this.panel.locator('label', { hasText: number }));
  }

  /** From the closed button to the card form. */
  async comeToTheCard(item = this.item): Promise<string> {
    await this.openPayButton(item);
    await this.chooseMethod('Card');
    await this.pay();
    await this.seesTitle('Pay by card');
    return this.reference();
  }

  async answerBank(answer: 'Yes, approve' | 'No, refuse'): Promise<void> {
    await this.press(this.panel.getByRole('button', { name: answer }));
  }

  /** Stripe's own form, on Stripe's own origin. */
  get stripeForm(): FrameLocator {
    return this.page.frameLocator('iframe[title="Secure payment input frame"]');
  }

  async typeCard(number: string): Promise<void> {
    await this.stripeForm.getByLabel('Card number').fill(number);
    await this.stripeForm.getByLabel('Expiration date').fill('12 / 40');
    await this.stripeForm.getByLabel('Security code').fill('123');
  }

  /** In the layer that Stripe puts over the page. */
  async answerStripesBank(answer: 'Complete' | 'Fail'): Promise<void> {
    await this.press(this.page.frameLocator('iframe[title*="3D Secure"]').getByRole('button', { name: answer }));
  }

  async payAnotherWay(): Promise<void> {
    await this.press(this.panel.getByRole('button', { name: 'Pay another way' }));
  }

  async pay(): Promise<void> {
    await this.press(this.submitButton);
  }

  /** From the closed button to the pressed one in the dialog. */
  async buy(phone: string, item = this.item): Promise<void> {
    await this.openPayButton(item);
    await this.typePhone(phone);
    await this.pay();
  }

  /** The same, up to "check your phone", where nobody answers by himself; answers the reference. */
  async startPaying(phone: string, item = this.item): Promise<string> {
    await this.buy(phone, item);
    return this.seesWaiting();
  }

  async tryAgain(): Promise<void> {
    await this.press(this.panel.getByRole('button', { name: 'Try again' }));
    await this.phoneField.waitFor();
  }

  async checkNow(): Promise<void> {
    await this.press(this.panel.locator('[part=check]'));
  }

  async closeDialog(): Promise<void> {
    await this.press(this.panel.locator('[part=close]'));
    await this.panel.waitFor({ state: 'detached' });
  }

  // Answering on the sandbox phone in the page.

  async approveOnPhone(pin: string): Promise<void> {
    await this.handset.getByLabel('Enter PIN to approve').fill(pin);
    await this.press(this.handset.getByRole('button', { name: 'Approve' }));
  }

  async declineOnPhone(): Promise<void> {
    await this.press(this.handset.getByRole('button', { name: 'Decline' }));
  }

  async ignorePhone(): Promise<void> {
    await this.press(this.handset.getByRole('button', { name: 'Ignore' }));
  }

  /** Waits until the phone has been picked up: its place is above the dialog then, and the dialog out of reach. */
  async putPhoneDown(): Promise<void> {
    await this.press(this.page.locator('.put-down'));
  }

  /** The phone goes back to its place once it was answered. */
  async phoneIsPutDown(): Promise<void> {
    await this.page.locator('.handset:not(:modal)').waitFor();
  }

  /** Waits until the phone's screen asks this, or lists it among its messages. */
  async phoneShows(words: string | RegExp): Promise<void> {
    await this.handset.locator('form, ul').getByText(words).first().waitFor();
  }

  // Seeing.

  /** Waits until the panel says this. */
  async sees(words: string | RegExp): Promise<void> {
    await this.panel.locator(':not([role=status])').getByText(words).first().waitFor();
  }

  /** The name of the network that is chosen. */
  async chosenNetwork(): Promise<string> {
    return (await this.panel.getByRole('radiogroup', { name: 'Network' }).locator('label', { has: this.page.locator('input:checked') }).innerText()).trim();
  }

  /** The panel's title is this. */
  async seesTitle(words: string | RegExp): Promise<void> {
    await this.panel.getByRole('heading', { name: words }).waitFor();
  }

  async seesWaiting(): Promise<string> {
    await this.seesTitle('Check your phone');
    return this.reference();
  }

  async seesSuccess(): Promise<string> {
    await this.seesTitle('Payment received');
    return this.reference();
  }

  /** The button in the page says this. */
  async seesOnButton(words: string | RegExp): Promise<void> {
    await this.payButton.getByText(words).waitFor();
  }

  async reference(): Promise<string> {
    const words = await this.panel.locator('[part=reference]').innerText();
    return /dgw_\w+/.exec(words)![0];
  }

  /** What a screen reader says is wrong with a field: the text that the field names as its description. */
  async whatIsWrongWith(field: Locator): Promise<string> {
    return field.evaluate((input) => {
      if (input.getAttribute('aria-invalid') !== 'true') return '';
      const ids = (input.getAttribute('aria-describedby') ?? '').split(' ');
      const texts = ids.map((id) => (input.getRootNode() as ShadowRoot).getElementById(id)?.textContent?.trim() ?? '');
      return texts.filter(Boolean).join(' ');
    });
  }

  /** The events of the item's button, oldest first, as the shop's page heard them. */
  async events(type?: string): Promise<LoggedEvent[]> {
    const lines = await this.page.locator('.log-lines li').evaluateAll((items) =>
      items.map((line) => ({
        type: line.querySelector('b')!.textContent!,
        item: line.querySelector('span')!.textContent!,
        detail: JSON.parse(line.querySelector('code')!.textContent!) as LoggedEvent['detail'],
      })),
    );
    return lines.reverse().filter((event) => event.item === this.item && (type === undefined || event.type === type));
  }

  /** Waits until the shop's page has heard an event of this type. */
  async hears(type: string): Promise<LoggedEvent> {
    await this.page.locator(`.log-lines li[data-type="${type}"]`, { hasText: this.item }).first().waitFor({ state: 'attached' });
    return (await this.events(type)).at(-1)!;
  }

  /** The idempotency key of each start, on every tab. */
  startKeys(): string[] {
    return this.starts.map((request) => (request.postDataJSON() as { idempotency_key?: string }).idempotency_key ?? '');
  }

  /** A finger where there is one, else the mouse. */
  async press(target: Locator): Promise<void> {
    await (this.#touches ? target.tap() : target.click());
  }
}
