import type { KeyRecord } from '../access/keys.ts';
import { isoTime } from '../core/clock.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', about: 'only the keys of this app' },
  },
  run: (args) =>
    inWorkspace(async ({ apps, apiKeys }) => {
      const slug = args.optional('app');
      const keys = await apiKeys.list(slug === undefined ? undefined : (await appNamed(apps, slug)).id);
      return {
        json: { keys: keys.map(keyJson) },
        text: keys.length === 0 ? 'No keys yet: malipo key create --app SLUG --mode test' : columns(keys.map(keyLine)).join('\n'),
      };
    }),
};

export function keyJson(key: KeyRecord): object {
  return {
    id: key.id,
    app: key.appSlug,
    prefix: key.prefix,
    mode: key.mode,
    created_at: isoTime(key.createdAt),
    revoked_at: key.revokedAt === null ? null : isoTime(key.revokedAt),
  };
}

function keyLine(key: KeyRecord): [string, string] {
  const state = key.revokedAt === null ? '' : `, revoked ${isoTime(key.revokedAt)}`;
  return [key.prefix, `${key.appSlug}, made ${isoTime(key.createdAt)}${state}`];
}
