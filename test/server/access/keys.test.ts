import { describe, expect, it } from 'vitest';
import { isWellFormed } from '../../../server/access/keys.ts';
import type { Reader } from '../../../server/db/store.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { fc } from '../support/properties.ts';
import { openedStore } from '../support/temporary-store.ts';
import { accessTo, merchant, SECRET } from './merchant.ts';

describe('API keys', () => {
  it('prove which app asks, and whether in live or test mode', async () => {
    const { app, apiKeys, apps } = await merchant();
    const other = (await apps.create({ name: 'Other' })).app;
    const live = await apiKeys.create(app.id, 'live');
    const test = await apiKeys.create(app.id, 'test');
    const others = await apiKeys.create(other.id, 'test');
    expect(await apiKeys.authenticate(live.key)).toEqual({ keyId: live.id, mode: 'live', app });
    expect(await apiKeys.authenticate(test.key)).toEqual({ keyId: test.id, mode: 'test', app });
    expect(await apiKeys.authenticate(others.key)).toEqual({ keyId: others.id, mode: 'test', app: other });
  });

  it('have the documented shape and are all different', async () => {
    const { app, apiKeys } = await merchant();
    const keys = await Promise.all(Array.from({ length: 50 }, () => apiKeys.create(app.id, 'live')));
    for (const { key, prefix } of keys) {
      expect(key).toMatch(/^dgw_live_[0-9A-Za-z]{38}$/);
      expect(prefix).toBe(key.slice(0, 15));
      expect(isWellFormed(key)).toBe(true);
    }
    expect(new Set(keys.map(({ key }) => key)).size).toBe(50);
    expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(50);
  });

  it('with a typing error are refused without asking the database', async () => {
    const { app, apiKeys } = await merchant();
    const { key } = await apiKeys.create(app.id, 'test');
    const silent: Reader = {
      all: () => { throw new Error('The database was asked'); },
      get: () => { throw new Error('The database was asked'); },
    };
    const offline = accessTo({ read: silent } as Parameters<typeof accessTo>[0]).apiKeys;
    expect(() => offline.authenticate(key)).toThrow('The database was asked');
    const letter = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    fc.assert(
      fc.property(fc.integer({ min: 9, max: key.length - 1 }), letter, (at, replacement) => {
        fc.pre(key[at] !== replacement);
        expect(offline.authenticate(key.slice(0, at) + replacement + key.slice(at + 1))).toBeNull();
      }),
    );
    for (const wrong of [undefined, '', 'dgw_test_', key.slice(0, -1), `${key}x`, ` ${key}`, key.replace('test', 'live'), 'Bearer '.concat(key)]) {
      expect(offline.authenticate(wrong)).toBeNull();
    }
  });

  it('of another server are refused, though they are well formed', async () => {
    const { app, apiKeys, store } = await merchant();
    const { key } = await apiKeys.create(app.id, 'test');
    expect(await (await merchant()).apiKeys.authenticate(key)).toBeNull();
    expect(await accessTo(store, Buffer.from('another secret')).apiKeys.authenticate(key)).toBeNull();
  });

  it('are refused at once when another process revokes them, while the others stay good', async () => {
    const { app, apiKeys, databaseUrl } = await merchant();
    const leaked = await apiKeys.create(app.id, 'live');
    const kept = await apiKeys.create(app.id, 'live');
    expect(await apiKeys.authenticate(leaked.key)).not.toBeNull();

    const { exitCode } = await runMalipo(['key', 'revoke', leaked.prefix], { DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET.toString() });

    expect(exitCode).toBe(0);
    expect(await apiKeys.authenticate(leaked.key)).toBeNull();
    expect(await apiKeys.authenticate(kept.key)).not.toBeNull();
  });

  it('made by another process are good at once', async () => {
    const { app, apiKeys, databaseUrl } = await merchant();
    const { key } = await accessTo(openedStore(databaseUrl)).apiKeys.create(app.id, 'test');
    expect(await apiKeys.authenticate(key)).toMatchObject({ mode: 'test', app: { slug: app.slug } });
  });

  it('are revoked by prefix, by id or by the whole key, and only the first time counts', async () => {
    const { app, apiKeys, clock } = await merchant();
    for (const name of ['prefix', 'id', 'key'] as const) {
      const key = await apiKeys.create(app.id, 'test');
      const revokedAt = clock.now();
      expect(await apiKeys.revoke(key[name])).toMatchObject({ id: key.id, appSlug: 'duka', revokedAt });
      clock.advance(1_000);
      expect(await apiKeys.revoke(key[name])).toMatchObject({ revokedAt });
      expect(await apiKeys.authenticate(key.key)).toBeNull();
    }
    await expect(apiKeys.revoke('dgw_live_nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(apiKeys.revoke(999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed for the server or for one app, the oldest first', async () => {
    const { app, apiKeys, apps } = await merchant();
    const other = (await apps.create({ name: 'Other' })).app;
    const first = await apiKeys.create(app.id, 'live');
    const second = await apiKeys.create(other.id, 'test');
    expect((await apiKeys.list()).map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await apiKeys.list(other.id)).toMatchObject([{ prefix: second.prefix, mode: 'test', appSlug: 'other', revokedAt: null }]);
  });
});
