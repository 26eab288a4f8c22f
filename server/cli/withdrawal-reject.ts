import type { Command } from './command.ts';
import { endByHand } from './withdrawal-ending.ts';

export const command: Command = {
  positionals: ['ID'],
  options: {
    reason: { type: 'text', value: 'TEXT', required: true, about: 'what the app is told, in its note' },
  },
  notes: 'Only when the money has not left and will not leave: what was held is back in the wallet.',
  run: (args) => endByHand(args.positionals[0]!, (desk, id) => desk.reject(id, args.text('reason'))),
};
