import { accessTo, SECRET } from '../access/merchant.ts';
import { isThere } from '../support/database-under-test.ts';
import { temporaryStore } from '../support/temporary-store.ts';
import { runMalipo } from './run-malipo.ts';

/** A store that this process holds open, as a running server does, and keeps writing to until told to stop. */
export function busyServer() {
  const { store, databaseUrl } = temporaryStore();
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
  const malipo = async (...words: string[]) => {
    await isThere(databaseUrl);
    return runMalipo(words, { DATABASE_URL: databaseUrl, MALIPO_SECRET: SECRET.toString() });
  };
  return { ...access, databaseUrl, malipo, stop };
}
