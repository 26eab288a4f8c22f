import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');

export interface Target {
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON with POST; GET without. */
  body?: object;
}

export interface Load {
  connections: number;
  seconds: number;
  /** Requests a second, of all connections together; as fast as answers come when absent. */
  perSecond?: number;
}

export interface Answered {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

interface AutocannonResult {
  duration: number;
  '2xx': number;
  non2xx: number;
  errors: number;
  timeouts: number;
  latency: { p50: number; p99: number };
}

/**
 * Asks from a process of its own; throws when an answer was anything but a 2xx. At a given rate a request that could not
 * be sent in time is counted as having waited since then.
 */
export async function load({ url, headers = {}, body }: Target, { connections, seconds, perSecond }: Load): Promise<Answered> {
  const args = ['--json', '--no-progress', '-c', String(connections), '-d', String(seconds)];
  if (perSecond !== undefined) args.push('-R', String(perSecond));
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}=${value}`);
  if (body !== undefined) args.push('-m', 'POST', '-H', 'content-type=application/json', '-b', JSON.stringify(body));
  const child = spawn(process.execPath, [AUTOCANNON, ...args, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (out.trim() === '') throw new Error(`The load generator failed: ${err}`);
  const result = JSON.parse(out) as AutocannonResult;
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0) throw new Error(`${bad} of ${result['2xx'] + bad} requests to ${url} failed`);
  return { perSecond: result['2xx'] / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}
