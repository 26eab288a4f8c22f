/** The configured providers, for a command that asks them. */
import type { Config } from '../config.ts';
import { waitingClock } from '../core/clock.ts';
import type { ProviderSlug } from '../providers/capabilities.ts';
import { configuredProviders, type ProviderLog } from '../providers/live.ts';
import type { Provider } from '../providers/provider.ts';
import { CommandError } from './command.ts';

export function askableProviders(config: Config): ReturnType<typeof configuredProviders> {
  return configuredProviders(config, { clock: waitingClock, log: toStandardError });
}

/** Throws PROVIDER_ERROR where its credentials are not there. */
export async function configuredProvider(config: Config, slug: ProviderSlug): Promise<Provider> {
  const provider = (await askableProviders(config)).get(slug);
  if (provider === undefined) throw new CommandError('PROVIDER_ERROR', `Provider ${slug} is not configured`);
  return provider;
}

/** Standard output carries the answer alone. */
const toStandardError: ProviderLog = {
  warn: (_details, message) => void process.stderr.write(`${message}\n`),
  error: (_details, message) => void process.stderr.write(`${message}\n`),
};
