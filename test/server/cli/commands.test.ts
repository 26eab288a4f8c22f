import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiKeys } from '../../../server/access/keys.ts';
import { deriveKey, loadServerSecret } from '../../../server/access/server-secret.ts';
import { loadConfig } from '../../../server/config.ts';
import { systemClock } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { Items } from '../../../server/shop/items.ts';
import { ENGINE } from '../support/database-under-test.ts';
import { openedStore, temporaryDatabase, temporaryFolder } from '../support/temporary-store.ts';
import { runMalipo } from './run-malipo.ts';

const KEY = /^dgw_(live|test)_[0-9A-Za-z]{38}$/;

/** A merchant's folder with one app in it, and the command line in that folder: on SQLite, with nothing configured. */
async function shop() {
  const folder = temporaryFolder();
  const env: Record<string, string> = ENGINE === 'sqlite' ? {} : { DATABASE_URL: await temporaryDatabase(), MALIPO_SECRET: 'the secret of this shop' };
  const malipo = (...words: string[]) => runMalipo(words, env, folder);
  const made = await malipo('app', 'create', '--name', 'Duka', '--slug', 'duka', '--json');
  const databaseUrl = env.DATABASE_URL ?? `file:${join(folder, 'data', 'malipo.db')}`;
  return { folder, malipo, made, config: loadConfig({ ...env, DATABASE_URL: databaseUrl }), databaseUrl };
}

function keysOf({ databaseUrl, config }: Pick<Awaited<ReturnType<typeof shop>>, 'databaseUrl' | 'config'>): ApiKeys {
  return new ApiKeys({ store: openedStore(databaseUrl), clock: systemClock, secretKey: deriveKey(loadServerSecret(config), 'api-keys') });
}

describe('malipo app and key', () => {
  it('make an app with two keys and a webhook secret, in ./data unless told otherwise', async () => {
    const duka = await shop();
    expect(duka.made.exitCode).toBe(0);
    expect(duka.made.json()).toEqual({
      id: 1,
      slug: 'duka',
      name: 'Duka',
      live_key: expect.stringMatching(KEY),
      test_key: expect.stringMatching(KEY),
      webhook_secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const keys = keysOf(duka);
    expect(await keys.authenticate(duka.made.json().live_key as string)).toMatchObject({ mode: 'live', app: { slug: 'duka' } });
    expect(await keys.authenticate(duka.made.json().test_key as string)).toMatchObject({ mode: 'test', app: { slug: 'duka' } });
  });

  it('take every option of an app', async () => {
    const { malipo, databaseUrl, config } = await shop();
    const words = ['app', 'create', '--name', 'Hoteli', '--slug=hoteli', '--webhook-url', 'https://hoteli.example.org/hook', '--webhook-format', 'dukuzi', '--fee-percent', '2.5'];
    const { exitCode } = await malipo(...words, '--origin', 'https://hoteli.example.org', '--origin', 'https://www.hoteli.example.org');
    expect(exitCode).toBe(0);
    const keys = keysOf({ databaseUrl, config });
    const extra = (await malipo('key', 'create', '--app', 'hoteli', '--mode', 'test', '--json')).json();
    expect(await keys.authenticate(extra.key as string)).toMatchObject({
      app: {
        webhookUrl: 'https://hoteli.example.org/hook',
        webhookFormat: 'dukuzi',
        feeBasisPoints: 250,
        origins: ['https://hoteli.example.org', 'https://www.hoteli.example.org'],
      },
    });
  });

  it('leave no app behind when it was refused', async () => {
    const { malipo } = await shop();
    expect((await malipo('app', 'create', '--name', 'Duka', '--slug', 'duka', '--json')).json()).toMatchObject({ error: { code: 'VALIDATION_ERROR' } });
    expect((await malipo('key', 'list', '--json')).json().keys).toHaveLength(2);
  });

  it('show a new key once, list it by its prefix and revoke it', async () => {
    const duka = await shop();
    const made = (await duka.malipo('key', 'create', '--app', 'duka', '--mode', 'live', '--json')).json();
    expect(made).toEqual({ id: 3, key: expect.stringMatching(KEY), prefix: (made.key as string).slice(0, 15), mode: 'live' });

    const listed = await duka.malipo('--json', 'key', 'list', '--app', 'duka');
    expect(listed.json().keys).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3, app: 'duka', prefix: made.prefix, mode: 'live', revoked_at: null }]);
    expect(listed.stdout).not.toContain(made.key);

    const keys = keysOf(duka);
    expect(await keys.authenticate(made.key as string)).not.toBeNull();
    const revoked = (await duka.malipo('key', 'revoke', made.prefix as string, '--json')).json();
    expect(revoked).toMatchObject({ id: 3, prefix: made.prefix, revoked_at: expect.stringMatching(/Z$/) });
    expect(await keys.authenticate(made.key as string)).toBeNull();
  });
});

describe('malipo product and link', () => {
  it('make items that are found by the slug they answer', async () => {
    const { malipo, databaseUrl, folder } = await shop();
    writeFileSync(join(folder, 'book.pdf'), 'forty stories');
    const product = await malipo(
      ...['product', 'create', '--app', 'duka', '--name', 'My book', '--amount', '25000', '--currency', 'UGX', '--type', 'digital', '--file', 'book.pdf'],
      ...['--image', 'https://duka.example.org/book.png', '--description', 'Stories', '--json'],
    );
    expect(product.json()).toEqual({ id: 1, slug: 'my-book' });
    const link = await malipo(
      ...['link', 'create', '--app', 'duka', '--name', 'Fund', '--slug', 'fund', '--currency', 'UGX', '--min-amount', '1000', '--max-amount', '2000000'],
      ...['--suggested', '5000, 10000,20000', '--json'],
    );
    expect(link.json()).toEqual({ id: 2, slug: 'fund' });
    expect((await malipo('link', 'create', '--app', 'duka', '--name', 'Invoice 7', '--currency', 'KES', '--amount', '10.50', '--json')).json()).toEqual({ id: 3, slug: 'invoice-7' });

    const items = new Items({ store: openedStore(databaseUrl), clock: systemClock });
    const book = await items.bySlug('my-book');
    expect(book).toMatchObject({ amountMinor: 2_500_000, imageUrl: 'https://duka.example.org/book.png', description: 'Stories' });
    expect(readFileSync(join(folder, 'data', book!.file), 'utf8')).toBe('forty stories');
    expect(await items.bySlug('fund')).toMatchObject({ minAmountMinor: 100_000, suggestedAmountsMinor: [500_000, 1_000_000, 2_000_000] });
    expect((await malipo('item', 'list', '--app', 'duka', '--json')).json().items).toMatchObject([{ slug: 'my-book', amount: 25_000 }, { slug: 'fund', amount: null }, { slug: 'invoice-7', amount: 10.5 }]);
  });

  it('keep no file of a product that was refused', async () => {
    const { malipo, folder } = await shop();
    writeFileSync(join(folder, 'book.pdf'), 'forty stories');
    const { exitCode } = await malipo('product', 'create', '--app', 'duka', '--name', 'Book', '--amount', '0.5', '--currency', 'UGX', '--file', 'book.pdf');
    expect(exitCode).toBe(1);
    expect(readdirSync(join(folder, 'data', 'files'))).toEqual([]);
  });
});

describe('malipo verify', () => {
  const completedWithoutSettlement = statement(`
    INSERT INTO payments (reference, app_id, mode, method, provider, status, submission, amount_minor, fee_minor, currency, created_at, updated_at, expires_at, completed_at)
    VALUES ('dgw_lost', 1, 'test', 'mobile_money', 'iotec', 'completed', 'sent', 100000, 8000, 'UGX', 1, 1, 1, 1)`);

  it('says OK of sound books and exits with 1 and a list when a rule is broken', async () => {
    const { malipo, databaseUrl } = await shop();
    expect(await malipo('verify')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^OK/) });
    expect((await malipo('verify', '--json')).json()).toEqual({ ok: true, problems: [] });

    await openedStore(databaseUrl).write((tx) => tx.run(completedWithoutSettlement));

    expect(await malipo('verify')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('dgw_lost') });
    const broken = await malipo('verify', '--json');
    expect(broken.exitCode).toBe(1);
    expect(broken.json()).toEqual({ ok: false, problems: [expect.stringContaining('dgw_lost')] });
  });
});
