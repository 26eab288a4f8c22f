import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessTo, SECRET } from '../access/merchant.ts';
import { temporaryFolder, temporaryStore } from '../support/temporary-store.ts';
import { runMalipo } from './run-malipo.ts';

/** A store that this process holds open, as a running server does, and keeps writing to until told to stop. */
function busyServer() {
  const { store, file } = temporaryStore();
  const access = accessTo(store);
  let busy = true;
  const writing = (async () => {
    for (let count = 0; ; count++) {
      await access.apps.create({ name: `Made by the server ${count}` });
      if (!busy) return count + 1;
    }
  })();
  const stop = () => {
    busy = false;
    return writing;
  };
  const malipo = (...words: string[]) => runMalipo(words, { DATABASE_URL: `file:${file}`, MALIPO_SECRET: SECRET.toString() });
  return { ...access, file, malipo, stop };
}

describe('commands while the server writes', () => {
  it('make apps and keys that the server knows at once, and lose none of its own writes', async () => {
    const { apps, apiKeys, malipo, stop } = busyServer();
    const made = await Promise.all(['One', 'Two', 'Three'].map((name) => malipo('app', 'create', '--name', name, '--json')));
    for (const run of made) {
      expect(run.exitCode).toBe(0);
      expect(await apiKeys.authenticate(run.json().live_key as string)).toMatchObject({ app: { slug: run.json().slug } });
    }
    const count = await stop();
    expect(await apps.bySlug(`made-by-the-server-${count - 1}`)).not.toBeNull();
    expect((await malipo('verify')).exitCode).toBe(0);
  });

  it('write a backup that opens by itself and holds what was committed before it began', async () => {
    const { apps, apiKeys, malipo, stop } = busyServer();
    const { app } = await apps.create({ name: 'Before' });
    const { key } = await apiKeys.create(app.id, 'live');
    const copy = join(temporaryFolder(), 'copy.db');

    const backup = await malipo('backup', copy, '--json');
    await stop();

    expect(backup.json()).toEqual({ file: copy, bytes: statSync(copy).size, secret_file: null });
    const restored = await runMalipo(['key', 'list', '--app', 'before', '--json'], { DATABASE_URL: `file:${copy}`, MALIPO_SECRET: SECRET.toString() });
    expect(restored.json().keys).toMatchObject([{ prefix: key.slice(0, 15) }]);
  });

  it('replace an older backup by a complete one, with the secret it needs, readable by its owner alone', async () => {
    const folder = temporaryFolder();
    const env = { DATABASE_URL: 'file:./malipo.db' };
    const copies = temporaryFolder();
    const copy = join(copies, 'copy.db');
    await runMalipo(['app', 'create', '--name', 'First'], env, folder);
    await runMalipo(['backup', copy], env, folder);
    await runMalipo(['app', 'create', '--name', 'Second'], env, folder);
    const again = await runMalipo(['backup', copy, '--json'], env, folder);

    expect(again.json()).toMatchObject({ file: copy, secret_file: `${copy}.secret` });
    expect(readdirSync(copies).sort()).toEqual(['copy.db', 'copy.db.secret']);
    for (const name of readdirSync(copies)) expect(statSync(join(copies, name)).mode & 0o777).toBe(0o600);
    const listed = await runMalipo(['key', 'list', '--json'], { DATABASE_URL: `file:${copy}` });
    expect(listed.json().keys).toHaveLength(4);
    expect(existsSync(join(folder, 'malipo.db.secret'))).toBe(true);
  });
});
