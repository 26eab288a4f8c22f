import { COMMON_OPTIONS } from './arguments.ts';
import { COMMANDS } from './catalogue.ts';
import type { Command, Option } from './command.ts';

/** The help for every command, or for those of one group such as `key`. */
export function helpForAll(names: readonly string[] = Object.keys(COMMANDS)): string {
  return [
    'malipo: a self-hosted checkout for East Africa',
    '',
    'Usage: malipo COMMAND [options]',
    '',
    ...columns(names.map((name) => [name, COMMANDS[name]!.summary])),
    '',
    'malipo COMMAND --help shows the options of one. Every command takes --json.',
    'The database and everything else is configured in the environment (DATABASE_URL, PORT, …); see README.md.',
  ].join('\n');
}

export function helpForCommand(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  const required = options.filter(([, option]) => option.required).map(([key, option]) => spelled(key, option));
  return [
    `malipo ${name}: ${COMMANDS[name]!.summary}`,
    '',
    `Usage: ${['malipo', name, ...(command.positionals ?? []), ...required, '[options]'].join(' ')}`,
    ...(command.notes ? ['', command.notes] : []),
    '',
    ...columns(options.map(([key, option]) => [spelled(key, option), about(option)])),
  ].join('\n');
}

function spelled(name: string, { value }: Option): string {
  return value ? `--${name} ${value}` : `--${name}`;
}

function about(option: Option): string {
  return [option.about, option.required ? 'required' : '', option.type === 'many' ? 'may be repeated' : ''].filter(Boolean).join('; ');
}

/** Rows in two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
