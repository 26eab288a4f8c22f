/**
 * How long ago a request was sent to its provider at the least, by a clock that nobody sets. It decides when "never heard
 * of it" is the provider's last word: a clock that jumps ahead in the ten seconds of a send must not make the request
 * look old, for then its money would be released while it is still on its way.
 *
 * Known of are requests that this process sent, and those a provider was asked about here; what was sent before a restart
 * counts from the first asking after it. That only ever makes them younger than they are.
 */
import type { Clock } from '../core/clock.ts';

/** Requests remembered at once; one that is forgotten counts from its next asking. */
const REMEMBERED_MAX = 20_000;

const knownSince = new WeakMap<Clock, Map<string, number>>();

/** A request is about to be sent, or was just asked about. */
export function noteRequest(clock: Clock, reference: string): void {
  const since = knownSince.get(clock) ?? new Map<string, number>();
  knownSince.set(clock, since);
  if (since.has(reference)) return;
  since.set(reference, clock.monotonic());
  if (since.size > REMEMBERED_MAX) since.delete(since.keys().next().value!);
}

/** Milliseconds for which it has been known of here; 0 when it was not. */
export function surelySentForMs(clock: Clock, reference: string): number {
  const since = knownSince.get(clock)?.get(reference);
  return since === undefined ? 0 : clock.monotonic() - since;
}
