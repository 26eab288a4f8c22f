/** What a command is: its words, its options, and what it does with them. */
import type { Arguments } from './arguments.ts';

export interface Option {
  /** `text`, `amount` (a number) and `flag` are given at most once; `many` may be repeated. */
  type: 'text' | 'amount' | 'many' | 'flag';
  about: string;
  /** What stands for the value in the help, such as `NAME`. */
  value?: string;
  required?: boolean;
  choices?: readonly string[];
}

/** What a command prints: the object with `--json`, else the text; nothing else goes to stdout. */
export interface Answer {
  json: object;
  text: string;
  exitCode?: number;
}

export interface Command {
  options: Readonly<Record<string, Option>>;
  /** Names of the words that follow the command; one in brackets, `[FILE]`, may be left out. */
  positionals?: readonly string[];
  /** A line or two below the usage, where the options alone do not say it. */
  notes?: string;
  /** No answer: the command speaks for itself. */
  run(args: Arguments): Promise<Answer | undefined>;
}

/** The command line cannot be understood: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A row's id, as a person types it. */
export function rowId(word: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(word)) throw new UsageError(`ID is a number such as 12, not ${JSON.stringify(word)}`);
  return Number(word);
}

/** A command failed for a reason that its message says in full: exit code 1, no stack. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
