import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * Numbered migrations, one folder for each engine's dialect: `NNNN_name.sql`, applied in order, each in one
 * transaction with its record. A migration that was applied must never change: its checksum is compared on
 * every start, so that a drifted schema is noticed before money moves through it.
 */
export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

export interface AppliedMigration {
  version: number;
  name: string;
  checksum: string;
}

const MIGRATION_FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

export function loadMigrations(engine: 'sqlite' | 'postgres'): Migration[] {
  const folder = new URL(`./migrations/${engine}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const match = MIGRATION_FILE.exec(file);
      if (!match) throw new Error(`A migration must be called NNNN_name.sql, not ${file}`);
      const sql = readFileSync(new URL(file, folder), 'utf8');
      return { version: Number(match[1]), name: match[2]!, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** The migrations still to run; throws when the database has others, newer or changed ones. */
export function pendingMigrations(known: Migration[], applied: AppliedMigration[]): Migration[] {
  for (const done of applied) {
    const migration = known.find(({ version }) => version === done.version);
    if (!migration) {
      throw new Error(`The database has migration ${done.version} (${done.name}), which this version of Malipo does not know: it was written by a newer one`);
    }
    if (migration.checksum !== done.checksum) {
      throw new Error(`Migration ${done.version} (${done.name}) was changed after it was applied to this database`);
    }
  }
  const newest = Math.max(0, ...applied.map(({ version }) => version));
  const pending = known.filter(({ version }) => !applied.some((done) => done.version === version));
  const late = pending.find(({ version }) => version < newest);
  if (late) throw new Error(`Migration ${late.version} (${late.name}) was added below one that is already applied`);
  return pending;
}
