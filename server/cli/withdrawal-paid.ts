import type { Command } from './command.ts';
import { endByHand } from './withdrawal-ending.ts';

export const command: Command = {
  positionals: ['ID'],
  options: {
    receipt: { type: 'text', value: 'TEXT', about: "the bank's own reference, for your records" },
  },
  notes: 'Say so only when the money has left: what was held is then gone from the wallet for good.',
  run: (args) => endByHand(args.positionals[0]!, (desk, id) => desk.paid(id, args.optional('receipt') ?? '')),
};
