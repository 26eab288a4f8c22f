/** What the worlds are worth: each can be had again, and together they hold all that is promised to go wrong. */
import { expect, test } from 'vitest';
import type { Fault } from '../../simulators/faults.ts';
import { runWorld, type WorldReport } from './world.ts';

const WANTED = [
  ...['collect completed', 'collect failed', 'collect expired', 'collect reversed'],
  ...['disburse completed', 'disburse failed', 'disburse reversed', 'withdrawal completed', 'withdrawal failed'],
  ...['refund completed', 'refund failed', 'refund reversed'],
  ...['another amount, before a person', 'taken back otherwise, before a person', 'paid after it had failed, before a person'],
  ...['review of reversal_shortfall open', 'review of paid_after_release charge', 'review of paid_after_release absorb'],
];

const FAULTS = ['hangs', 'resets', 'breaks', 'does_and_hangs', 'does_and_resets', 'does_and_breaks', 'is_late', 'arrives_late', 'arrives_twice', 'garbles'] as const satisfies readonly Fault['kind'][];

/** What leaves nobody sure whether money went out, which has to befall money out itself. */
const DOUBTS = (['hangs', 'resets', 'does_and_hangs', 'does_and_resets', 'does_and_breaks', 'arrives_late'] as const).map((kind) => `money out ${kind}`);

test('the same seed makes the same world, event by event', async () => {
  const [first, again] = [await runWorld(19), await runWorld(19)];
  expect(again.trace).toEqual(first.trace);
  expect(again.hash).toBe(first.hash);
  expect((await runWorld(20)).hash).not.toBe(first.hash);
});

test('a handful of worlds hold every way in which money can move, fail, come back and be in doubt', async () => {
  const worlds: WorldReport[] = [];
  for (const seed of [14, 54, 69, 71, 75]) worlds.push(await runWorld(seed));
  const ends = new Set(worlds.flatMap((world) => Object.keys(world.ends)));
  const faults = new Set(worlds.flatMap((world) => Object.keys(world.faults)));
  expect(WANTED.filter((end) => !ends.has(end))).toEqual([]);
  expect([...FAULTS, ...DOUBTS].filter((fault) => !faults.has(fault))).toEqual([]);
  expect(worlds.filter(({ counts }) => counts.crashes > 0).length).toBeGreaterThan(1);
});
