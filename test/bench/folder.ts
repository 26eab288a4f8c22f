import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a shop's own database is by default: the system's folder for temporary files is often memory, which syncs nothing. */
const DATA = fileURLToPath(new URL('../../data/', import.meta.url));

/** Does the work with a new folder on the disk, and removes it whatever happens. */
export function inFolder<T>(work: (folder: string) => T): T {
  mkdirSync(DATA, { recursive: true });
  const folder = mkdtempSync(join(DATA, 'bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  let answer: T;
  try {
    answer = work(folder);
  } catch (error) {
    remove();
    throw error;
  }
  if (answer instanceof Promise) return answer.finally(remove) as T;
  remove();
  return answer;
}
