import { type Reader, statement } from '../../../server/db/store.ts';

/**
 * The plainest rows the schema has, for tests of the store itself: a callback as a provider sent it.
 * A note's name is unique; writing it twice fails.
 */
export const insertNote = statement(`
  INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at)
  VALUES ('test', :name, '', :body, 0)`);

const names = statement<{ name: string }>('SELECT fingerprint AS name FROM provider_callbacks ORDER BY id');

export function noteParams(name: string, body = ''): { name: string; body: string } {
  return { name, body };
}

export async function notes(reader: Reader): Promise<string[]> {
  return (await reader.all(names)).map(({ name }) => name);
}
