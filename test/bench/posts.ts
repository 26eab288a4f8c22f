import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const POSTS = fileURLToPath(new URL('floors/posts.ts', import.meta.url));

/** Posts all of these to an address, from a process of its own; throws when one was not accepted. */
export async function postAll(url: string, file: string, posts: Iterable<{ headers: Record<string, string>; body: object }>): Promise<void> {
  writeFileSync(file, Array.from(posts, ({ headers, body }) => `${JSON.stringify({ headers, body: JSON.stringify(body) })}\n`).join(''));
  await promisify(execFile)(process.execPath, [POSTS, url, file]);
}
