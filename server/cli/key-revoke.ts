import type { Command } from './command.ts';
import { keyJson } from './key-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  positionals: ['PREFIX-OR-ID'],
  options: {},
  notes: 'Running servers refuse the key from the next request on.',
  run: (args) =>
    inWorkspace(async ({ apiKeys }) => {
      const key = await apiKeys.revoke(args.positionals[0]!);
      return { json: keyJson(key), text: `Revoked ${key.prefix} of ${key.appSlug}.` };
    }),
};
