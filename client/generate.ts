/**
 * Writes `client/api.ts`, the API's types, from the OpenAPI document of this very server: `npm run client`.
 * A test makes it again and compares.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { buildApp } from '../server/app.ts';
import { loadConfig } from '../server/config.ts';
import { systemClock } from '../server/core/clock.ts';
import { openStore } from '../server/db/open.ts';

const HEADER = '/** The API, as types. Generated from the OpenAPI document by `npm run client`: change the server, not this file. */\n\n';

export const API_FILE = fileURLToPath(new URL('./api.ts', import.meta.url));

export async function apiTypes(): Promise<string> {
  const text = astToString(await openapiTypes((await openApiDocument()) as never, { alphabetize: true }));
  // The document's own texts come with carriage returns or spaces at line ends where markdown wants them.
  return HEADER + text.replace(/[ \t]+$/gm, '');
}

async function openApiDocument(): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'malipo-client-'));
  const databaseUrl = `file:${join(folder, 'malipo.db')}`;
  const store = await openStore(databaseUrl);
  const { app } = await buildApp({ config: loadConfig({ DATABASE_URL: databaseUrl }), store, clock: systemClock, secret: Buffer.alloc(32) });
  try {
    return (await app.inject('/openapi.json')).json();
  } finally {
    await app.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) await writeFile(API_FILE, await apiTypes());
