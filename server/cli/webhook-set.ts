import { WEBHOOK_FORMATS, type WebhookFormat } from '../access/apps.ts';
import { SIGNATURE_FORMS, type SignatureForm } from '../access/webhook-settings.ts';
import { type Command, UsageError } from './command.ts';
import { appNamed, inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', required: true, about: 'whose webhooks' },
    url: { type: 'text', value: 'URL', about: 'where status changes are sent; none is --url=' },
    format: { type: 'text', value: 'FORMAT', choices: WEBHOOK_FORMATS, about: 'what the body looks like' },
    signature: { type: 'text', value: 'FORM', choices: SIGNATURE_FORMS, about: 'X-DGateway-Signature as bare hex (hex, as it is at first) or with sha256= before it (sha256)' },
  },
  notes: 'Deliveries that wait keep their address; malipo webhook replay sends them to the new one.',
  run: (args) => {
    const url = args.optional('url');
    const format = args.optional('format') as WebhookFormat | undefined;
    const signatureForm = args.optional('signature') as SignatureForm | undefined;
    if (url === undefined && format === undefined && signatureForm === undefined) throw new UsageError('What to change? --url, --format or --signature');
    return inWorkspace(async ({ apps, webhookSettings }) => {
      const app = await appNamed(apps, args.text('app'));
      const changed = await webhookSettings.change(app.id, { url, format, signatureForm });
      return {
        json: { app: app.slug, webhook_url: changed.url, webhook_format: changed.format, webhook_signature: changed.signatureForm },
        text: `Webhooks of ${app.slug} go to ${changed.url || 'nobody'}, in the ${changed.format} format, signature as ${changed.signatureForm}.`,
      };
    });
  },
};
