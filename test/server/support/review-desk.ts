import { WebhookSettings } from '../../../server/access/webhook-settings.ts';
import { reviewDesk as ofTheCommands } from '../../../server/cli/desks.ts';
import { ProviderLines } from '../../../server/providers/lines/lines.ts';
import type { ReviewDesk } from '../../../server/reviews/desk.ts';
import type { TestMalipo } from './build-malipo.ts';

/** The operator's desk beside a server, as a command has it: on its database, and with its live providers. */
export function reviewDesk({ store, clock, live }: Pick<TestMalipo, 'store' | 'clock'> & Partial<Pick<TestMalipo, 'live'>>): ReviewDesk {
  const webhookSettings = new WebhookSettings({ store, clock, encryptionKey: new Uint8Array(32) });
  return ofTheCommands({ store, lines: new ProviderLines({ store, clock }), webhookSettings }, { clock, ...(live && { live }) });
}
