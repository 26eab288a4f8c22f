/**
 * fast-check as these tests use it: `npm test` tries the same cases each time, so that what fails there fails for a change;
 * `npm run soak` draws a seed, which a failure prints, and tries many times as many. Others: PROPERTY_SEED=….
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

/** How many cases to try, where `npm test` tries so many. */
export function runs(count: number): number {
  return count * Number(process.env.PROPERTY_TIMES ?? 1);
}

export { fc };
