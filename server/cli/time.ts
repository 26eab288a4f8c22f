import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import { UsageError } from './command.ts';

const AGO = /^([0-9]{1,5})([hd])$/;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A moment as people name it: `2026-03-14T10:30:00Z`, `2026-03-14` (its beginning, UTC), `36h` or `3d` ago. */
export function readTime(option: string, text: string, now: number): number {
  const ago = AGO.exec(text);
  if (ago) return now - Number(ago[1]) * (ago[2] === 'h' ? HOUR_MS : DAY_MS);
  const time = DATE.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${option} takes a time such as 2026-03-14T10:30:00Z, 2026-03-14, 36h or 3d, not ${JSON.stringify(text)}`);
  return time;
}
