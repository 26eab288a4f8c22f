/** The drill that every shop should hold once: copy the database of a busy server, start from the copy, and miss nothing. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMalipo } from '../cli/run-malipo.ts';
import { startServe } from '../support/serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const BEFORE = 30;
const AFTER = 60;

async function collect(address: string, key: string): Promise<string> {
  const answer = await fetch(`${address}/v1/payments/collect`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ amount: 5_000, currency: 'UGX', phone_number: '256772123456' }),
  });
  const { data } = (await answer.json()) as { data: { reference: string } };
  return data.reference;
}

test('a backup of a busy server is restored, verifies, knows every payment from before it, and takes the next', async () => {
  const env = { DATABASE_URL: `file:${join(temporaryFolder(), 'malipo.db')}`, RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: '0' };
  const { test_key: key } = (await runMalipo(['app', 'create', '--name', 'Duka', '--json'], env)).json() as { test_key: string };
  const busy = await startServe(env).address();
  const paid: string[] = [];
  let paying = true;
  const payments = (async () => {
    while (paying) paid.push(await collect(busy, key));
  })();
  await until(() => paid.length >= BEFORE);

  const known = [...paid];
  const copy = join(temporaryFolder(), 'copy.db');
  expect((await runMalipo(['backup', copy], env)).exitCode).toBe(0);
  await until(() => paid.length >= AFTER);
  paying = false;
  await payments;

  const restored = { ...env, DATABASE_URL: `file:${copy}` };
  const verified = await runMalipo(['verify', '--json'], restored);
  expect(verified.exitCode, JSON.stringify(verified.json())).toBe(0);
  const address = await startServe(restored).address();
  for (const reference of known) {
    const answer = await fetch(`${address}/v1/payments/transactions/${reference}`, { headers: { 'x-api-key': key } });
    expect(answer.status).toBe(200);
  }
  const next = await collect(address, key);
  await until(async () => (await (await fetch(`${address}/api/store/status/${next}`)).text()).includes('"status":"completed"'));
  expect((await runMalipo(['verify'], restored)).exitCode).toBe(0);
});
