/** The test's hand on its own browser: what that says of itself, and how long its timers take. */

/** Plays what the browser says of itself, until the test is over. */
export function browserSays(what: { hidden?: boolean; onLine?: boolean }): void {
  if (what.hidden !== undefined) {
    Object.defineProperty(document, 'hidden', { value: what.hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }
  if (what.onLine !== undefined) {
    Object.defineProperty(navigator, 'onLine', { value: what.onLine, configurable: true });
    dispatchEvent(new Event(what.onLine ? 'online' : 'offline'));
  }
}

/** Timers of one length, which end when the test says so: how fast the machine is makes no difference. */
export interface HeldTimers {
  /** How often one was begun. */
  readonly begun: number;
  /** Ends those that are running. */
  end(): void;
}

/** Holds every timer of this length, which must be nobody else's, until the test is over. */
export function holdTimers(ms: number): HeldTimers {
  const running = new Map<number, () => void>();
  const { setTimeout: begin, clearTimeout: clear } = REAL;
  let begun = 0;
  Object.assign(window, {
    setTimeout: (act: () => void, delay?: number): number => {
      if (delay !== ms) return begin(act, delay);
      // Negative, as none of the browser's own.
      running.set(-++begun, act);
      return -begun;
    },
    clearTimeout: (timer?: number): void => {
      running.delete(timer ?? 0);
      clear(timer);
    },
  });
  return {
    get begun() {
      return begun;
    },
    end() {
      for (const [timer, act] of running) {
        running.delete(timer);
        act();
      }
    },
  };
}

const REAL = { setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window) };

afterEach(() => {
  Object.assign(window, REAL);
  delete (document as { hidden?: unknown }).hidden;
  delete (navigator as { onLine?: unknown }).onLine;
});
