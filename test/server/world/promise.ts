import { expect, test } from 'vitest';
import { runWorld } from './world.ts';

/** Events before the end that a broken world shows: how its last payments were asked about. */
const LAST_EVENTS = 40;

export function promiseWorlds(seeds: readonly number[]): void {
  test.each(seeds)('in world %i no money is lost or made, nobody is charged twice, and all books agree (WORLD_SEED=%i runs it alone)', async (seed) => {
    const { problems, trace } = await runWorld(seed);
    expect(problems, `world ${seed} (WORLD_SEED=${seed} runs it alone)\n${trace.slice(-LAST_EVENTS).join('\n')}`).toEqual([]);
  });
}
