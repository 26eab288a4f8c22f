/** The whole process: how it starts, how it says that it cannot, and how it ends. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStream } from '../support/event-stream.ts';
import { bareSocket } from '../support/raw-http.ts';
import { startServe } from '../support/serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

function databaseUrl(): string {
  return `file:${join(temporaryFolder(), 'malipo.db')}`;
}

async function answers(address: string): Promise<boolean> {
  return fetch(`${address}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

test('a second server on the same database says in one line that there is one, and the first goes on', async () => {
  const DATABASE_URL = databaseUrl();
  const first = startServe({ DATABASE_URL });
  const address = await first.address();
  const second = startServe({ DATABASE_URL });
  expect(await second.ended()).toBe(1);
  expect(second.errors()).toMatch(/^another Malipo server is already running on \S+malipo\.db; [^\n]+\n$/);
  expect(second.output()).toBe('');
  expect(await answers(address)).toBe(true);
});

test('a database whose server was killed is free again at once', async () => {
  const DATABASE_URL = databaseUrl();
  const first = startServe({ DATABASE_URL });
  await first.address();
  first.child.kill('SIGKILL');
  expect(await first.ended()).toBe('SIGKILL');
  expect(await answers(await startServe({ DATABASE_URL }).address())).toBe(true);
});

test('a port that is taken is said in one line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await until(() => other.listening);
  const { port } = other.address() as AddressInfo;
  const server = startServe({ DATABASE_URL: databaseUrl(), PORT: String(port) });
  expect(await server.ended()).toBe(1);
  expect(server.errors()).toMatch(new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is taken by another program; [^\\n]+\\n$`));
});

test('an address of another machine, or a database that cannot be, is said in one line', async () => {
  const elsewhere = startServe({ DATABASE_URL: databaseUrl(), HOST: '192.0.2.1' });
  expect(await elsewhere.ended()).toBe(1);
  expect(elsewhere.errors()).toMatch(/^192\.0\.2\.1 is not an address of this machine; [^\n]+\n$/);

  const folder = temporaryFolder();
  writeFileSync(join(folder, 'letter.txt'), 'Dear all, this is no database.'.repeat(200));
  mkdirSync(join(folder, 'shelf'));
  for (const path of [join(folder, 'shelf'), join(folder, 'letter.txt'), join(folder, 'letter.txt', 'malipo.db')]) {
    const server = startServe({ DATABASE_URL: `file:${path}` });
    expect(await server.ended()).toBe(1);
    expect(server.errors()).toMatch(/^the database \S+ cannot be opened: \S+ is (not )?a [^\n]+; DATABASE_URL says where it is\n$/);
  }
});

/** Has a process say, when it ends, which of Node's own modules of this name it loaded. */
function tells(modules: string[]): string {
  return `data:text/javascript,process.on('exit', () => console.error(process.moduleLoadList.filter((each) => ${JSON.stringify(modules)}.some((name) => each.includes(name)))))`;
}

test('a server that was started before loads nothing that takes types away, and no second HTTP client', async () => {
  const env = { DATABASE_URL: databaseUrl(), TMPDIR: temporaryFolder() };
  const start = async () => {
    const server = startServe(env, [process.execPath, '--import', tells(['amaro', 'undici']), 'malipo.js', 'serve']);
    await server.address();
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    return server.errors();
  };
  expect(await start()).toContain('amaro');
  expect(await start()).toBe('[]\n');
});

test('SIGTERM answers the collect that is under way, ends the streams and exits with 0', async () => {
  const server = startServe({ DATABASE_URL: databaseUrl() }, [process.execPath, 'malipo.js', 'serve', '--demo']);
  const address = await server.address();
  await until(() => server.output().includes('test API key'));
  const key = /test API key +(\S+)/.exec(server.output())![1]!;
  const body = JSON.stringify({ amount: 5_000, currency: 'UGX', phone_number: '256772100004' });
  const started = await fetch(`${address}/v1/payments/collect`, { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' }, body });
  const { reference } = ((await started.json()) as { data: { reference: string } }).data;
  const stream = await openStream(address, reference);
  await stream.next(1);

  const { socket, received } = await bareSocket(address);
  const head = `POST /v1/payments/collect HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head);
  await until(() => received().includes('100 Continue'));
  server.child.kill('SIGTERM');
  await until(() => stream.ended());
  socket.write(body);
  expect(await server.ended()).toBe(0);
  expect(received()).toContain('HTTP/1.1 200 OK');
  expect(received()).toContain('"message":"Collection initiated"');
  expect(await answers(address)).toBe(false);
  expect(server.errors()).toBe('');
});

test('SIGINT, as from a terminal, exits with 0 as well, also twice', async () => {
  const server = startServe({ DATABASE_URL: databaseUrl() });
  await server.address();
  server.child.kill('SIGINT');
  server.child.kill('SIGINT');
  expect(await server.ended()).toBe(0);
});

test('npm start that is killed leaves nothing behind', async () => {
  const DATABASE_URL = databaseUrl();
  const npm = startServe({ DATABASE_URL }, ['npm', 'start']);
  const address = await npm.address();
  expect(await answers(address)).toBe(true);
  npm.child.kill('SIGKILL');
  await until(async () => !(await answers(address)));
  await until(() => !npm.anyAlive());
  expect(await answers(await startServe({ DATABASE_URL }).address())).toBe(true);
});
