/** A callback that is refused is a forgery, or the provider's own and a secret of the operator's wrong: the log says which to look at. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../server/core/clock.ts';
import { buildMalipo } from '../support/build-malipo.ts';

const ENV = {
  PUBLIC_URL: 'https://pay.example.org',
  IOTEC_CLIENT_ID: 'client',
  IOTEC_CLIENT_SECRET: 'iotec-secret',
  IOTEC_WALLET_ID: 'wallet',
  IOTEC_CALLBACK_HEADER: 'X-Token',
  IOTEC_CALLBACK_SECRET: 'hidden-token',
  RELWORX_API_KEY: 'relworx-key',
  RELWORX_ACCOUNT_NO: 'REL1',
  RELWORX_WEBHOOK_KEY: 'hidden-key',
  STRIPE_SECRET_KEY: 'sk_test_abc',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_abc',
  STRIPE_WEBHOOK_SECRET: 'whsec_hidden',
};

async function serverWith(env: Record<string, string>) {
  const malipo = await buildMalipo({ env });
  const send = (slug: string) => malipo.inject({ method: 'POST', url: `/v1/webhooks/${slug}`, payload: '{}', headers: { 'x-token': 'guessed', 'content-type': 'application/json' } });
  const told = () => malipo.log.filter((line) => line.includes('callback')).map((line) => (JSON.parse(line) as { msg: string }).msg);
  return { malipo, send, told };
}

test.each([
  ['iotec', 'IOTEC_CALLBACK_HEADER and IOTEC_CALLBACK_SECRET'],
  ['relworx', 'RELWORX_WEBHOOK_KEY and PUBLIC_URL (https://pay.example.org/v1/webhooks/relworx)'],
  ['stripe', 'STRIPE_WEBHOOK_SECRET'],
])('the operator is told once an hour what a callback of %s did not fit', async (slug, variables) => {
  const { malipo, send, told } = await serverWith(ENV);
  expect((await send(slug)).statusCode).toBe(401);
  expect((await send(slug)).statusCode).toBe(401);
  expect(told()).toEqual([expect.stringContaining(`does not fit ${variables}`)]);
  malipo.clock.advance(HOUR_MS);
  await send(slug);
  expect(told()).toHaveLength(2);
  expect(malipo.log.join('\n')).not.toMatch(/hidden|guessed/);
});

test('nothing more is said where it was said at the start, or where nobody can have configured anything', async () => {
  const { send, told } = await serverWith({ ...ENV, RELWORX_WEBHOOK_KEY: '' });
  const atStart = told();
  expect(atStart).toEqual([expect.stringContaining('Without RELWORX_WEBHOOK_KEY')]);
  for (const slug of ['relworx', 'sandbox']) expect((await send(slug)).statusCode).toBe(401);
  expect(told()).toEqual(atStart);
});
