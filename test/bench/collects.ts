/** Durable collects of Malipo, and of the two routes it is measured beside. */
import { fileURLToPath } from 'node:url';
import { runCli, type ServerProcess, startServe, startServerProcess } from '../serve-process.ts';
import type { Target } from './load.ts';

const BARE = fileURLToPath(new URL('floors/collect.ts', import.meta.url));

/** An ordinary number, which would be approved long after the round is over. */
const BODY = { amount: 50_000, currency: 'UGX', phone_number: '256771234567', description: 'Order #1234', metadata: { order_id: '1234' } };
export const NEVER_MS = '2147483647';

export interface Contestant {
  label: string;
  path: string;
  start(file: string): Promise<ServerProcess>;
}

export const MALIPO: Contestant = {
  label: 'Malipo',
  path: '/v1/payments/collect',
  start: (file) => startServe(file, { RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: NEVER_MS }),
};
export const FLOOR: Contestant = {
  label: 'floor: bare insert, same group commit',
  path: '/collect',
  start: (file) => startServerProcess([BARE, file, 'together'], {}),
};
export const PEER: Contestant = {
  label: 'peer: bare insert, a commit per request',
  path: '/collect',
  start: (file) => startServerProcess([BARE, file, 'alone'], {}),
};

/** A new database with a shop in it; answers the shop's key. */
export async function openShop(file: string, mode: 'test' | 'live' = 'test'): Promise<string> {
  const keys = await runCli<{ test_key: string; live_key: string }>(file, 'app', 'create', '--name', 'Bench', '--slug', 'bench');
  return keys[`${mode}_key`];
}

export function collectFrom({ path }: Contestant, server: ServerProcess, key: string): Target {
  return { url: server.url + path, headers: { 'x-api-key': key }, body: BODY };
}
