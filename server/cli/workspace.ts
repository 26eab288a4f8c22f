import { existsSync } from 'node:fs';
import { type App, Apps } from '../access/apps.ts';
import { ApiKeys } from '../access/keys.ts';
import { fittingSecret } from '../access/fitting-secret.ts';
import { deriveKey, loadServerSecret } from '../access/server-secret.ts';
import { WebhookSettings } from '../access/webhook-settings.ts';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import { systemClock } from '../core/clock.ts';
import { cannotBeOpened } from '../db/cannot-open.ts';
import { COMMAND_READ_MS, openStore } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { ProviderLines } from '../providers/lines/lines.ts';
import { Items } from '../shop/items.ts';
import { CommandError } from './command.ts';

/** What commands work with: the same database the server uses, also while it runs. */
export interface Workspace {
  config: Config;
  store: Store;
  apps: Apps;
  apiKeys: ApiKeys;
  items: Items;
  lines: ProviderLines;
  webhookSettings: WebhookSettings;
}

export interface WorkspaceOptions {
  /** The command is about what there is: a database is not made for it, and one that is not there is refused. */
  existing?: boolean;
}

/** Opens the configured database for one command and closes it again. */
export async function inWorkspace<T>(work: (workspace: Workspace) => Promise<T>, { existing = false }: WorkspaceOptions = {}): Promise<T> {
  const config = loadConfig(process.env);
  if (existing && config.databaseFile !== null && !existsSync(config.databaseFile)) {
    throw new CommandError('DB_ERROR', `There is no database ${config.databaseFile}; DATABASE_URL says where it is`);
  }
  const { secret: given, store } = await open(config);
  try {
    const secret = await fittingSecret(store.read, given);
    const encryptionKey = deriveKey(secret, 'webhook-secrets');
    const apps = new Apps({ store, clock: systemClock, encryptionKey });
    await apps.assertSecretFits();
    return await work({
      config,
      store,
      apps,
      apiKeys: new ApiKeys({ store, clock: systemClock, secretKey: deriveKey(secret, 'api-keys') }),
      items: new Items({ store, clock: systemClock }),
      lines: new ProviderLines({ store, clock: systemClock }),
      webhookSettings: new WebhookSettings({ store, clock: systemClock, encryptionKey }),
    });
  } finally {
    await store.close();
  }
}

/** How many apps are named to whoever named none of them. */
const APPS_NAMED = 20;

/** The app a command was told by its slug. */
export async function appNamed(apps: Apps, slug: string): Promise<App> {
  const app = await apps.bySlug(slug);
  if (app) return app;
  const others = await apps.slugs(APPS_NAMED);
  // Most often it is another database: the server’s terminal has DATABASE_URL, this one has not.
  const here = others.length === 0 ? 'this database has none; DATABASE_URL says which is meant, and malipo app create makes one' : `here are ${others.join(', ')}`;
  throw new CommandError('NOT_FOUND', `There is no app ${slug}: ${here}`);
}

/** With the secret that may be kept beside it. */
async function open(config: Config): Promise<{ secret: Buffer; store: Store }> {
  try {
    return { secret: loadServerSecret(config), store: await openStore(config.databaseUrl.reveal(), { readMs: COMMAND_READ_MS }) };
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : new CommandError('DB_ERROR', `The database ${cannotBeOpened(config.databaseFile, cause)}`, { cause });
  }
}
