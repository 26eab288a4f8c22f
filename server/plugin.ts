/**
 * `malipo/server`: the whole server inside somebody else's Fastify app, below a prefix.
 *
 *     import { malipo } from 'malipo/server';
 *     await app.register(malipo, { prefix: '/payments', env: process.env });
 *
 * Every surface is below the prefix: `/payments/v1/…`, `/payments/pay-button.js`, `/payments/docs/`. It stays an
 * instance of its own (see http/mount.ts): the host's parsers, error handler, 404s and plugins are not touched, and
 * do not touch it. Hooks at the root of the host run first, as they do for every plugin: keep a session or CSRF
 * check away from the prefix, because buyers and providers have neither.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Apps } from './access/apps.ts';
import type { ApiKeys } from './access/keys.ts';
import { loadConfig } from './config.ts';
import { mount } from './http/mount.ts';
import { openMalipo } from './running.ts';
import type { Items } from './shop/items.ts';

export interface MalipoOptions {
  /** Where Malipo is in the host's app, as `/payments`; at its root when absent. */
  prefix?: string;
  /**
   * The configuration, by the names of the environment variables: `DATABASE_URL`, `MALIPO_SECRET`, `PUBLIC_URL` (with
   * the prefix) and so on. Only what stands here counts: pass `process.env` to configure it as `malipo serve` is.
   * `PORT` and `HOST` mean nothing here, and `TRUST_PROXY` should say what the host's own `trustProxy` does.
   */
  env?: Readonly<Record<string, string | undefined>>;
  /** Whether to serve the demo merchant's pages below the prefix, at `demo/`. */
  demo?: boolean;
}

/** What the host's own code may use, as `app.malipo`. */
export interface MalipoDecorator {
  apps: Apps;
  keys: ApiKeys;
  items: Items;
  /** The path Malipo is mounted at, without a slash at its end. */
  prefix: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    malipo: MalipoDecorator;
  }
}

const plugin: FastifyPluginAsync<MalipoOptions> = async (host, options) => {
  const prefix = (host.prefix + (options.prefix ?? '')).replace(/\/+$/, '');
  const malipo = await openMalipo({ config: loadConfig(options.env ?? {}), demo: options.demo, log: logOf(host), prefix });
  const { apps, keys, items } = malipo;
  host.decorate('malipo', { apps, keys, items, prefix });
  await mount(host, options.prefix ?? '', () => Promise.resolve(malipo.app));

  host.addHook('onReady', async () => malipo.jobs.start());
  // Open streams would keep the host from closing; they end here, and browsers come back to the next server.
  host.addHook('preClose', async () => malipo.app.close());
  host.addHook('onClose', async () => malipo.stop());
};

/** What goes wrong is the host's to know; what goes right it has logged already. */
function logOf(host: FastifyInstance) {
  return host.log.child({ module: 'malipo' }, { level: 'warn' });
}

export const malipo = fastifyPlugin(plugin, { name: 'malipo', fastify: '5.x' });
export default malipo;
