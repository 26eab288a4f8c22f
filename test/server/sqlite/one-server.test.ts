import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ServerProcess, startServe } from '../../serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

async function start(file: string): Promise<ServerProcess> {
  const server = await startServe(file);
  onTestFinished(() => server.kill());
  return server;
}

async function isUp({ url }: ServerProcess): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

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
