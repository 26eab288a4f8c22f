import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TIMING } from '../timing.ts';

/** Renders its host every second while there is a time to count down to. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #until = NaN;
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
    const until = Date.parse(time);
    if (Object.is(until, this.#until)) return;
    this.#until = until;
    clearInterval(this.#timer);
    if (!Number.isNaN(until)) {
      this.#timer = setInterval(() => {
        this.#host.requestUpdate();
      }, TIMING.tickMs);
    }
  }

  /** The time left as `4:05` or `3:59:10`, '' once it is over. */
  get left(): string {
    const seconds = Math.round((this.#until - Date.now()) / 1000);
    if (!(seconds > 0)) return '';
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const tail = `${pad(minutes, hours > 0)}:${pad(rest, true)}`;
    return hours > 0 ? `${String(hours)}:${tail}` : tail;
  }
}

function pad(value: number, isPadded: boolean): string {
  return String(value).padStart(isPadded ? 2 : 1, '0');
}
