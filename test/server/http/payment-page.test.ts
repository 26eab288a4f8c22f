/** What a buyer sees who is sent back from a provider's own page: what the provider says, whatever the browser was sent with. */
import { expect, onTestFinished, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { overHttp } from '../../simulators/http-shell.ts';
import { RELWORX, RelworxSimulator } from '../../simulators/relworx/relworx.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

async function shop({ origins = ['https://duka.example'] } = {}) {
  const clock = new ManualClock();
  const simulator = new RelworxSimulator({ clock });
  const { url, line, close } = await overHttp(simulator);
  onTestFinished(close);
  const malipo = await buildMalipo({ clock, env: { RELWORX_API_KEY: RELWORX.apiKey, RELWORX_ACCOUNT_NO: RELWORX.accountNo, RELWORX_BASE_URL: `${url}/api` } });
  const { app, testKey } = await malipo.makeShop({ slug: 'duka', origins });
  await malipo.items.createProduct({ appId: app.id, name: 'Basket & lid', slug: 'basket', currency: 'UGX', amount: 25_000 });
  const pay = async () => (await malipo.post('/api/store/basket/pay', { method: 'card' })).json().data as { reference: string; redirect_url: string };
  const comeBack = (payload: string, type = 'application/x-www-form-urlencoded') => malipo.inject({ method: 'POST', url: '/return/relworx', headers: { 'content-type': type, origin: 'https://cards.relworx.example' }, payload });
  const listed = () => line.requests.filter(({ path }) => path.endsWith('/transactions')).length;
  return { malipo, clock, line, listed, testKey, pay, comeBack, movement: () => simulator.books.movements[0]!, books: simulator.books };
}

const form = (reference: string, status: string) => new URLSearchParams({ status, customer_reference: reference, internal_reference: 'e6974e0f', relworx_signature: 'a guess' }).toString();

test('whoever comes back is led to their payment, which is what the provider says and not what the browser was given', async () => {
  const at = await shop();
  const { reference } = await at.pay();
  at.books.approve(at.movement());
  const back = await at.comeBack(form(reference, 'failed'));
  expect([back.statusCode, back.headers.location]).toEqual([303, `../payment/${reference}`]);
  const page = await at.malipo.get(`/payment/${reference}`);
  expect([page.statusCode, page.headers['content-type'], page.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-store']);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  for (const words of ['Payment received', 'email', 'Basket &amp; lid', 'UGX 25,000', reference, 'href="https://duka.example"']) expect(page.body).toContain(words);
  expect(page.body).not.toContain('http-equiv="refresh"');
});

test('a browser that says success is believed nothing: the page waits, looks again, and shows the way on', async () => {
  const at = await shop({ origins: [] });
  const { reference, redirect_url } = await at.pay();
  await at.comeBack(form(reference, 'success'));
  const waiting = (await at.malipo.get(`/payment/${reference}`)).body;
  for (const words of ['Asking whether it was paid', 'content="3"', `href="${redirect_url}"`, 'You can close this page']) expect(waiting).toContain(words);
  expect((await at.malipo.get(`/api/store/status/${reference}`)).json().data.status).toBe('pending');
  at.clock.advance(10 * MINUTE_MS);
  expect((await at.malipo.get(`/payment/${reference}`)).body).toContain('content="30"');
  at.clock.advance(HOUR_MS);
  expect((await at.malipo.get(`/payment/${reference}`)).body).toContain('content="60"');
  at.books.decline(at.movement(), 'Insufficient funds');
  at.clock.advance(6 * SECOND_MS);
  const failed = (await at.malipo.get(`/payment/${reference}`)).body;
  expect(failed).toContain('did not go through');
  expect(failed).not.toMatch(/http-equiv|Go on paying/);
});

test('a page that is opened over and over asks the provider no more often than one that is looked at', async () => {
  const at = await shop();
  const { reference } = await at.pay();
  const open = () => at.malipo.get(`/payment/${reference}`);
  await open();
  const before = at.listed();
  const waiting = at.clock.waiting;
  const pages = [open(), open(), open()];
  await until(() => at.clock.waiting >= waiting + 4);
  at.clock.advance(2 * SECOND_MS);
  await Promise.all(pages);
  expect(at.listed() - before).toBeLessThanOrEqual(1);
});

test.each([
  ['nothing', '', undefined],
  ['half of JSON', '{"customer_reference":', 'application/json'],
  ['a list', '["customer_reference"]', 'application/json'],
  ['a number', '{"customer_reference":7}', 'application/json'],
  ['an address', 'customer_reference=//elsewhere.example', undefined],
  ['a NUL', 'customer_reference=dgw_%00', undefined],
  ['a long one', `customer_reference=${'x'.repeat(5_000)}`, undefined],
  ['two parts', '--x\r\ncontent-disposition: form-data; name="customer_reference"\r\n\r\ny\r\n--x--', 'multipart/form-data; boundary=x'],
])('%s leads to a page that says so', async (_what, payload, type) => {
  const at = await shop();
  const answer = await at.comeBack(payload, type);
  expect([answer.statusCode, answer.headers['content-type'], answer.headers.location]).toEqual([404, 'text/html; charset=utf-8', undefined]);
  expect(answer.body).toContain('There is no such payment');
});

test('what is not there, and what was paid out, is no payment of a buyer’s; a reference in the address will do', async () => {
  const at = await shop();
  expect((await at.malipo.get('/return/relworx?customer_reference=dgw_elsewhere')).headers.location).toBe('../payment/dgw_elsewhere');
  const paidOut = await at.malipo.post('/v1/payments/disburse', { amount: 5_000, currency: 'UGX', phone_number: '256772300001' }, { key: at.testKey });
  for (const reference of [paidOut.json().data.reference as string, 'dgw_elsewhere', '%00', '<b>']) {
    const page = await at.malipo.get(`/payment/${reference}`);
    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('There is no such payment');
    expect(page.body).not.toContain('<b>');
  }
});

test.each([
  ['sw-TZ,sw;q=0.9', 'sw', ['Tunauliza kama imelipwa', 'Endelea kulipa', 'Rudi Shop duka'], ['Malipo hayakufanikiwa', 'Hakuna pesa iliyokatwa.', 'Kumbukumbu'], 'Hakuna malipo kama hayo'],
  ['fr', 'fr', ['Nous demandons si c’est payé', 'Continuer le paiement', 'Retour à Shop duka'], ['Le paiement n’a pas abouti', 'Rien n’a été débité.', 'Référence'], 'Ce paiement n’existe pas'],
  ['rw', 'rw', ['Turabaza niba byishyuwe', 'Komeza wishyure', 'Subira kuri Shop duka'], ['Ubwishyu ntibwakunze', 'Nta mafaranga yafashwe.', 'Nimero y’ubwishyu'], 'Nta bwishyu nk’ubwo buhari'],
  ['lg', 'lg', ['Tubuuza oba kisasuddwa', 'Genda mu maaso', 'Ddayo ku Shop duka'], ['Okusasula tekugenze', 'Tewali ssente ziggyiddwako.', 'Ennamba y’okusasula'], 'Tewali kusasula ng’okwo'],
  ['de', 'en', ['Asking whether it was paid', 'Go on paying', 'Back to Shop duka'], ['did not go through', 'The network did not say why', 'Reference'], 'There is no such payment'],
])('the page is in the language that %j asks for', async (accepted, language, waiting, failed, noSuch) => {
  const at = await shop();
  const { reference } = await at.pay();
  const asked = { headers: { 'accept-language': accepted } };
  const open = (url = `/payment/${reference}`) => at.malipo.get(url, asked);
  const first = await open();
  expect(first.headers.vary).toBe('Accept-Language');
  expect(first.body).toContain(`<html lang="${language}">`);
  for (const words of waiting) expect(first.body).toContain(words);
  at.books.decline(at.movement(), 'Insufficient funds');
  at.clock.advance(6 * SECOND_MS);
  const { body } = await open();
  for (const words of failed) expect(body).toContain(words);
  for (const url of ['/payment/dgw_elsewhere', '/return/relworx']) expect((await open(url)).body).toContain(noSuch);
});
