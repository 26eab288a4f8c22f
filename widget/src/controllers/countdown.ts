import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TIMING } from '../timing.ts';

/** Renders its host every second while there is a time to count down to. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #until = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.countTo('');
  }

  /** Counts to this ISO time; '' stops. */
  countTo(time: string): void {
    if (time === this.#until) return;
    this.#until = time;
    clearInterval(this.#timer);
    if (time) {
      this.#timer = setInterval(() => {
        this.#host.requestUpdate();
      }, TIMING.tickMs);
    }
  }

  /** The time left as `04:05` or `3:59:10`, '' once it is over. */
  get left(): string {
    const seconds = Math.round((Date.parse(this.#until) - Date.now()) / 1000);
    if (!(seconds > 0)) return '';
    const hours = Math.floor(seconds / 3600);
    // A day has more hours than a deadline: the clock face of 1970 does the arithmetic.
    return (hours ? `${String(hours)}:` : '') + new Date(seconds * 1000).toISOString().slice(14, 19);
  }
}
