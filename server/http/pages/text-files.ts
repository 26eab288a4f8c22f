/** Small files of a folder, read once and sent from memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface TextFile {
  /** The Content-Type. */
  type: string;
  text: string;
}

/** What a browser can be sent of the folder, by its path below it. */
export function textFiles(folder: string): ReadonlyMap<string, TextFile> {
  const files = new Map<string, TextFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length).replaceAll('\\', '/'), { type, text: readFileSync(path, 'utf8') });
  }
  return files;
}
