import type { ReactiveController } from 'lit';
import type { DialogHost } from './dialog.ts';

/** What can be the first or the last stop of Tab in the dialog; a form of Stripe's lies between. */
const STOPS = 'button, a[href], input, summary';

/**
 * What a modal dialog does by itself, for the one around the card form, which is not modal: Escape closes it and Tab
 * stays in it. A window that a bank opens in the page's body is not hindered.
 */
export class LooseDialog implements ReactiveController {
  readonly #host: DialogHost;

  constructor(host: DialogHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.shadowRoot?.addEventListener('keydown', this.#onKey);
  }

  hostDisconnected(): void {
    this.#host.shadowRoot?.removeEventListener('keydown', this.#onKey);
  }

  /** Before what has the focus is gone: only from inside does a dialog that is not modal give the focus back. */
  hostUpdate(): void {
    if (!this.#host.isOpen || this.#host.state !== 'card') this.#dialog?.close();
  }

  get #dialog(): HTMLDialogElement | null | undefined {
    return this.#host.shadowRoot?.querySelector<HTMLDialogElement>('dialog[open]:not(:modal)');
  }

  readonly #onKey = (event: Event): void => {
    const { key, shiftKey } = event as KeyboardEvent;
    const dialog = this.#dialog;
    if (!dialog) return;
    if (key === 'Escape') {
      this.#host.close();
    } else if (key === 'Tab') {
      const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.getClientRects().length > 0);
      const [from, to] = shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
      if (this.#host.shadowRoot?.activeElement !== from) return;
      to?.focus();
    } else {
      return;
    }
    event.preventDefault();
  };
}
