/**
 * Fans a payment's changes out to whoever waits for them in this process. It carries what is already committed;
 * a listener that misses one reads the payment instead.
 */
export type StatusListener<Subject> = (subject: Subject) => void;

export class StatusHub<Subject extends { reference: string }> {
  readonly #listeners = new Map<string, Set<StatusListener<Subject>>>();

  /** Calls back with every later change of the payment; the answer ends it. */
  subscribe(reference: string, listener: StatusListener<Subject>): () => void {
    const listeners = this.#listeners.get(reference) ?? new Set();
    this.#listeners.set(reference, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(reference);
    };
  }

  publish(subject: Subject): void {
    const listeners = this.#listeners.get(subject.reference);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) listener(subject);
  }

  /** References somebody is waiting for. */
  get watched(): number {
    return this.#listeners.size;
  }
}
