import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Another tab writes an attempt; the browser loses the network or has it again. */
const EVENTS = ['storage', 'online', 'offline'];

/** Says when to look anew: then, and when the element comes back into a document. */
export class Resume implements ReactiveController {
  readonly #look: (place?: string | null) => void;

  /** `look` is told the place that was written to, where that is what has happened. */
  constructor(host: ReactiveControllerHost, look: (place?: string | null) => void) {
    this.#look = look;
    host.addController(this);
  }

  hostConnected(): void {
    for (const type of EVENTS) addEventListener(type, this.#onEvent);
    this.#look();
  }

  hostDisconnected(): void {
    for (const type of EVENTS) removeEventListener(type, this.#onEvent);
  }

  readonly #onEvent = (event: Event): void => {
    this.#look((event as StorageEvent).key);
  };
}
