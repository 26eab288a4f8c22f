import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { merchant } from '../access/merchant.ts';

test('keys are shown once and stored nowhere, not even in the log of the database', async () => {
  const { app, apiKeys, databaseUrl } = await merchant();
  const { key, prefix } = await apiKeys.create(app.id, 'live');
  const file = databaseUrl.slice('file:'.length);
  const stored = () => Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
  expect(stored().includes(prefix)).toBe(true);
  expect(stored().includes(key.slice(15))).toBe(false);
  expect(JSON.stringify(await apiKeys.list())).not.toContain(key.slice(15));
});
