/** `npm run simulators` and a server with the environment it prints: a person pays with live keys, and nobody's money. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { startSimulators } from '../../simulators/standalone/simulators.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { walletBalance } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

/** Takes callbacks before there is a server to take them: its address is part of that server's configuration. */
async function frontDoor(): Promise<{ url: string; leadTo(malipo: TestMalipo): void; taken(): number }> {
  let malipo: TestMalipo | undefined;
  let taken = 0;
  const server = http.createServer(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const answer = await malipo!.inject({ method: 'POST', url: request.url!, headers, payload: await text(request) });
    taken++;
    response.writeHead(answer.statusCode, answer.headers as http.OutgoingHttpHeaders).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, leadTo: (opened) => void (malipo = opened), taken: () => taken };
}

async function started() {
  const door = await frontDoor();
  const clock = new ManualClock();
  const simulators = await startSimulators({ port: 0, malipoUrl: door.url, clock });
  onTestFinished(() => simulators.close());
  const malipo = await buildMalipo({ clock, env: { ...simulators.env } });
  door.leadTo(malipo);
  const { app, liveKey, testKey } = await malipo.makeShop({ slug: 'duka' });
  const collect = async (about: object) => (await malipo.post('/v1/payments/collect', { amount: 5_000, ...about }, { key: liveKey })).json().data as { reference: string; status: string };
  const statusOf = async (reference: string) => (await malipo.get(`/v1/payments/transactions/${reference}`, { key: liveKey })).json().data.status as string;
  const act = (path: string, fields: Record<string, string> = {}) => post(simulators.controlUrl + path, fields);
  return { malipo, door, app, simulators, liveKey, testKey, collect, statusOf, act };
}

/** As a browser sends a form. */
function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

test.each([
  ['iotec', { currency: 'UGX', phone_number: '256772123456' }],
  ['relworx', { currency: 'KES', phone_number: '254712345678' }],
  ['dgateway', { currency: 'UGX', phone_number: '256772123456', provider: 'dgateway' }],
  ['dukuzi', { currency: 'TZS', phone_number: '255754123456', provider: 'dukuzi' }],
])('a payment through %s waits for the person at the page, and hears of it by callback', async (slug, about) => {
  const { malipo, simulators, collect, statusOf, act } = await started();
  const { reference, status } = await collect(about);
  expect(status).toBe('pending');
  const { simulator } = simulators.providers.find((each) => each.slug === slug)!;
  const { id } = simulator.books.movements[0]!;
  expect(await (await fetch(simulators.controlUrl)).text()).toContain(`/${slug}/movements/${id}/approve`);

  expect((await act(`/${slug}/movements/${id}/approve`)).status).toBe(303);
  await until(async () => {
    await malipo.jobs.runDue();
    return (await statusOf(reference)) === 'completed';
  });
});

test('a payment that failed is found paid, and said again, and counts once', async () => {
  const { malipo, door, app, simulators, collect, statusOf, act } = await started();
  const { reference } = await collect({ currency: 'UGX', phone_number: '256772123456' });
  const { id } = simulators.providers[0]!.simulator.books.movements[0]!;
  const is = (status: string) =>
    until(async () => {
      await malipo.jobs.runDue();
      return (await statusOf(reference)) === status;
    });
  await act(`/iotec/movements/${id}/decline`);
  await is('failed');
  expect(await (await fetch(simulators.controlUrl)).text()).toContain('find%20it%20paid');
  await act(`/iotec/movements/${id}/find%20it%20paid`);
  await is('completed');
  await until(() => door.taken() === 2);
  expect((await act(`/iotec/movements/${id}/call%20back%20again`)).status).toBe(303);
  await until(() => door.taken() === 3);
  await malipo.pass(MINUTE_MS);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(4_600);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a person breaks the next request, and what was done all the same is found out', async () => {
  const { malipo, simulators, collect, statusOf, act } = await started();
  expect((await act('/iotec/next-request', { fault: 'is done, and its connection breaks' })).status).toBe(303);
  const { reference, status } = await collect({ currency: 'UGX', phone_number: '256772123456' });
  expect(status).toBe('pending');
  const [movement, ...more] = simulators.providers[0]!.simulator.books.movements;
  await act(`/iotec/movements/${movement!.id}/approve`);
  await until(async () => {
    await malipo.jobs.runDue();
    return (await statusOf(reference)) === 'completed';
  });
  expect(more).toEqual([]);
});

test('a card is paid on Relworx’s page, and the browser comes back to what became of it', async () => {
  const { malipo, simulators, door, liveKey } = await started();
  const { reference, redirect_url } = (await malipo.post('/v1/payments/collect', { amount: 5_000, currency: 'UGX', provider: 'relworx', method: 'card' }, { key: liveKey })).json().data as { reference: string; redirect_url: string };
  expect(redirect_url.startsWith(`${simulators.controlUrl}/relworx/cards/`)).toBe(true);
  expect(await (await fetch(simulators.controlUrl)).text()).toContain(redirect_url.slice(simulators.controlUrl.length));
  expect(await (await fetch(redirect_url)).text()).toContain('UGX 5,000');
  const asked = await (await post(redirect_url, { number: '4000 0027 6000 3184' })).text();
  expect(asked).toContain('The bank asks');
  const paid = await (await post(redirect_url, { bank: 'yes' })).text();
  const [, action = ''] = /action="([^"]+)"/.exec(paid)!;
  expect(action).toBe(`${door.url}/return/relworx`);
  const fields = Object.fromEntries([...paid.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
  expect(fields).toMatchObject({ status: 'success', customer_reference: reference, relworx_signature: expect.stringMatching(/^[\da-f]{64}$/) as string });
  const back = await post(action, fields);
  expect([back.status, back.headers.get('location')]).toEqual([303, `../payment/${reference}`]);
  expect((await malipo.get(`/payment/${reference}`)).body).toContain('Payment received');
});

test('a card is paid at Stripe on a page in place of its form: a decline is followed by another card', async () => {
  const { malipo, simulators, testKey } = await started();
  const { reference } = (await malipo.post('/v1/payments/collect', { amount: 20, currency: 'USD', provider: 'stripe' }, { key: testKey })).json().data as { reference: string };
  const { simulator } = simulators.providers.find(({ slug }) => slug === 'stripe')!;
  const page = `${simulators.controlUrl}/stripe/cards/${simulator.books.movements[0]!.id}`;
  expect(await (await post(page, { number: '4000 0000 0000 0002' })).text()).toContain('Your card was declined.');
  expect(await (await post(page, { number: '1' })).text()).toContain('incorrect');
  expect(await (await post(page, { number: '4242 4242 4242 4242' })).text()).toContain('Paid.');
  expect(await (await fetch(page)).text()).toContain('Paid.');
  await until(async () => {
    await malipo.jobs.runDue();
    return (await malipo.get(`/api/store/status/${reference}`)).json().data.status === 'completed';
  });
});

test('what is not there is said so', async () => {
  const { act } = await started();
  expect((await act('/iotec/movements/none/approve')).status).toBe(404);
  expect((await act('/nobody/next-request', { fault: 'x' })).status).toBe(404);
  for (const nowhere of ['/relworx/cards/none', '/iotec/cards/none', '/nobody/cards/x']) expect((await act(nowhere)).status).toBe(404);
});
