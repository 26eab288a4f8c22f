/** An item that is sold in test mode beside live sales is told to whoever runs the server: at the start, and where it is made. */
import { expect, test } from 'vitest';
import { ENGINE } from '../support/database-under-test.ts';
import { buildMalipo, stock, type TestMalipo } from '../support/build-malipo.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-store.ts';
import { runMalipo } from '../cli/run-malipo.ts';

const IOTEC = { IOTEC_CLIENT_ID: 'client', IOTEC_CLIENT_SECRET: 'not told to anybody', IOTEC_WALLET_ID: 'wallet' };

function warnings({ log }: TestMalipo): string[] {
  return log.map((line) => (JSON.parse(line) as { msg: string }).msg).filter((msg) => msg.includes('test mode'));
}

/** A server that starts with these items in its database, and these live providers. */
async function startedWith(live: ScriptedProvider[], items: { slug: string; currency: string }[] = []): Promise<TestMalipo> {
  const databaseUrl = await temporaryDatabase();
  const before = await buildMalipo({ databaseUrl });
  const shop = await before.makeShop({ slug: 'duka' });
  await stock(before, shop);
  for (const item of items) await before.items.createProduct({ appId: shop.app.id, name: item.slug, amount: 5, ...item });
  await before.close();
  return buildMalipo({ databaseUrl, live });
}

test('one line at the start names what no live provider takes, and it is sold as the line says', async () => {
  const malipo = await startedWith([new ScriptedProvider('iotec')], [{ slug: 'ebook', currency: 'USD' }]);
  expect(warnings(malipo)).toEqual(['no live provider here takes TZS, USD: sold in test mode, where nobody is charged and buyers are told that they have paid: duka-kitabu, ebook']);
  for (const [slug, isTest] of [['duka-kitabu', true], ['ebook', true], ['duka-book', false]] as const) {
    expect((await malipo.get(`/api/store/${slug}`)).json()).toMatchObject({ data: { is_test: isTest } });
  }
});

test('of many it names ten', async () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ slug: `ebook-${index}`, currency: 'USD' }));
  const [warning] = warnings(await startedWith([new ScriptedProvider('iotec')], many));
  expect(warning).toMatch(/: duka-kitabu, (ebook-\d, ){8}ebook-8 and more$/);
});

test('nothing is said where all of it is sold for real, nor where nothing is', async () => {
  const mine = Object.assign(new ScriptedProvider('stripe'), { mode: 'test' as const });
  for (const live of [[new ScriptedProvider('iotec'), new ScriptedProvider('relworx')], [], [mine]]) expect(warnings(await startedWith(live))).toEqual([]);
});

test('product create and link create say so of what they make', async () => {
  const env: Record<string, string> = ENGINE === 'sqlite' ? {} : { DATABASE_URL: await temporaryDatabase(), MALIPO_SECRET: 'the secret of this shop' };
  const folder = temporaryFolder();
  const malipo = (words: string[], providers: Record<string, string>) => runMalipo(words, { ...env, ...providers }, folder);
  await malipo(['app', 'create', '--name', 'Duka', '--slug', 'duka'], {});
  const product = ['product', 'create', '--app', 'duka', '--name', 'Kitabu', '--amount', '12000', '--json', '--currency'];
  const warning = 'No live provider here takes TZS: this is sold in test mode, where nobody is charged and buyers are told that they have paid';
  expect((await malipo([...product, 'TZS'], IOTEC)).json()).toMatchObject({ slug: 'kitabu', warning });
  expect((await malipo([...product, 'UGX'], IOTEC)).json()).toEqual({ id: expect.any(Number) as number, slug: 'kitabu-2' });
  expect((await malipo(['link', 'create', '--app', 'duka', '--name', 'Tip jar', '--currency', 'TZS'], IOTEC)).stdout).toContain(`\nWarning: ${warning}\n`);
});
