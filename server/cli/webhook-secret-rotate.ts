import { HOUR_MS, isoTime } from '../core/clock.ts';
import { type Command, UsageError } from './command.ts';
import { columns } from './help.ts';
import { appNamed, inWorkspace } from './workspace.ts';

const KEEP_HOURS_DEFAULT = 24;
const KEEP_HOURS_MAX = 720;

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'whose secret' },
    'keep-old-hours': {
      type: 'amount',
      value: 'HOURS',
      about: `how long webhook-signature also carries the old secret's signature; ${KEEP_HOURS_DEFAULT} by default, 0 after a leak`,
    },
  },
  notes: 'X-DGateway-Signature has room for one signature, which is the new secret’s from now on.',
  run: (args) => {
    const hours = args.amount('keep-old-hours') ?? KEEP_HOURS_DEFAULT;
    if (!(hours >= 0 && hours <= KEEP_HOURS_MAX)) throw new UsageError(`--keep-old-hours takes a number from 0 to ${KEEP_HOURS_MAX}`);
    return inWorkspace(async ({ apps, webhookSettings }) => {
      const app = await appNamed(apps, args.text('app'));
      const { secret, oldValidUntil } = await webhookSettings.rotateSecret(app.id, hours * HOUR_MS);
      return {
        json: { app: app.slug, webhook_secret: secret, old_secret_valid_until: isoTime(oldValidUntil) },
        text: [
          `Changed the webhook secret of ${app.slug}; the old one is valid until ${isoTime(oldValidUntil)}.`,
          '',
          ...columns([['webhook secret', secret]]),
          '',
          'It is shown only this once: put it where your server verifies webhooks.',
        ].join('\n'),
      };
    });
  },
};
