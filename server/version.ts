import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string; engines: { node: string } };

/** This package's version. */
export const VERSION = manifest.version;

/**
 * Says so where Node.js is too old: the SQLite of this package ends such a process without a word (a segmentation fault
 * on 20.20.2, seen 2026-11-26), and npm only warns when it installs.
 */
export function assertNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [, leastMajor, leastMinor] = /(\d+)\.(\d+)/.exec(manifest.engines.node)!.map(Number);
  if (major > leastMajor! || (major === leastMajor && minor >= leastMinor!)) return;
  const error = new Error(`Malipo needs Node.js ${leastMajor}.${leastMinor} or newer, and this is ${process.versions.node}`);
  throw Object.assign(error, { name: 'StartError' });
}
