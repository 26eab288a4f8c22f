import type { Command } from './command.ts';
import { decide, LINE_OPTIONS } from './lines.ts';

export const command: Command = {
  options: LINE_OPTIONS,
  notes: 'Closes the circuit again: payments flow at once, on every running server, whoever had taken the line out of service.',
  run: (args) => decide(args, { kind: 'operatorCloses' }, (names) => `In service: ${names}.`),
};
