import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TIMING } from '../timing.ts';

/** What the redirect needs to know of its element. */
export interface SuccessHost extends ReactiveControllerHost {
  readonly successUrl: string;
  /** The reference once the payment has succeeded, else ''. */
  readonly value: string;
  /** Whether the buyer sees the panel: who has closed it is busy in the page, and stays there. */
  readonly isPanelShown: boolean;
}

/** Leaves the page for `success-url` once the buyer has had time to read that the payment succeeded. */
export class SuccessRedirect implements ReactiveController {
  /** The payment that the browser's form brought back: who came back to the page is not sent away again. */
  restored = '';
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

  hostUpdated(): void {
    const { isPanelShown, value } = this.#host;
    if (isPanelShown && this.href && value !== this.restored) {
      this.#timer ??= setTimeout(() => {
        location.assign(this.href);
      }, TIMING.redirectMs);
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }
}
