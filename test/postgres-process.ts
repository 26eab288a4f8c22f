/** A PostgreSQL server of one's own, for what nobody else may be disturbed by: being stopped, crashed and measured. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

const KEEPER = new URL('./server/support/postgres-keeper.ts', import.meta.url);

export interface PostgresProcess {
  /** Its maintenance database, as a user who may do everything. */
  readonly url: string;
  /** Ends it on the spot, as a failing machine would, and starts it again. */
  crash(): Promise<void>;
  /** Stops it until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and takes its files away. */
  remove(): Promise<void>;
}

/** @param durable whether commits reach the disk before they are answered, as on a server that keeps money */
export async function startPostgres({ durable = false } = {}): Promise<PostgresProcess> {
  const keeper = fork(KEEPER, durable ? ['durable'] : [], { execArgv: [], detached: true });
  const [told] = (await once(keeper, 'message')) as [{ url: string } | { error: string }];
  if ('error' in told) throw new Error(told.error);
  const tell = async (word: 'crash' | 'stop' | 'start') => {
    const done = once(keeper, 'message');
    keeper.send(word);
    await done;
  };
  return {
    url: told.url,
    crash: () => tell('crash'),
    stop: () => tell('stop'),
    start: () => tell('start'),
    remove: async () => {
      const ended = once(keeper, 'exit');
      keeper.disconnect();
      await ended;
    },
  };
}
