/**
 * Which worlds are run: WORLD_SEEDS of them (100) from WORLD_FROM (1) on, or the one that WORLD_SEED names; half of them in
 * each of two files, for two workers.
 */
const { WORLD_SEED, WORLD_FROM = '1', WORLD_SEEDS = '100' } = process.env;

export function seedsOf(half: 0 | 1): number[] {
  const all = WORLD_SEED === undefined ? Array.from({ length: Number(WORLD_SEEDS) }, (_, index) => Number(WORLD_FROM) + index) : [Number(WORLD_SEED)];
  return all.filter((seed) => seed % 2 === half);
}
