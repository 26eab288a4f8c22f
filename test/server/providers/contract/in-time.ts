import { ANSWER_DEADLINE_MS } from '../../../../server/providers/http.ts';
import { until } from '../../support/until.ts';
import type { Bench } from './bench-of.ts';

/** Time passes only here: what waits for the adapter's own deadline reaches it at once. */
export async function inTime<T>({ clock, line }: Bench, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  const before = line.requests.length;
  await until(() => isDone || (line.requests.length > 0 && clock.waiting > 0 && line.requests.length >= before));
  for (let tries = 0; !isDone && tries < 40; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (tries >= 15) clock.advance(ANSWER_DEADLINE_MS);
  }
  return done;
}
