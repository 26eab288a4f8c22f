import type { Mode } from '../core/mode.ts';

const PREFIX = 'provider:';

/**
 * Jobs that ask a provider have a lane for it, so that one which hangs keeps only its own payments waiting. Its test
 * payments have another: the sandbox answers them.
 */
export function providerLane({ provider, mode }: { provider: string; mode: Mode }): string {
  return `${PREFIX}${mode}:${provider}`;
}

export function isProviderLane(lane: string): boolean {
  return lane.startsWith(PREFIX);
}
