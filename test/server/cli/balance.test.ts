/** What providers say that they hold, beside our books; and in whose name a number is. */
import { expect, onTestFinished, test } from 'vitest';
import { overHttp } from '../../simulators/http-shell.ts';
import { DUKUZI, DukuziSimulator } from '../../simulators/dukuzi/dukuzi.ts';
import { IOTEC, IotecSimulator } from '../../simulators/iotec/iotec.ts';
import { RELWORX, RelworxSimulator } from '../../simulators/relworx/relworx.ts';
import type { Simulator } from '../../simulators/simulator.ts';
import { openGateway, SECRET } from '../support/gateway.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { rowCounts } from '../support/database.ts';
import { runMalipo } from './run-malipo.ts';

async function addressOf(simulator: Simulator): Promise<string> {
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  return shell.url;
}

/** Books that have UGX 100,000 of a customer's at ioTec, and the commands beside them. */
async function books() {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  const iotec = new IotecSimulator({ clock: gateway.clock });
  const relworx = new RelworxSimulator({ clock: gateway.clock });
  const url = { iotec: await addressOf(iotec), relworx: await addressOf(relworx), dukuzi: await addressOf(new DukuziSimulator({ clock: gateway.clock })) };
  const env = { DATABASE_URL: gateway.databaseUrl, MALIPO_SECRET: SECRET, PUBLIC_URL: 'https://pay.example.org' };
  const withIotec = { ...env, IOTEC_CLIENT_ID: IOTEC.clientId, IOTEC_CLIENT_SECRET: IOTEC.clientSecret, IOTEC_WALLET_ID: IOTEC.walletId, IOTEC_CALLBACK_HEADER: IOTEC.callbackHeader, IOTEC_CALLBACK_SECRET: IOTEC.callbackSecret, IOTEC_AUTH_URL: `${url.iotec}/connect/token`, IOTEC_BASE_URL: url.iotec };
  const withRelworx = { ...env, RELWORX_API_KEY: RELWORX.apiKey, RELWORX_ACCOUNT_NO: RELWORX.accountNo, RELWORX_WEBHOOK_KEY: RELWORX.webhookKey, RELWORX_BASE_URL: `${url.relworx}/api` };
  const withDukuzi = { ...env, DUKUZI_API_KEY: DUKUZI.apiKey, DUKUZI_PRODUCT_ID: String(DUKUZI.productId), DUKUZI_BASE_URL: `${url.dukuzi}/api-proxy.php` };
  const malipo = (words: string[], given: Record<string, string>) => runMalipo(words, given, temporaryFolder());
  return { gateway, iotec, relworx, malipo, withIotec, withRelworx, withDukuzi };
}

test('each provider is shown with what it says and what our books say, by currency; nothing is written and no secret shown', async () => {
  const { gateway, malipo, withIotec, withRelworx, withDukuzi } = await books();
  const before = await rowCounts(gateway.store);
  const all = { ...withIotec, ...withRelworx, ...withDukuzi };
  const machine = await malipo(['balance', '--json'], all);
  expect(machine).toMatchObject({ exitCode: 0, stderr: '' });
  expect(machine.json()).toEqual({
    balances: [
      { provider: 'iotec', mode: 'live', currency: 'UGX', there: 1_000_000, here: 100_000, difference: 900_000, problem: null },
      ...['UGX', 'KES', 'TZS', 'RWF'].map((currency) => ({ provider: 'relworx', mode: 'live', currency, there: 12_500, here: 0, difference: 12_500, problem: null })),
      { provider: 'dukuzi', mode: 'live', currency: 'TZS', there: null, here: 0, difference: null, problem: null },
    ],
  });
  const human = await malipo(['balance'], all);
  expect(human.stdout).toContain('iotec UGX    there UGX 1,000,000, here UGX 100,000: UGX 900,000 more there\n');
  expect(human.stdout).toContain('dukuzi TZS   does not say, here TZS 0\n');
  expect((await malipo(['balance', '--provider', 'relworx', '--json'], all)).json().balances).toHaveLength(4);
  for (const secret of [IOTEC.clientSecret, IOTEC.callbackSecret, RELWORX.apiKey, RELWORX.webhookKey, DUKUZI.apiKey]) expect(machine.stdout + human.stdout + human.stderr).not.toContain(secret);
  expect(await rowCounts(gateway.store)).toEqual(before);
});

test.each([
  [100_000, 'UGX 100,000: the same'],
  [40_000, 'there UGX 40,000, here UGX 100,000: UGX 60,000 less there'],
])('a provider that has %i of 100,000 says so', async (there, words) => {
  const { iotec, malipo, withIotec } = await books();
  iotec.balance = there;
  expect(await malipo(['balance'], withIotec)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(words) });
});

test('a provider that gives no answer, or takes no key, is shown as that beside the others, and the exit code says so', async () => {
  const { malipo, withIotec, withRelworx } = await books();
  const wrong = { ...withRelworx, ...withIotec, IOTEC_CLIENT_SECRET: 'not-this-one' };
  const refused = await malipo(['balance', '--json'], wrong);
  expect(refused.exitCode).toBe(1);
  expect(refused.json().balances).toContainEqual({ provider: 'iotec', mode: 'live', currency: 'UGX', there: null, here: 100_000, difference: null, problem: 'the token endpoint answered 400' });
  expect(refused.json().balances).toContainEqual({ provider: 'relworx', mode: 'live', currency: 'KES', there: 12_500, here: 0, difference: 12_500, problem: null });
  expect(refused.stderr).toContain('IOTEC_CLIENT_ID and IOTEC_CLIENT_SECRET were not accepted');
  const human = await malipo(['balance'], wrong);
  expect(human).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('gives no answer (the token endpoint answered 400), here UGX 100,000') });
  expect(refused.stdout + refused.stderr + human.stdout + human.stderr).not.toContain('not-this-one');
});

test.each([401, 429, 500])('an answer of %i is none: neither to what a provider holds, nor to whose a number is', async (status) => {
  const { relworx, malipo, withRelworx } = await books();
  relworx.handle = () => ({ status, json: { success: false, message: 'No' } });
  const balance = await malipo(['balance', '--json'], withRelworx);
  expect(balance.exitCode).toBe(1);
  expect(balance.json().balances).toContainEqual({ provider: 'relworx', mode: 'live', currency: 'UGX', there: null, here: 0, difference: null, problem: `Relworx answered ${status}` });
  const name = await malipo(['name', '--provider', 'relworx', '--phone', '0772123456', '--json'], withRelworx);
  expect(name.json()).toEqual({ error: { code: 'PROVIDER_ERROR', message: `relworx gives no answer: Relworx answered ${status}` } });
});

test('the name that a number’s wallet is registered under', async () => {
  const { malipo, withRelworx } = await books();
  const words = ['name', '--provider', 'relworx', '--phone', '0772123456'];
  expect((await malipo([...words, '--json'], withRelworx)).json()).toEqual({ provider: 'relworx', phone: '256772123456', name: 'JANE DOE' });
  expect((await malipo(words, withRelworx)).stdout).toBe('JANE DOE\n');
});

test.each([
  [['balance'], 1, 'PROVIDER_ERROR', 'No provider is configured'],
  [['balance', '--provider', 'iotec'], 1, 'PROVIDER_ERROR', 'Provider iotec is not configured'],
  [['balance', '--provider', 'sandbox'], 2, 'USAGE', '--provider must be'],
  [['name', '--provider', 'relworx', '--phone', '0772123456'], 1, 'PROVIDER_ERROR', 'Provider relworx is not configured'],
  [['name', '--provider', 'mpesa', '--phone', '0772123456'], 2, 'USAGE', '--provider must be'],
  [['name', '--provider', 'relworx'], 2, 'USAGE', '--phone PHONE is missing'],
])('%j says what is wrong', async (words, exitCode, code, message) => {
  const { databaseUrl } = await openGateway();
  const { exitCode: ended, json } = await runMalipo([...words, '--json'], { DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET }, temporaryFolder());
  expect(ended).toBe(exitCode);
  expect(json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
});

test('a name that cannot be told is refused in the words of what is in its way', async () => {
  const { relworx, malipo, withIotec, withRelworx } = await books();
  const ask = async (provider: string, phone: string, env: Record<string, string>) => (await malipo(['name', '--provider', provider, '--phone', phone, '--json'], env)).json();
  expect(await ask('iotec', '0772123456', withIotec)).toEqual({ error: { code: 'INVALID_PROVIDER', message: 'iotec does not tell in whose name a number is' } });
  expect(await ask('relworx', '12', withRelworx)).toEqual({ error: { code: 'INVALID_PHONE', message: '--phone must be a number such as 256772123456 or 0772123456' } });
  relworx.handle = () => ({ status: 404, json: { success: false, message: 'No such customer' } });
  expect(await ask('relworx', '0772123456', withRelworx)).toEqual({ error: { code: 'NOT_FOUND', message: 'relworx does not know in whose name the number is' } });
  expect(await ask('relworx', '0772123456', { ...withRelworx, RELWORX_BASE_URL: 'http://127.0.0.1:1/api' })).toEqual({ error: { code: 'PROVIDER_ERROR', message: expect.stringContaining('relworx gives no answer') } });
});
