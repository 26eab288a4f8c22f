import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NotStartedError, type ServerProcess, startServe } from '../../serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

async function start(file: string): Promise<ServerProcess> {
  const server = await startServe(file);
  onTestFinished(() => server.kill());
  return server;
}

async function isUp({ url }: ServerProcess): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

test('a second server on the same file says that one is running and ends, and the first goes on', async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  const first = await start(file);
  const refusal = await startServe(file).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(NotStartedError);
  expect(String(refusal)).toContain(`another Malipo server is already running on ${file}`);
  expect(await isUp(first)).toBe(true);
});

test('of many servers started at once on one new file exactly one runs', async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  const started = await Promise.allSettled(Array.from({ length: 4 }, () => start(file)));
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = started.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  expect(running).toHaveLength(1);
  expect(refused.every((reason) => reason.includes('already running'))).toBe(true);
  expect(await isUp(running[0]!)).toBe(true);
});

test('a killed server leaves no lock behind: the next one starts at once', async () => {
  const file = join(temporaryFolder(), 'malipo.db');
  for (let round = 0; round < 3; round++) {
    const server = await start(file);
    await server.kill();
  }
  expect(await isUp(await start(file))).toBe(true);
});
