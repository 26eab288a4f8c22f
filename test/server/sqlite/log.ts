import { readFileSync } from 'node:fs';

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * How many commits stand in the write-ahead log of this database file: each ends with a frame whose header
 * carries the database's size. This is what was synced to disk, whatever the program says of itself.
 */
export function commitsInLog(file: string): number {
  const log = readFileSync(`${file}-wal`);
  if (log.length < LOG_HEADER_BYTES) return 0;
  const pageBytes = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = LOG_HEADER_BYTES; at < log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    const isOfThisLog = log.subarray(at + 8, at + 16).equals(salt);
    const sizeAfterCommit = log.readUInt32BE(at + 4);
    if (isOfThisLog && sizeAfterCommit > 0) commits++;
  }
  return commits;
}
