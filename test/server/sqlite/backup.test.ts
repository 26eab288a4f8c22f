import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { takeServeLock } from '../../../server/db/sqlite/serve-lock.ts';
import { SECRET } from '../access/merchant.ts';
import { busyServer } from '../cli/busy-server.ts';
import { runMalipo } from '../cli/run-malipo.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

it('writes a backup that opens by itself and holds what was committed before it began', async () => {
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

it('replaces an older backup by a complete one, with the secret it needs, readable by its owner alone', async () => {
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

it('replaces one that was tried and killed, whose log would make the new one malformed', async () => {
  const folder = temporaryFolder();
  const env = { DATABASE_URL: 'file:./malipo.db' };
  const copy = join(folder, 'copy.db');
  await runMalipo(['app', 'create', '--name', 'First'], env, folder);
  await runMalipo(['backup', copy], env, folder);
  const tried = openConnection(copy, { readonly: false });
  tried.exec(`UPDATE apps SET name = 'Tried'; CREATE TABLE tried (id INTEGER)`);
  const left = readFileSync(`${copy}-wal`);
  tried.close();
  writeFileSync(`${copy}-wal`, left);

  await runMalipo(['app', 'create', '--name', 'Second'], env, folder);
  expect((await runMalipo(['backup', copy], env, folder)).exitCode).toBe(0);
  const again = openConnection(copy, { readonly: true });
  expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(again.prepare('SELECT name FROM apps ORDER BY id').pluck().all()).toEqual(['First', 'Second']);
  again.close();
});

it('leaves a copy alone that a server runs on since, as whoever restored it has it', async () => {
  const folder = temporaryFolder();
  const env = { DATABASE_URL: 'file:./malipo.db' };
  const copy = join(folder, 'copy.db');
  await runMalipo(['app', 'create', '--name', 'Lost'], env, folder);
  await runMalipo(['backup', copy], env, folder);
  const server = takeServeLock(copy)!;
  const before = readFileSync(copy);
  const refused = await runMalipo(['backup', copy, '--json'], env, folder);
  expect(refused.json()).toEqual({ error: { code: 'VALIDATION_ERROR', message: `A Malipo server is running on ${copy}; name another file` } });
  expect(readFileSync(copy)).toEqual(before);
  server.release();
  expect((await runMalipo(['backup', copy], env, folder)).exitCode).toBe(0);
});
