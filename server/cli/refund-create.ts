import type { Command } from './command.ts';
import { refundDesk } from './desks.ts';
import { refundJson, refundLine } from './refund-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    reference: { type: 'text', value: 'REFERENCE', required: true, about: "the payment's" },
    amount: { type: 'amount', value: 'AMOUNT', about: 'a part of it, in major units; all that is left when absent' },
    reason: { type: 'text', value: 'TEXT', about: 'for the customer and the books' },
    key: { type: 'text', value: 'KEY', about: 'your own name for this refund: the same again makes no second one' },
  },
  notes: 'Holds the money at once; the server sends it. Cards are refunded by their provider, mobile money by a payout to the phone that paid.',
  run: (args) =>
    inWorkspace(async (workspace) => {
      const paymentReference = args.text('reference');
      const made = await refundDesk(workspace).request({
        reference: paymentReference,
        amount: args.amount('amount'),
        reason: args.optional('reason') ?? '',
        key: args.optional('key'),
      });
      const refund = { ...made, paymentReference };
      return { json: refundJson(refund), text: `${refundLine(refund)}\nThe running server sends it; malipo refund show ${refund.id} says how it stands.` };
    }, { existing: true }),
};
