/** The texts for people and assistants name everything there is, and nothing that there is not. */
import { beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../../server/core/errors.ts';
import { COUNTRIES, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import type { Document } from '../../../server/http/docs/document.ts';
import { PROVIDER_SLUGS } from '../../../server/providers/capabilities.ts';
import { malipoForFile, type TestMalipo } from '../support/build-malipo.ts';

let malipo: TestMalipo;
let llms: string;
let skill: string;
let document: Document;

const HOST = { headers: { host: 'pay.example.org' } };

beforeAll(async () => {
  malipo = await malipoForFile();
  llms = (await malipo.get('/llms.txt', HOST)).body;
  skill = (await malipo.get('/skill/SKILL.md', HOST)).body;
  document = (await malipo.get('/openapi.json')).json();
});

test('llms.txt names every endpoint of the document, with its fields', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      expect(llms).toContain(`- \`${method.toUpperCase()} ${path}\`: ${operation.summary}`);
      expect(llms).toContain(`### ${method.toUpperCase()} ${path}\n`);
      const { properties = {} } = (operation.requestBody?.content['application/json']?.schema ?? {}) as { properties?: object };
      for (const field of Object.keys(properties)) expect(llms).toContain(`- \`${field}\`: `);
    }
  }
});

test('llms.txt carries every error code, provider, country and network', () => {
  for (const [code, { status }] of Object.entries(ERRORS)) expect(llms).toContain(`| ${code} | ${status} | `);
  for (const slug of PROVIDER_SLUGS) expect(llms).toContain(`\n| ${slug} | `);
  for (const country of COUNTRIES) {
    expect(llms).toContain(`| ${country} | ${NUMBER_PLANS[country].currency} | ${NUMBER_PLANS[country].callingCode}XXXXXXXXX |`);
    for (const { id, name } of NUMBER_PLANS[country].networks) expect(llms).toContain(`${id} (${name})`);
  }
});

test('the sandbox numbers of both texts do what they say', async () => {
  const shop = await malipo.makeShop({ slug: 'duka' });
  const promised = [...llms.matchAll(/^\| \S+ \| (256\d{9}) \| (.*) \|$/gm)].map(([, number, outcome]) => ({ number: number!, outcome: outcome! }));
  expect(promised).toHaveLength(11);
  for (const { number, outcome } of promised) {
    const collected = await malipo.post('/v1/payments/collect', { amount: 500, currency: 'UGX', phone_number: number }, { key: shop.testKey });
    const { reference } = collected.json<{ data: { reference: string } }>().data;
    await malipo.pass(5_000);
    for (let minute = 0; minute < 4; minute++) await malipo.pass(30_000);
    const seen = (await malipo.get(`/v1/payments/transactions/${reference}`, { key: shop.testKey })).json<{ data: { status: string } }>().data.status;
    const expected = /^(expires|stays)/.test(outcome) ? 'pending' : outcome.startsWith('failed') ? 'failed' : 'completed';
    expect(`${number} ${seen}`, outcome).toBe(`${number} ${expected}`);
  }
  for (const [number] of skill.matchAll(/256\d{9}/g)) expect(promised.map((each) => each.number)).toContain(number);
});

test('the texts speak of the server they came from', async () => {
  expect(llms).toMatch(/^# Malipo\n\n> /);
  expect(llms).toContain('Base URL: http://pay.example.org\n');
  expect(llms).toContain('<script type="module" src="http://pay.example.org/pay-button.js"></script>');
  for (const [, address] of `${llms}\n${skill}`.matchAll(/http:\/\/pay\.example\.org(\/[\w./-]*[\w/])/g)) {
    const answer = await malipo.app.inject({ url: address! });
    // An item of the examples is not for sale here; its page is.
    expect(answer.body, address).not.toContain('There is nothing at this address');
  }
});

test('both are plain texts that any page may read', async () => {
  const [text, markdown] = [await malipo.get('/llms.txt'), await malipo.get('/skill/SKILL.md')];
  expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
  for (const { headers } of [text, markdown]) expect(headers['access-control-allow-origin']).toBe('*');
});

test('the skill file has the front matter that assistants look for', () => {
  const front = /^---\nname: ([a-z-]+)\ndescription: (.+)\n---\n\n# /.exec(skill);
  expect(front?.[1]).toBe('malipo');
  expect(front?.[2]!.length).toBeLessThanOrEqual(1_024);
});

test('the first page leads to everything, under a policy that allows nothing but what is its own', async () => {
  const home = await malipo.get('/');
  expect(home.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(home.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';/);
  const links = [...home.body.matchAll(/<a href="([^"]+)"/g)].map(([, address]) => address!);
  expect(links).toEqual(expect.arrayContaining(['/docs/', '/openapi.json', '/llms.txt', '/sandbox/phone', '/readyz']));
  expect(links).not.toContain('/demo/');
  for (const address of links) expect((await malipo.get(address)).statusCode, address).toBe(200);
});
