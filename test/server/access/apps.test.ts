import { describe, expect, it } from 'vitest';
import type { NewApp } from '../../../server/access/apps.ts';
import { fittingSecret } from '../../../server/access/fitting-secret.ts';
import { ConfigError } from '../../../server/config.ts';
import { statement } from '../../../server/db/store.ts';
import { temporaryStore } from '../support/temporary-store.ts';
import { accessTo, merchant } from './merchant.ts';

const swapSecrets = statement('UPDATE apps SET webhook_secret = (SELECT webhook_secret FROM apps WHERE id = :from) WHERE id = :to');
const storedSecrets = statement<{ webhook_secret: string }>('SELECT webhook_secret FROM apps');

describe('apps', () => {
  it('are found by slug and by id as they were made', async () => {
    const { apps } = accessTo(temporaryStore().store);
    const { app } = await apps.create({
      name: ' Duka la Café ',
      webhookUrl: 'https://duka.example.org/hook?app=1',
      webhookFormat: 'dukuzi',
      feePercent: 7.25,
      origins: ['https://duka.example.org/', 'http://localhost:8080', 'https://duka.example.org'],
    });
    expect(app).toEqual({
      id: app.id,
      slug: 'duka-la-cafe',
      name: 'Duka la Café',
      logoUrl: '',
      theme: {},
      webhookUrl: 'https://duka.example.org/hook?app=1',
      webhookFormat: 'dukuzi',
      feeBasisPoints: 725,
      origins: ['https://duka.example.org', 'http://localhost:8080'],
    });
    expect(await apps.bySlug('duka-la-cafe')).toEqual(app);
    expect(await apps.byId(app.id)).toEqual(app);
    expect(await apps.bySlug('another')).toBeNull();
  });

  it('pay eight percent unless told otherwise', async () => {
    const { app } = await merchant();
    expect(app.feeBasisPoints).toBe(800);
  });

  it.each<[string, Partial<NewApp>]>([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(256) }],
    ['slug', { slug: 'Has Capitals' }],
    ['slug', { slug: '-dash' }],
    ['slug', { slug: 'x'.repeat(65) }],
    ['slug', { name: '书店' }],
    ['slug', { slug: '' }],
    ['webhook_url', { webhookUrl: 'ftp://example.org' }],
    ['webhook_url', { webhookUrl: 'https://user:password@example.org' }],
    ['webhook_format', { webhookFormat: 'xml' }],
    ['fee_percent', { feePercent: 101 }],
    ['fee_percent', { feePercent: -1 }],
    ['fee_percent', { feePercent: 1.234 }],
    ['fee_percent', { feePercent: Number.NaN }],
    ['origin', { origins: ['https://example.org/path'] }],
    ['origin', { origins: ['*'] }],
  ])('refuse a wrong %s: %o', async (field, input) => {
    const { apps } = accessTo(temporaryStore().store);
    await expect(apps.create({ name: 'Duka', ...input })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(field) });
  });

  it('never share a slug', async () => {
    const { apps } = await merchant('Duka');
    await expect(apps.create({ name: 'Another', slug: 'duka' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('duka') });
  });

  it('have a webhook secret each, which can be shown again but is never stored in the clear', async () => {
    const { apps, app, webhookSecret, store } = await merchant();
    const other = await apps.create({ name: 'Other' });
    expect(webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(other.webhookSecret).not.toBe(webhookSecret);
    expect(await apps.webhookSecret(app.id)).toBe(webhookSecret);
    expect(JSON.stringify(await store.read.all(storedSecrets))).not.toContain(webhookSecret.slice(6));
  });

  it("do not open each other's webhook secret, even when it is copied over", async () => {
    const { apps, app, store } = await merchant();
    const other = await apps.create({ name: 'Other' });
    await store.write((tx) => tx.run(swapSecrets, { from: app.id, to: other.app.id }));
    await expect(apps.webhookSecret(other.app.id)).rejects.toThrow('MALIPO_SECRET');
  });

  it('say so when the server has another secret than the one they were made with', async () => {
    const { apps, store } = await merchant();
    await expect(apps.assertSecretFits()).resolves.toBeUndefined();
    const afterLosingIt = accessTo(store, Buffer.from('another secret'));
    await expect(afterLosingIt.apps.assertSecretFits()).rejects.toThrow(ConfigError);
  });

  it('open with what their .secret file held, and with a MALIPO_SECRET of the same form, each as it was meant', async () => {
    const bytes = Buffer.alloc(32, 0xd7);
    const inFile = Buffer.from(bytes.toString('base64'));
    const [kept, named] = [temporaryStore().store, temporaryStore().store];
    for (const secret of [bytes, inFile]) expect(await fittingSecret(kept.read, secret)).toBe(secret);
    await accessTo(kept, bytes).apps.create({ name: 'Kept beside its database' });
    await accessTo(named, inFile).apps.create({ name: 'Named in the environment' });
    for (const secret of [bytes, inFile]) expect(await fittingSecret(kept.read, secret)).toEqual(bytes);
    expect(await fittingSecret(named.read, inFile)).toEqual(inFile);
    const another = Buffer.from(Buffer.alloc(32).toString('base64'));
    expect(await fittingSecret(kept.read, another)).toBe(another);
  });
});
