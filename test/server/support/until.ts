/** Far more turns than anything local takes; on a loaded machine a turn also waits for the disk. */
const TURNS_MAX = 200_000;

/** Waits, turn by turn of the event loop, until something has come about. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (await condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`This never came about: ${String(condition)}`);
}
