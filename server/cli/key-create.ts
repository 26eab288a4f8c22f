import { type Mode, MODES } from '../core/mode.ts';
import type { Command } from './command.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'the app it is for' },
    mode: { type: 'text', value: 'MODE', required: true, choices: MODES, about: 'test (sandbox) or live (real money)' },
  },
  run: (args) =>
    inWorkspace(async ({ apps, apiKeys }) => {
      const app = await appNamed(apps, args.text('app'));
      const key = await apiKeys.create(app.id, args.text('mode') as Mode);
      return {
        json: { id: key.id, key: key.key, prefix: key.prefix, mode: key.mode },
        text: `${key.key}\n\nA ${key.mode} key for ${app.slug}, shown only this once. It is listed as ${key.prefix}.`,
      };
    }),
};
