import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TIMING } from '../timing.ts';

/** What the redirect needs to know of its element. */
export interface SuccessHost extends ReactiveControllerHost {
  readonly successUrl: string;
  /** The reference once the payment has succeeded, else ''. */
  readonly value: string;
  /** Whether the buyer sees the panel: who has closed it is busy in the page, and stays there. */
  readonly isPanelShown: boolean;
  close(): void;
}

/** Leads on after success, once: sends the form, or leaves for `success-url` when the buyer has had time to read. */
export class SuccessRedirect implements ReactiveController {
  /** The payment after which the buyer has gone on from here: who comes back to the page is not sent away again. */
  ledOn = '';
  readonly #host: SuccessHost;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: SuccessHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Where the buyer goes on, the reference in its query; '' for nowhere. */
  get href(): string {
    const { successUrl, value } = this.#host;
    try {
      const url = new URL(successUrl || 'no:', document.baseURI);
      url.searchParams.set('reference', value);
      // Nothing but a page: a `javascript:` address would run in the site.
      return value && url.protocol.startsWith('http') ? url.href : '';
    } catch {
      return '';
    }
  }

  hostConnected(): void {
    addEventListener('pagehide', this.leave);
    this.#host.requestUpdate();
  }

  /** What has taken the button away shows something else by now. */
  hostDisconnected(): void {
    removeEventListener('pagehide', this.leave);
    this.#stay();
  }

  hostUpdated(): void {
    const { isPanelShown, value } = this.#host;
    if (isPanelShown && this.href && value !== this.ledOn) {
      this.#timer ??= setTimeout(() => {
        location.assign(this.href);
      }, TIMING.redirectMs);
    } else {
      this.#stay();
    }
  }

  /** Sends the form, which leads on in its own way. */
  send(form: HTMLFormElement | null): void {
    const { value } = this.#host;
    if (!form || !value || value === this.ledOn) return;
    this.ledOn = value;
    this.#stay();
    this.#host.close();
    form.requestSubmit();
  }

  /** The page is left, or is by the link: its timers go on meanwhile, and where it is kept for Back. */
  readonly leave = (): void => {
    this.ledOn = this.#host.value || this.ledOn;
    this.#stay();
  };

  #stay(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
