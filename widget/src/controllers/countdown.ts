import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PANEL_TIMING } from '../timing.ts';

/**
 * Only the last minutes are counted. A payment stays open for hours, the request on a phone mostly for a minute: hours that
 * run down beside it would be taken for its own.
 */
const COUNTED_SECONDS = 10 * 60;

/** Renders its host whenever the words for its deadline have changed, while there is one. */
export class Countdown implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #deadline = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.countTo('');
  }

  /** Counts to this ISO time; '' stops. */
  countTo(deadline: string): void {
    if (deadline === this.#deadline) return;
    this.#deadline = deadline;
    clearInterval(this.#timer);
    if (!deadline) return;
    let shown = this.told?.time;
    this.#timer = setInterval(() => {
      if (shown !== (shown = this.told?.time)) this.#host.requestUpdate();
    }, PANEL_TIMING.tickMs);
  }

  /** What to say of it; null once it is over. */
  get told(): Told | null {
    return tellDeadline(Date.parse(this.#deadline), Date.now());
  }
}

/** The key of a sentence, and the time to fill in. */
interface Told {
  key: 'until' | 'left';
  time: string;
}

/** The end by the buyer's clock, `20:05`; in the last minutes what is left, `9:05`; null once it is over. */
export function tellDeadline(deadline: number, now: number): Told | null {
  const seconds = Math.round((deadline - now) / 1000);
  if (!(seconds > 0)) return null;
  // Not by Intl: browsers know neither Luganda nor Kinyarwanda, and would say `8:05 PM` there.
  if (seconds > COUNTED_SECONDS) return { key: 'until', time: new Date(deadline).toTimeString().slice(0, 5) };
  return { key: 'left', time: `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}` };
}
