/** The examples of client/README.md, executed as they stand there, by a project that has the package installed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { runCli, startServe } from '../../serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** By the name in their first line. */
const examples = new Map<string, string>();

beforeAll(() => {
  const readme = readFileSync(join(PACKAGE, 'client/README.md'), 'utf8');
  for (const [, name, code] of readme.matchAll(/```js\n\/\/ (\S+)\n([^]*?)```/g)) examples.set(name!, code!);
});

/** A project of somebody else's: the examples, and `malipo` among its modules. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules/malipo'), 'junction');
  for (const [name, code] of examples) writeFileSync(join(folder, name), code);
  return folder;
}

async function openShop(env: Record<string, string> = {}) {
  const file = join(temporaryFolder(), 'malipo.db');
  const app = await runCli<{ test_key: string; webhook_secret: string }>(file, 'app', 'create', '--name', 'Duka', '--slug', 'duka');
  const server = await startServe(file, { SANDBOX_APPROVAL_MS: '0', ...env });
  onTestFinished(() => server.stop());
  return { url: server.url, key: app.test_key, secret: app.webhook_secret };
}

test('there are the examples that the tests below run', () => {
  expect([...examples.keys()]).toEqual(['collect.mjs', 'webhook.mjs']);
});

test('collect.mjs takes a payment and sees it completed', async () => {
  const { url, key } = await openShop();
  const { stdout } = await promisify(execFile)(process.execPath, ['collect.mjs'], { cwd: project(), env: { ...process.env, MALIPO_URL: url, MALIPO_API_KEY: key } });
  expect(stdout).toBe('completed 50000 UGX\n');
});

test('webhook.mjs believes what the server sends it, and nothing else', async () => {
  const { url, key, secret } = await openShop({ OUTBOUND_ALLOW_CIDRS: '127.0.0.1/32,::1/128' });
  const receiver = spawn(process.execPath, ['webhook.mjs'], {
    cwd: project(),
    env: { ...process.env, PORT: '0', MALIPO_WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => endOf(receiver));
  const lines = linesOf(receiver);
  const port = /listening on (\d+)/.exec(await lines())![1]!;

  const forged = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"event":"transaction.completed"}' });
  expect(forged.status).toBe(400);
  const answer = await fetch(`${url}/v1/payments/collect`, {
    method: 'POST',
    headers: { 'X-Api-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ amount: 5_000, currency: 'UGX', phone_number: '256772100001', callback_url: `http://127.0.0.1:${port}/` }),
  });
  const { data } = (await answer.json()) as { data: { reference: string } };
  expect(await lines()).toBe(`transaction.completed ${data.reference} completed`);
});

/** Answers the next line of a process's output each time it is called. */
function linesOf(child: ChildProcess): () => Promise<string> {
  const lines = child.stdout!.setEncoding('utf8')[Symbol.asyncIterator]();
  let rest = '';
  return async () => {
    while (!rest.includes('\n')) rest += String((await lines.next()).value);
    const [line = '', ...after] = rest.split('\n');
    rest = after.join('\n');
    return line;
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
