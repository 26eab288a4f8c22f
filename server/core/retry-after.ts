import { SECOND_MS } from './clock.ts';

/** How long an answer's Retry-After header asks to wait: seconds, or a date (RFC 9110, 10.2.3); 0 for anything else. */
export function retryAfterMs(header: string | null | undefined, now: number): number {
  if (header == null) return 0;
  if (/^ *[0-9]+ *$/.test(header)) return Number(header) * SECOND_MS;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
