/** `npm run simulators` and a server with the environment it prints: a person pays with live keys, and nobody's money. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulators } from '../../simulators/standalone/simulators.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

/** Takes callbacks before there is a server to take them: its address is part of that server's configuration. */
async function frontDoor(): Promise<{ url: string; leadTo(malipo: TestMalipo): void }> {
  let malipo: TestMalipo | undefined;
  const server = http.createServer(async (request, response) => {
    const headers = request.headers as Record<string, string>;
    const answer = await malipo!.inject({ method: 'POST', url: request.url!, headers, payload: await text(request) });
    response.writeHead(answer.statusCode).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, leadTo: (opened) => void (malipo = opened) };
}

async function started() {
  const door = await frontDoor();
  const clock = new ManualClock();
  const simulators = await startSimulators({ port: 0, malipoUrl: door.url, clock });
  onTestFinished(() => simulators.close());
  const malipo = await buildMalipo({ clock, env: { ...simulators.env } });
  door.leadTo(malipo);
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const collect = async (about: object) => (await malipo.post('/v1/payments/collect', { amount: 5_000, ...about }, { key: liveKey })).json().data as { reference: string; status: string };
  const statusOf = async (reference: string) => (await malipo.get(`/v1/payments/transactions/${reference}`, { key: liveKey })).json().data.status as string;
  const post = (path: string, body = '') => fetch(simulators.controlUrl + path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  return { malipo, simulators, collect, statusOf, post };
}

test.each([
  ['iotec', { currency: 'UGX', phone_number: '256772123456' }],
  ['relworx', { currency: 'KES', phone_number: '254712345678' }],
  ['dgateway', { currency: 'UGX', phone_number: '256772123456', provider: 'dgateway' }],
  ['dukuzi', { currency: 'TZS', phone_number: '255754123456', provider: 'dukuzi' }],
])('a payment through %s waits for the person at the page, and hears of it by callback', async (slug, about) => {
  const { malipo, simulators, collect, statusOf, post } = await started();
  const { reference, status } = await collect(about);
  expect(status).toBe('pending');
  const { simulator } = simulators.providers.find((each) => each.slug === slug)!;
  const { id } = simulator.books.movements[0]!;
  expect(await (await fetch(simulators.controlUrl)).text()).toContain(`/${slug}/movements/${id}/approve`);

  expect((await post(`/${slug}/movements/${id}/approve`)).ok).toBe(true);
  await until(async () => {
    await malipo.jobs.runDue();
    return (await statusOf(reference)) === 'completed';
  });
});

test('a person breaks the next request, and what was done all the same is found out', async () => {
  const { malipo, simulators, collect, statusOf, post } = await started();
  expect((await post('/iotec/next-request', 'fault=is+done%2C+and+its+connection+breaks')).ok).toBe(true);
  const { reference, status } = await collect({ currency: 'UGX', phone_number: '256772123456' });
  expect(status).toBe('pending');
  const [movement, ...more] = simulators.providers[0]!.simulator.books.movements;
  await post(`/iotec/movements/${movement!.id}/approve`);
  await until(async () => {
    await malipo.jobs.runDue();
    return (await statusOf(reference)) === 'completed';
  });
  expect(more).toEqual([]);
});

test('what is not there is said so', async () => {
  const { post } = await started();
  expect((await post('/iotec/movements/none/approve')).status).toBe(404);
  expect((await post('/nobody/next-request', 'fault=x')).status).toBe(404);
});
