import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Says when the stored attempt may have changed: when the element comes back into a document, and when another
 * tab writes one.
 */
export class Resume implements ReactiveController {
  readonly #look: (place?: string | null) => void;

  constructor(host: ReactiveControllerHost, look: (place?: string | null) => void) {
    this.#look = look;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener('storage', this.#onStorage);
    this.#look();
  }

  hostDisconnected(): void {
    removeEventListener('storage', this.#onStorage);
  }

  readonly #onStorage = ({ key }: StorageEvent): void => {
    this.#look(key);
  };
}
