import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PANEL_TIMING } from '../timing.ts';

/** Seconds count only in the last minutes; before, they would hurry somebody who has hours. */
const SECONDS_COUNT_MS = 10 * 60_000;

/** Renders its host whenever the words for the time left have changed, while there is a time to count down to. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #locale: { readonly tags: readonly string[] };
  #until = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost, locale: { readonly tags: readonly string[] }) {
    this.#host = host;
    this.#locale = locale;
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
    if (!time) return;
    let shown = this.left;
    this.#timer = setInterval(() => {
      if (shown !== (shown = this.left)) this.#host.requestUpdate();
    }, PANEL_TIMING.tickMs);
  }

  /** The time left in words, '' once it is over. */
  get left(): string {
    return timeLeft(Date.parse(this.#until) - Date.now(), this.#locale.tags);
  }
}

/** `3 hr 59 min`, in the last minutes `9:05`, '' when nothing is left. */
export function timeLeft(milliseconds: number, locales: readonly string[]): string {
  const seconds = Math.round(milliseconds / 1000);
  if (!(seconds > 0)) return '';
  const minutes = Math.floor(seconds / 60);
  if (milliseconds <= SECONDS_COUNT_MS) return `${String(minutes)}:${String(seconds % 60).padStart(2, '0')}`;
  // Intl.DurationFormat would say it in one go, and came to browsers only in 2025.
  const parts = { hour: Math.floor(minutes / 60), minute: minutes % 60 };
  return Object.entries(parts)
    .filter(([, count]) => count)
    .map(([unit, count]) => new Intl.NumberFormat(locales, { style: 'unit', unit }).format(count))
    .join(' ');
}
