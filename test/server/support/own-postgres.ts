import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A PostgreSQL of the running test's own, which it may crash. */
export async function ownPostgres(): Promise<{ databaseUrl: string; crash(): Promise<void> }> {
  const keeper = fork(new URL('./postgres-keeper.ts', import.meta.url), { execArgv: [], detached: true });
  onTestFinished(async () => {
    const ended = once(keeper, 'exit');
    keeper.disconnect();
    await ended;
  });
  const [{ url }] = (await once(keeper, 'message')) as [{ url: string }];
  const crash = async () => {
    const recovered = once(keeper, 'message');
    keeper.send('crash');
    await recovered;
  };
  return { databaseUrl: url, crash };
}
