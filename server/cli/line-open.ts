import type { Command } from './command.ts';
import { decide, LINE_OPTIONS } from './lines.ts';

export const command: Command = {
  options: {
    ...LINE_OPTIONS,
    reason: { type: 'text', value: 'TEXT', about: 'kept with the line, for whoever looks later' },
  },
  notes:
    'Opens the line as one opens a circuit: payments over it are refused with PROVIDER_LINE_DOWN, at once on every running\n' +
    'server, and neither a trial nor the daily check puts it back. Only malipo line close does.',
  run: (args) =>
    decide(args, { kind: 'operatorOpens', reason: args.optional('reason') ?? 'Taken out of service by the operator' }, (names) => `Out of service: ${names}.`),
};
