import { expect, onTestFinished, test } from 'vitest';
import { PostgresBell } from '../../../server/db/postgres/bell.ts';
import { type Bell, statement } from '../../../server/db/store.ts';
import { openedStore, temporaryDatabase, temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';
import { mutedWire } from '../support/wire.ts';

const ready = statement<{ listening: number }>(`
  SELECT count(*) AS listening FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'malipo bell' AND query LIKE 'LISTEN%'`);

const cut = statement<{ cut: boolean }>(`
  SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'malipo bell'`);

const cutFirst = statement<{ cut: boolean }>(`${cut.text} ORDER BY backend_start LIMIT 1`);

const shout = statement<{ done: unknown }>('SELECT pg_notify(:channel, :payload) AS done');

function listener({ bell }: { bell: Bell }, topic: string) {
  const heard: string[] = [];
  const about = { heard, missed: 0 };
  bell.listen(topic, { heard: (each) => heard.push(each), missed: () => about.missed++ });
  return about;
}

async function twoProcesses() {
  const { store, databaseUrl } = temporaryStore();
  const here = listener(store, 'status');
  await until(async () => here.missed === 1 && (await store.read.get(ready))!.listening === 1);
  const other = openedStore(databaseUrl);
  const there = listener(other, 'status');
  await until(async () => there.missed === 1 && (await store.read.get(ready))!.listening === 2);
  return { store, other, databaseUrl, here, there };
}

test('what one process tells the others hear, on that topic alone, and it hears nothing of itself', async () => {
  const { store, here, there } = await twoProcesses();
  store.bell.ring('another topic', 'nothing');
  for (const about of ['dgw_1', 'dgw_2', 'dgw_1']) store.bell.ring('status', about);
  await until(() => there.heard.length === 2);
  expect(there.heard).toEqual(['dgw_1', 'dgw_2']);
  expect(here.heard).toEqual([]);
});

test('a thousand things said at once arrive, in as few notifications as they fit into', async () => {
  const { store, there } = await twoProcesses();
  const all = Array.from({ length: 1_000 }, (_, index) => `dgw_0123456789012345678901234${index}`);
  for (const about of all) store.bell.ring('status', about);
  await until(() => there.heard.length === all.length);
  expect(there.heard).toEqual(all);
});

test('whoever was cut off is told that it may have missed something, and hears what comes after', async () => {
  const { store, other, there } = await twoProcesses();
  await store.read.all(cut);
  await until(() => there.missed >= 2);
  await until(async () => {
    other.bell.ring('status', 'from there');
    store.bell.ring('status', 'from here');
    return there.heard.includes('from here');
  });
});

test('a command that ends at once has told what it had to tell', async () => {
  const { there, databaseUrl } = await twoProcesses();
  const command = openedStore(databaseUrl);
  command.bell.ring('status', 'last words');
  await command.close();
  await until(() => there.heard.includes('last words'));
});

test('what was said while its own connection was away the others learn of, whose connections never broke', async () => {
  const { store, here, there } = await twoProcesses();
  await store.read.all(cutFirst);
  // Said until the connection is seen to be gone, and so also when it is.
  await until(() => {
    store.bell.ring('status', 'lost or not');
    return here.missed >= 2;
  });
  await until(() => there.missed >= 2);
});

test.each(['not JSON', '{}', '[]', '[1, 2]', 'null'])('a stranger who says %s on the channel harms nobody: whoever listens looks', async (payload) => {
  const { store, here, there } = await twoProcesses();
  await store.write((tx) => tx.get(shout, { channel: 'malipo', payload }));
  await until(() => here.missed >= 2 && there.missed >= 2);
  store.bell.ring('status', 'dgw_1');
  await until(() => there.heard.length === 1);
});

test('what is said while the connection is away is told once it is back, though nothing is said after it', async () => {
  const databaseUrl = await temporaryDatabase();
  const wire = await mutedWire(databaseUrl);
  // Long enough for the connection to come back before what was gathered is said.
  const bell = new PostgresBell(wire.databaseUrl, { gatherMs: 500 });
  onTestFinished(() => bell.close());
  const here = listener({ bell }, 'status');
  await until(() => here.missed === 1);
  const there = listener(openedStore(databaseUrl), 'status');
  await until(() => there.missed === 1);
  wire.breakAll();
  bell.ring('status', 'dgw_1');
  await until(() => here.missed >= 2);
  await until(() => there.heard.length === 1 || there.missed >= 2);
});

test('a connection that goes silent without an end is given up, and another is made', async () => {
  const wire = await mutedWire(await temporaryDatabase());
  const bell = new PostgresBell(wire.databaseUrl, { silenceMs: 1_000 });
  onTestFinished(() => bell.close());
  const here = listener({ bell }, 'status');
  await until(() => here.missed === 1);
  wire.mute();
  await until(() => here.missed >= 2);
});
