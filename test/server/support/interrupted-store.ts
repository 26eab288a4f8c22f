import type { Statement, Store, Transaction } from '../../../server/db/store.ts';

/**
 * A store on which something has happened by the time that a command, for the first time, has waited for a lock, or has read
 * by this statement: what another server commits there and then.
 */
export function interrupted(store: Store, at: 'lock' | Statement<unknown>, meanwhile: (tx: Transaction) => Promise<unknown>): Store {
  let isOver = false;
  const happened = async (tx: Transaction) => {
    if (isOver) return;
    isOver = true;
    await meanwhile(tx);
  };
  const disturbed = (tx: Transaction): Transaction => ({
    database: tx.database,
    all: (statement, params) => tx.all(statement, params),
    run: (statement, params) => tx.run(statement, params),
    later: (statement, params) => tx.later(statement, params),
    afterCommit: (effect) => tx.afterCommit(effect),
    async get(statement, params) {
      const row = await tx.get(statement, params);
      if (statement === at) await happened(tx);
      return row;
    },
    async lock(name) {
      await tx.lock(name);
      if (at === 'lock') await happened(tx);
    },
  });
  const { engine, bell, read } = store;
  return { engine, bell, read, write: (command) => store.write((tx) => command(disturbed(tx))), backup: (file) => store.backup(file), close: () => store.close() };
}
