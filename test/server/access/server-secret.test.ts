import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deriveKey, loadServerSecret } from '../../../server/access/server-secret.ts';
import { ConfigError, loadConfig } from '../../../server/config.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

const PRINT_SECRET = fileURLToPath(new URL('./print-secret.ts', import.meta.url));
const run = promisify(execFile);

/** A race is lost by chance: several rounds catch what a single one lets pass. */
const ROUNDS = 4;
const STARTED_WITHIN_MS = 500;

function configIn(folder: string, more: Record<string, string> = {}) {
  return loadConfig({ DATABASE_URL: `file:${join(folder, 'malipo.db')}`, ...more });
}

describe("the server's secret", () => {
  it('is made once, kept beside the database, and readable by its owner alone', () => {
    const folder = join(temporaryFolder(), 'made', 'on', 'demand');
    const secret = loadServerSecret(configIn(folder));
    expect(secret).toHaveLength(32);
    expect(loadServerSecret(configIn(folder))).toEqual(secret);
    expect(readdirSync(folder)).toEqual(['malipo.db.secret']);
    expect(statSync(join(folder, 'malipo.db.secret')).mode & 0o777).toBe(0o600);
  });

  it('is one and the same for processes that start at once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const folder = temporaryFolder();
      const env = { ...process.env, DATABASE_URL: `file:${join(folder, 'malipo.db')}` };
      const startAt = String(Date.now() + STARTED_WITHIN_MS);
      const outputs = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [PRINT_SECRET, startAt], { env })));
      const secrets = new Set(outputs.map(({ stdout }) => stdout.trim()));
      expect(secrets.size).toBe(1);
      expect([...secrets][0]).toMatch(/^[0-9a-f]{64}$/);
      expect(readdirSync(folder)).toEqual(['malipo.db.secret']);
    }
  });

  it('is MALIPO_SECRET where that is set, and then nothing is written', () => {
    const folder = temporaryFolder();
    const secret = loadServerSecret(configIn(folder, { MALIPO_SECRET: 'correct horse battery' }));
    expect(secret.toString()).toBe('correct horse battery');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused when its file was damaged, and the file is left as it is', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'malipo.db.secret'), 'c2hvcnQ=\n');
    expect(() => loadServerSecret(configIn(folder))).toThrow(ConfigError);
    expect(readFileSync(join(folder, 'malipo.db.secret'), 'utf8')).toBe('c2hvcnQ=\n');
  });

  it('gives each purpose a key of its own, the same one every time', () => {
    const secret = Buffer.alloc(32, 7);
    const keys = (['api-keys', 'webhook-secrets', 'sandbox'] as const).map((purpose) => deriveKey(secret, purpose).toString('hex'));
    expect(new Set(keys).size).toBe(3);
    expect(deriveKey(secret, 'api-keys').toString('hex')).toBe(keys[0]);
    expect(deriveKey(Buffer.alloc(32, 8), 'api-keys').toString('hex')).not.toBe(keys[0]);
  });
});
