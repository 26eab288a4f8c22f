#!/usr/bin/env node
/**
 * The command line: finds the command, reads its words, prints its answer. With `--json` stdout carries exactly
 * one JSON object, also for an error. Exit codes: 0 done, 1 failed, 2 not understood.
 */
import module from 'node:module';
import { COMMANDS } from './cli/catalogue.ts';
import { type Answer, CommandError, UsageError } from './cli/command.ts';
import { didYouMean } from './cli/nearest.ts';
import { assertNode } from './version.ts';

module.enableCompileCache?.();

const given = process.argv.slice(2);
const json = given.includes('--json');
/** `malipo --json key list` is `malipo key list --json`. */
const words = given[0] === '--json' ? [...given.slice(1), '--json'] : given;
void main().then((exitCode) => {
  // A server that has shut down may have set one of its own.
  if (exitCode !== 0) process.exitCode = exitCode;
});

async function main(): Promise<number> {
  try {
    const answer = await run();
    if (answer) process.stdout.write(`${json ? JSON.stringify(answer.json) : answer.text}\n`);
    return answer?.exitCode ?? 0;
  } catch (error) {
    return report(error);
  }
}

async function run(): Promise<Answer | undefined> {
  assertNode();
  const name = commandName();
  if (name === null) return helpOrRefuse();
  const { command } = await COMMANDS[name]!.load();
  const { readArguments } = await import('./cli/arguments.ts');
  const args = readArguments(command, words.slice(name.split(' ').length));
  if (!args.flag('help')) return command.run(args);
  const { helpForCommand } = await import('./cli/help.ts');
  return helpAnswer(helpForCommand(name, command));
}

/** `key create` of `key create --app …`: as many of the first words as are a command, three at most. */
function commandName(): string | null {
  return [3, 2, 1].map((count) => words.slice(0, count).join(' ')).find((name) => Object.hasOwn(COMMANDS, name)) ?? null;
}

async function helpOrRefuse(): Promise<Answer> {
  const { helpForAll } = await import('./cli/help.ts');
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const names = Object.keys(COMMANDS);
  const group = names.filter((name) => name.startsWith(`${first} `));
  const asksForHelp = words.includes('--help') || first === 'help';
  if (asksForHelp) return helpAnswer(helpForAll(group.length > 0 ? group : names));
  if (first === '') throw new UsageError('Which command?');
  if (group.length > 0 && second === '') throw new UsageError(`malipo ${first} what? ${group.join(', ')}`);
  const asked = second === '' || second.includes('.') ? first : `${first} ${second}`;
  throw new UsageError(`There is no command ${asked}.${didYouMean(asked, names) || didYouMean(first, names)}`);
}

function helpAnswer(text: string): Answer {
  return { json: { help: text }, text };
}

function report(error: unknown): number {
  const { code, message, exitCode } = described(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCode;
}

function described(error: unknown): { code: string; message: string; exitCode: number } {
  if (error instanceof UsageError) {
    const hint = json ? '' : '\nmalipo --help lists the commands, malipo COMMAND --help their options.';
    return { code: 'USAGE', message: error.message + hint, exitCode: 2 };
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  // By name: importing the classes would load what most commands do without.
  if (name === 'ApiError' || error instanceof CommandError) return { code: (error as CommandError).code, message, exitCode: 1 };
  if (name === 'StartError') return { code: 'START_ERROR', message, exitCode: 1 };
  if (name === 'ConfigError') return { code: 'CONFIG_ERROR', message, exitCode: 1 };
  if (name === 'StoreUnavailableError') return { code: 'DB_ERROR', message, exitCode: 1 };
  process.stderr.write(`${stack}\n`);
  return { code: 'INTERNAL_ERROR', message: json ? message : 'This is a mistake in Malipo, not in what you typed: please report it.', exitCode: 1 };
}
