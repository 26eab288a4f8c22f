import { isoTime } from '../core/clock.ts';
import type { LineState } from '../providers/lines/breaker.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { lineJson, lineName, linesHere } from './lines.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {},
  notes: 'The lines of each configured provider and of the sandbox, which carries all test payments.',
  run: () =>
    inWorkspace(async ({ config, lines }) => {
      const states = await lines.states();
      const list = linesHere(config).map((line) => ({ line, state: states.of(line) }));
      return {
        json: { lines: list.map(({ line, state }) => lineJson(line, state)) },
        text: columns(list.map(({ line, state }) => [lineName(line), inWords(state)])).join('\n'),
      };
    }),
};

function inWords({ status, failingSince, lastError }: LineState): string {
  switch (status) {
    case 'up':
      return 'up';
    case 'down':
      return `down since ${isoTime(failingSince!)}: ${lastError}`;
    case 'held':
      return `held by the operator, out of service since ${isoTime(failingSince!)}: ${lastError}`;
    default:
      return status satisfies never;
  }
}
