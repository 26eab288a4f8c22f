import { isoTime } from '../core/clock.ts';
import { DeliveryLog } from '../webhooks/delivery-log.ts';
import { type Command, UsageError } from './command.ts';
import { columns } from './help.ts';
import { attemptInWords, attemptJson, deliveryJson, deliveryLine } from './webhook-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  positionals: ['DELIVERY_ID'],
  options: {},
  run: (args) => {
    const id = deliveryId(args.positionals[0]!);
    return inWorkspace(async ({ store }) => {
      const { delivery, body, attempts } = await new DeliveryLog({ store }).show(id);
      const lines = attempts.map((attempt): [string, string] => {
        const said = attempt.responseBody === '' ? '' : `: ${JSON.stringify(attempt.responseBody)}`;
        return [isoTime(attempt.startedAt), attemptInWords(attempt) + said];
      });
      return {
        json: { ...deliveryJson(delivery), body, log: attempts.map(attemptJson) },
        text: [deliveryLine(delivery), '', JSON.stringify(body, null, 2), '', ...(lines.length === 0 ? ['Not tried yet.'] : columns(lines))].join('\n'),
      };
    });
  },
};

export function deliveryId(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new UsageError(`DELIVERY_ID is a number that malipo webhook list shows, not ${JSON.stringify(text)}`);
  return Number(text);
}
