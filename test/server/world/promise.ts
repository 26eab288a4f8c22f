import { expect, test } from 'vitest';
import { runWorld } from './world.ts';

/** Events before the end that a broken world shows: how its last payments were asked about. */
const LAST_EVENTS = 40;

export function promiseWorlds(seeds: readonly number[]): void {
  const worlds = seeds.map((seed) => ({ seed }));
  // A file without any test fails: where one world is wanted, only one of the two files has it.
  if (worlds.length === 0) test('the world that is wanted is in the other file', () => expect(process.env.WORLD_SEED ?? process.env.WORLD_SEEDS).toBeDefined());
  test.each(worlds)('in world $seed no money is lost or made, nobody is charged twice, and all books agree (WORLD_SEED=$seed runs it alone)', async ({ seed }) => {
    const { problems, trace } = await runWorld(seed);
    expect(problems, `world ${seed} (WORLD_SEED=${seed} runs it alone)\n${trace.slice(-LAST_EVENTS).join('\n')}`).toEqual([]);
  });
}
