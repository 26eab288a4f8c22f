/** Which worlds are run: one that is named, or so many from the first; half of them in each of two files, for two workers. */
const { WORLD_SEED, WORLD_SEEDS = '100' } = process.env;

export function seedsOf(half: 0 | 1): number[] {
  const all = WORLD_SEED === undefined ? Array.from({ length: Number(WORLD_SEEDS) }, (_, index) => index + 1) : [Number(WORLD_SEED)];
  return all.filter((seed) => seed % 2 === half);
}
