import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { median } from './row.ts';
import { inFolder } from './folder.ts';

const SYNCS = 200;
const PAGE_BYTES = 4_096;

/** What the figures were measured on. Of all of it, the time a sync takes says most about a durable server. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    sync_us: inFolder(medianSyncUs),
  };
}

/** The median time in which a written page is on disk, in microseconds. */
function medianSyncUs(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const times = Array.from({ length: SYNCS }, () => {
    const before = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return (performance.now() - before) * 1_000;
  });
  closeSync(file);
  return Math.round(median(times));
}

/** Resident memory of a process in megabytes; NaN where the system cannot be asked like this (Windows). */
export function residentMb(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
  } catch {
    return NaN;
  }
}
