/** The process of buyers who wait (`watchers.ts`), and what is asked of it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Done, Order, Watching } from './watchers.ts';

const WATCHERS = fileURLToPath(new URL('watchers.ts', import.meta.url));

export function startWatchers(watching: Watching): ChildProcess {
  return fork(WATCHERS, [JSON.stringify(watching)]);
}

export async function asked<What extends Order['do']>(watchers: ChildProcess, order: { do: What }): Promise<Extract<Done, { done: What }>> {
  const ended = once(watchers, 'exit').then(([code]) => {
    throw new Error(`The watchers ended with ${code}`);
  });
  ended.catch(() => undefined);
  watchers.send(order);
  const [done] = (await Promise.race([once(watchers, 'message'), ended])) as [Extract<Done, { done: What }>];
  return done;
}
