import type { Clock } from './clock.ts';

/** The work's answer, or `late` when it takes longer. The work itself goes on: nobody can recall a sent request. */
export async function withDeadline<T>(
  work: Promise<T>,
  { clock, deadlineMs, late }: { clock: Clock; deadlineMs: number; late: T },
): Promise<T> {
  let cancel = () => {};
  const deadline = new Promise<T>((resolve) => {
    cancel = clock.after(deadlineMs, () => resolve(late));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    cancel();
  }
}
