/** A withdrawal that is over, and of which its provider has more to say: its money is back, and may be spent twice. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { TOKEN, TOKEN_HEADER } from '../support/paying-provider.ts';

const WITHDRAWAL = { amount: 50_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'John Doe' };
const reviews = statement<{ status: string; review: string }>('SELECT status, review FROM withdrawals');
const PAID_AFTER_ALL = [{ status: 'failed', review: 'The provider says it paid this after all; the money is back in the wallet' }];

/** The provider says no, and pays all the same. */
async function refusedAndTaken(): Promise<Gateway> {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    return { kind: 'refused', code: 'failed', reason: 'Recipient is barred' };
  };
  expect((await gateway.post('/v1/withdrawals', WITHDRAWAL)).json().data.status).toBe('failed');
  return gateway;
}

function callBack(gateway: Gateway) {
  return gateway.post('/v1/webhooks/iotec', { reference: gateway.provider.sent[0]!.reference }, 'live', { [TOKEN_HEADER]: TOKEN });
}

test('a refused withdrawal that its provider turns out to be working on is followed, and a person hears that it was paid', async () => {
  const gateway = await refusedAndTaken();
  await callBack(gateway);
  await gateway.pass(0);
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS + HOUR_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.balance()).toBe(92_000);
  expect(await gateway.problems()).toEqual([]);
});

test('a callback about a refused withdrawal is not used up by a provider that does not answer', async () => {
  const gateway = await refusedAndTaken();
  gateway.provider.paysOut(gateway.clock.now());
  gateway.provider.says = { kind: 'unknown', reason: 'nobody is in' };
  await callBack(gateway);
  await gateway.pass(0);
  gateway.provider.says = null;
  await gateway.pass(MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.problems()).toEqual([]);
});

test('a withdrawal released because its provider did not know it is looked back at, and a person hears that it was paid', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  gateway.provider.onDisburse = (request) => {
    gateway.provider.takes(request);
    throw new Error('socket hang up');
  };
  gateway.provider.says = { kind: 'not_found' };
  await gateway.post('/v1/withdrawals', WITHDRAWAL);
  await gateway.pass(8 * MINUTE_MS);
  expect(await gateway.store.read.all(reviews)).toEqual([{ status: 'failed', review: '' }]);
  gateway.provider.says = null;
  gateway.provider.paysOut(gateway.clock.now());
  await gateway.pass(DAY_MS + HOUR_MS);
  expect(await gateway.store.read.all(reviews)).toEqual(PAID_AFTER_ALL);
  expect(await gateway.problems()).toEqual([]);
});
