/** The configured providers, for a command that asks them. */
import type { Config } from '../config.ts';
import { waitingClock } from '../core/clock.ts';
import { configuredProviders, type ProviderLog } from '../providers/live.ts';

export function askableProviders(config: Config): ReturnType<typeof configuredProviders> {
  return configuredProviders(config, { clock: waitingClock, log: toStandardError });
}

/** Standard output carries the answer alone. */
const toStandardError: ProviderLog = {
  warn: (_details, message) => void process.stderr.write(`${message}\n`),
  error: (_details, message) => void process.stderr.write(`${message}\n`),
};
