/** Somebody else's Fastify app, for tests of what it keeps when Malipo is mounted in it. */
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { onTestFinished } from 'vitest';
import { malipo, type MalipoOptions } from '../../../server/plugin.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

export const PREFIX = '/payments';

export function hostEnv(file = join(temporaryFolder(), 'malipo.db')): Record<string, string> {
  return { DATABASE_URL: `file:${file}`, RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: '0' };
}

/** Closed when the running test has finished. */
export function openHost(options: FastifyServerOptions = {}): FastifyInstance {
  const host = Fastify(options);
  onTestFinished(() => host.close());
  return host;
}

/** A host with Malipo at `/payments`; `around` is what its owner does besides, before Malipo is mounted. */
export async function hostWithMalipo(around: (host: FastifyInstance) => void | Promise<void> = () => undefined, options: Partial<MalipoOptions> = {}): Promise<FastifyInstance> {
  const host = openHost();
  await around(host);
  await host.register(malipo, { prefix: PREFIX, env: hostEnv(), ...options });
  return host;
}

export interface HostedShop {
  key: string;
  appId: number;
}

export async function openShop(host: FastifyInstance): Promise<HostedShop> {
  const { apps, keys, items } = host.malipo;
  const { app } = await apps.create({ name: 'Duka', slug: 'duka' });
  await items.createProduct({ appId: app.id, slug: 'chai', name: 'Chai', currency: 'UGX', amount: 12_000, imageUrl: '/demo/images/chai.svg' });
  return { key: (await keys.create(app.id, 'test')).key, appId: app.id };
}
