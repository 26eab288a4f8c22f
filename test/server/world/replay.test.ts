/** What the worlds are worth: each can be had again, and together they hold all that is promised to go wrong. */
import { expect, test } from 'vitest';
import { runWorld, type WorldReport } from './world.ts';

test('the same seed makes the same world, event by event', async () => {
  const [first, again] = [await runWorld(19), await runWorld(19)];
  expect(again.trace).toEqual(first.trace);
  expect(again.hash).toBe(first.hash);
  expect((await runWorld(20)).hash).not.toBe(first.hash);
});

test('a handful of worlds hold every way in which money can move, fail and be in doubt', async () => {
  const worlds: WorldReport[] = [];
  for (const seed of [16, 19, 36, 39, 51]) worlds.push(await runWorld(seed));
  const ends = new Set(worlds.flatMap((world) => Object.keys(world.ends)));
  const wanted = ['collect completed', 'collect failed', 'collect expired', 'collect in review', 'disburse completed', 'disburse failed', 'withdrawal completed', 'withdrawal failed'];
  expect(wanted.filter((end) => !ends.has(end))).toEqual([]);
  expect(Math.min(...worlds.map(({ counts }) => counts.crashes))).toBeGreaterThan(0);
});
