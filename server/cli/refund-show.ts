import { namedRefundById } from '../refunds/refund.ts';
import { type Command, CommandError, rowId } from './command.ts';
import { refundJson, refundLine } from './refund-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  positionals: ['ID'],
  options: {},
  run: (args) =>
    inWorkspace(async ({ store }) => {
      const id = rowId(args.positionals[0]!);
      const refund = await store.read.get(namedRefundById, { id });
      if (refund === undefined) throw new CommandError('NOT_FOUND', `There is no refund ${id}`);
      return { json: refundJson(refund), text: refundLine(refund) };
    }, { existing: true }),
};
