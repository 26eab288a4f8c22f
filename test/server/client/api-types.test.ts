import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { API_FILE, apiTypes } from '../../../client/generate.ts';

test('the client’s types are those of this server’s document: if this fails, run `npm run client`', async () => {
  expect(readFileSync(API_FILE, 'utf8')).toBe(await apiTypes());
});
