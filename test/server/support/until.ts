/** Longer than anything a test waits for takes on a loaded machine. */
const PATIENCE_MS = 120_000;

/** What happens in this process happens within a few turns; what takes more is another's, who needs the processor. */
const TURNS = 2_000;
const BETWEEN_LOOKS_MS = 5;

/** Waits until something has come about, looking again at each turn of the event loop. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const givesUpAt = performance.now() + PATIENCE_MS;
  for (let turn = 0; performance.now() < givesUpAt; turn++) {
    if (await condition()) return;
    await new Promise((resolve) => (turn < TURNS ? setImmediate(resolve) : setTimeout(resolve, BETWEEN_LOOKS_MS)));
  }
  throw new Error(`This never came about: ${String(condition)}`);
}
