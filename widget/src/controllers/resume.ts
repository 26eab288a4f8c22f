import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Notices that this item's stored attempt may have changed: when the element comes back into a document, and
 * when another tab writes it.
 */
export class Resume implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly attemptPlace: string };
  readonly #look: () => void;

  constructor(host: ReactiveControllerHost & { readonly attemptPlace: string }, look: () => void) {
    this.#host = host;
    this.#look = look;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('storage', this.#onStorage);
    this.#look();
  }

  hostDisconnected(): void {
    window.removeEventListener('storage', this.#onStorage);
  }

  readonly #onStorage = ({ key, newValue }: StorageEvent): void => {
    // A record that goes away is the other tab's end of the payment; this tab hears of it from the server.
    if (newValue && key === this.#host.attemptPlace) this.#look();
  };
}
