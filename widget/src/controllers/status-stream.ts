/**
 * Follows one payment until told to stop: a server-sent stream, and polling while there is no stream.
 *
 * The main path is the wake-up. The buyer leaves the page because we said so, the phone freezes the socket, and
 * often no error is ever reported. So on every return the status is asked for first and then the stream is opened
 * again, whatever it claims about itself. There is no cap on attempts; the deadline is the server's.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TIMING } from '../timing.ts';

/** What is being followed. */
export interface Followed {
  /** The event stream, or null when asking is all one can do. */
  url: string | null;
  /** When the last question is due, in milliseconds since 1970; NaN when there is no such time. */
  deadline: number;
  /** Asks once and delivers the answer itself; false when nobody could be reached. */
  ask(): Promise<boolean>;
  /** A snapshot arrived on the stream. */
  hear(data: unknown): void;
  /** The deadline passed and the question then went unanswered. */
  lost(): void;
  /** The device went off line. */
  offline(): void;
}

/** `setTimeout` takes no longer delay; later deadlines are met in steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const WAKING_EVENTS = ['pageshow', 'online', 'focus'] as const;

/**
 * The one controller of this page that holds a stream: over HTTP/1.1 a browser gives a server six connections for
 * all tabs together, and a seventh request waits without any error. Other buttons of the page poll.
 */
let streaming: StatusStream | null = null;

export class StatusStream implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #followed: Followed | null = null;
  #source: EventSource | null = null;
  #isPolling = false;
  #waking: Followed | null = null;
  #pollTimer: Timer;
  #openTimer: Timer;
  #silenceTimer: Timer;
  #deadlineTimer: Timer;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    if (this.#followed) this.#begin(true);
  }

  hostDisconnected(): void {
    this.#pause();
    clearTimeout(this.#deadlineTimer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    for (const type of WAKING_EVENTS) window.removeEventListener(type, this.#wake);
    window.removeEventListener('offline', this.#onOffline);
  }

  /** Follows this instead of what was followed before; `askFirst` when the answer may have been there for long. */
  follow(followed: Followed, askFirst: boolean): void {
    this.stop();
    this.#followed = followed;
    if (this.#host.isConnected) this.#begin(askFirst);
  }

  stop(): void {
    this.#followed = null;
    this.hostDisconnected();
  }

  #begin(askFirst: boolean): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    for (const type of WAKING_EVENTS) window.addEventListener(type, this.#wake);
    window.addEventListener('offline', this.#onOffline);
    this.#armDeadline();
    if (askFirst) void this.#wake();
    else this.#open();
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) this.#pause();
    else void this.#wake();
  };

  readonly #onOffline = (): void => {
    this.#pause();
    this.#followed?.offline();
  };

  /** Ask, then open the stream anew. A return fires several of the events at once: one round answers them all. */
  readonly #wake = async (): Promise<void> => {
    const followed = this.#followed;
    if (!followed || this.#waking === followed) return;
    this.#waking = followed;
    this.#pause();
    await followed.ask();
    if (this.#waking === followed) this.#waking = null;
    if (followed === this.#followed && this.#host.isConnected) this.#open();
  };

  #open(): void {
    this.#pause();
    const url = this.#followed?.url;
    if (!this.#followed || document.hidden) return;
    if (!url || streaming || typeof EventSource === 'undefined') {
      this.#startPolling();
      return;
    }
    streaming = this;
    const source = new EventSource(url);
    this.#source = source;
    this.#openTimer = setTimeout(this.#startPolling, TIMING.streamOpenMs);
    this.#armWatchdog();
    source.onopen = () => {
      this.#stopPolling();
      this.#armWatchdog();
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      this.#armWatchdog();
      this.#followed?.hear(parseJson(data));
    };
    source.addEventListener('heartbeat', this.#armWatchdog);
    source.onerror = () => {
      // Otherwise the browser is trying again by itself; polling covers the gap if it takes long.
      if (source.readyState === EventSource.CLOSED) {
        this.#close();
        this.#startPolling();
      } else {
        clearTimeout(this.#openTimer);
        this.#openTimer = setTimeout(this.#startPolling, TIMING.streamOpenMs);
      }
    };
  }

  #close(): void {
    clearTimeout(this.#openTimer);
    clearTimeout(this.#silenceTimer);
    this.#source?.close();
    this.#source = null;
    if (streaming === this) streaming = null;
  }

  #pause(): void {
    this.#close();
    this.#stopPolling();
  }

  readonly #armWatchdog = (): void => {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => void this.#wake(), TIMING.silenceMs);
  };

  readonly #startPolling = (): void => {
    clearTimeout(this.#openTimer);
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#poll(0);
  };

  #stopPolling(): void {
    clearTimeout(this.#openTimer);
    clearTimeout(this.#pollTimer);
    this.#isPolling = false;
  }

  #poll(round: number): void {
    const followed = this.#followed;
    const delay = TIMING.pollMs[Math.min(round, TIMING.pollMs.length - 1)];
    this.#pollTimer = setTimeout(() => {
      void followed?.ask().then(() => {
        if (this.#isPolling && followed === this.#followed) this.#poll(round + 1);
      });
    }, delay);
  }

  #armDeadline(): void {
    clearTimeout(this.#deadlineTimer);
    const followed = this.#followed;
    if (!followed || Number.isNaN(followed.deadline)) return;
    const left = followed.deadline - Date.now();
    this.#deadlineTimer = setTimeout(
      () => {
        if (left > LONGEST_TIMER_MS) this.#armDeadline();
        else void this.#meetDeadline(followed);
      },
      // A clock that runs ahead makes every deadline look overdue: the server is asked, but not in a loop.
      left > 0 ? Math.min(left, LONGEST_TIMER_MS) : TIMING.overdueMs,
    );
  }

  async #meetDeadline(followed: Followed): Promise<void> {
    const isAnswered = await followed.ask();
    if (followed !== this.#followed || !this.#host.isConnected) return;
    if (!isAnswered) followed.lost();
    this.#armDeadline();
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
