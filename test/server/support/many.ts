/** As many at once as are answered in time also where others have the machine; more would be told that the server is busy. */
const AT_ONCE = 50;

/** Does the same so often, fifty at a time, and answers what came of each. */
export async function many<T>(times: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  while (outcomes.length < times) {
    const begun = outcomes.length;
    outcomes.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, times - begun) }, (_, index) => act(begun + index)))));
  }
  return outcomes;
}
