/**
 * What is worth measuring, told where it happens and heard by whoever measures: `/metrics`, once somebody has asked for it.
 * While nobody listens, telling costs a look at a boolean. (node:diagnostics_channel is made for this, and is one for the
 * whole process, as the event loop and the memory are that are measured beside it.)
 */
import { channel, type Channel } from 'node:diagnostics_channel';

export class Signal<Told extends object> {
  readonly #channel: Channel<unknown, Told>;

  constructor(name: string) {
    this.#channel = channel(`malipo.${name}`) as Channel<unknown, Told>;
  }

  get isHeard(): boolean {
    return this.#channel.hasSubscribers;
  }

  tell(told: Told): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(told);
  }

  listen(listener: (told: Told) => void): void {
    this.#channel.subscribe((told) => listener(told as Told));
  }
}

/** A provider was called. The outcome is the kind of its answer. */
export const providerCalled = new Signal<{ provider: string; call: string; outcome: string; ms: number }>('provider.called');

/** So many commands were committed together, in so long. */
export const committed = new Signal<{ commands: number; ms: number }>('store.committed');

/** A job was run. */
export const jobRan = new Signal<{ kind: string; outcome: 'done' | 'again' | 'failed'; ms: number }>('job.ran');
