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
  /** The event stream, for somebody who has come back or was there all the time; '' while asking is all one can do. */
  url: (isBack: boolean) => string;
  /** When the last question is due, in milliseconds since 1970; NaN when there is no such time. */
  deadline: number;
  /** Asks once and delivers the answer itself; false when nobody could be reached. Never throws. */
  ask: () => Promise<boolean>;
  /** A snapshot arrived on the stream. */
  hear: (text: string) => void;
  /** The deadline passed and the question then went unanswered. */
  lost: () => void;
  /** The device went off line. */
  offline: () => void;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** `setTimeout` takes no longer delay; later deadlines are met in steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const WAKING_EVENTS = ['pageshow', 'online', 'focus', 'offline', 'visibilitychange'];

/**
 * The one controller of this page that holds a stream: over HTTP/1.1 a browser gives a server six connections for
 * all tabs together, and a seventh request waits without any error. Other buttons of the page poll.
 */
let streaming: StatusStream | null = null;

export class StatusStream implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #followed: Followed | null = null;
  #waking: Followed | null = null;
  #source: EventSource | null = null;
  #isPolling = false;
  /** What comes next: polling when the stream does not open, the next poll, or a wake-up after silence. */
  #nextTimer: Timer;
  #deadlineTimer: Timer;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#begin(true);
  }

  hostDisconnected(): void {
    this.#pause();
    clearTimeout(this.#deadlineTimer);
    // `visibilitychange` bubbles from the document.
    for (const type of WAKING_EVENTS) removeEventListener(type, this.#onEvent);
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
    if (!this.#followed) return;
    for (const type of WAKING_EVENTS) addEventListener(type, this.#onEvent);
    this.#armDeadline(this.#followed);
    if (askFirst) void this.#wake();
    else this.#open(false);
  }

  readonly #onEvent = ({ type }: Event): void => {
    if (type === 'offline') this.#followed?.offline();
    else if (!document.hidden) void this.#wake();
    else if (type === 'visibilitychange') this.#pause();
  };

  /** Ask, then open the stream anew. A return fires several of the events at once: one round answers them all. */
  async #wake(): Promise<void> {
    const followed = this.#followed;
    if (!followed || this.#waking === followed) return;
    this.#waking = followed;
    this.#pause();
    await pageScriptsHaveRun();
    // Not when it was given up meanwhile, or for another.
    if (followed === this.#followed) await followed.ask();
    this.#waking = null;
    if (followed === this.#followed) this.#open(true);
  }

  #open(isBack: boolean): void {
    this.#pause();
    const url = this.#followed?.url(isBack);
    if (!this.#followed || document.hidden || !this.#host.isConnected) return;
    if (!url || streaming || !globalThis.EventSource) {
      this.#poll(0);
      return;
    }
    streaming = this;
    const source = (this.#source = new EventSource(url));
    let isAlive = false;
    // The server beats by a named event, because comments never reach a page.
    const alive = (): void => {
      isAlive = true;
      this.#isPolling = false;
      this.#next(TIMING.silenceMs, () => void this.#wake());
    };
    source.onopen = alive;
    source.addEventListener('heartbeat', alive);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      alive();
      this.#followed?.hear(data);
    };
    source.onerror = () => {
      const isClosed = source.readyState === source.CLOSED;
      // A stream that is not closed is being opened again by the browser: polling covers the gap if that takes long, however often it fails.
      if (!this.#isPolling && (isAlive || isClosed)) this.#next(isClosed ? 0 : TIMING.streamOpenMs, () => { this.#poll(0); });
      isAlive = false;
    };
    this.#next(TIMING.streamOpenMs, () => { this.#poll(0); });
  }

  #pause(): void {
    clearTimeout(this.#nextTimer);
    this.#isPolling = false;
    this.#source?.close();
    this.#source = null;
    if (streaming === this) streaming = null;
  }

  #next(delay: number | undefined, act: () => void): void {
    clearTimeout(this.#nextTimer);
    this.#nextTimer = setTimeout(act, delay);
  }

  #poll(round: number): void {
    const followed = this.#followed;
    this.#isPolling = true;
    this.#next(TIMING.pollMs[round] ?? TIMING.pollMs.at(-1), () => {
      void followed?.ask().then(() => {
        if (this.#isPolling && followed === this.#followed) this.#poll(round + 1);
      });
    });
  }

  #armDeadline(followed: Followed): void {
    const left = followed.deadline - Date.now();
    clearTimeout(this.#deadlineTimer);
    if (Number.isNaN(left)) return;
    this.#deadlineTimer = setTimeout(
      async () => {
        const isDue = left <= LONGEST_TIMER_MS;
        const isAnswered = !isDue || (await followed.ask());
        if (followed !== this.#followed) return;
        if (!isAnswered) followed.lost();
        if (followed === this.#followed && this.#host.isConnected) this.#armDeadline(followed);
      },
      // With a clock that runs ahead every deadline is over: the server is still asked, but not in a loop.
      left > 0 ? Math.min(left, LONGEST_TIMER_MS) : TIMING.overdueMs,
    );
  }
}

/** A page's own scripts come after ours and listen only then: a payment resumed must not tell its end to nobody. */
async function pageScriptsHaveRun(): Promise<void> {
  if (document.readyState === 'complete') return;
  await new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', resolve);
    addEventListener('load', resolve);
  });
}
