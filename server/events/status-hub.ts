/**
 * Fans a payment's changes out to whoever waits for them in this process. It carries what is already committed;
 * a listener that misses one reads the payment instead.
 */
export type StatusListener<Subject> = (subject: Subject) => void;

export class StatusHub<Subject extends { reference: string }> {
  readonly #listeners = new Map<string, Set<StatusListener<Subject>>>();
  #tellOthers: StatusListener<Subject> = () => undefined;

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

  /** Something moved here: whoever waits here is told, and the other processes. */
  publish(subject: Subject): void {
    this.deliver(subject);
    this.#tellOthers(subject);
  }

  /** Says who tells the other processes. */
  onPublish(tellOthers: StatusListener<Subject>): void {
    this.#tellOthers = tellOthers;
  }

  /** Tells whoever waits here, whatever process it moved in. */
  deliver(subject: Subject): void {
    const listeners = this.#listeners.get(subject.reference);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) listener(subject);
  }

  isWatched(reference: string): boolean {
    return this.#listeners.has(reference);
  }

  /** References somebody is waiting for. */
  get references(): string[] {
    return [...this.#listeners.keys()];
  }

  get watched(): number {
    return this.#listeners.size;
  }
}
