import { parseArgs } from 'node:util';
import { type Command, type Option, UsageError } from './command.ts';
import { didYouMean } from './nearest.ts';

const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;

/** Options that every command takes; `cli.ts` acts on them. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  json: { type: 'flag', about: 'print one JSON object and nothing else' },
  help: { type: 'flag', about: 'show this' },
};

/** A command's words after they were checked against what it takes. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, string[]>;

  constructor(values: ReadonlyMap<string, string[]>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  /** The value of an option that the command requires. */
  text(name: string): string {
    return this.#values.get(name)![0]!;
  }

  optional(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  amount(name: string): number | undefined {
    const text = this.optional(name);
    return text === undefined ? undefined : Number(text);
  }

  /** A comma list of amounts. */
  amounts(name: string): number[] | undefined {
    return this.optional(name)?.split(',').map((part) => toNumber(name, part.trim()));
  }

  many(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }
}

/** Reads what follows the command's name; throws UsageError that names the first thing wrong and what was meant. */
export function readArguments(command: Command, words: readonly string[]): Arguments {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(words, options)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    const known = Object.keys(options).map((name) => `--${name}`);
    if (!option) throw new UsageError(`There is no option ${token.rawName}.${didYouMean(token.rawName, known)}`);
    const value = valueOf(token.name, option, token.value, token.inlineValue);
    const earlier = values.get(token.name) ?? [];
    if (earlier.length > 0 && option.type !== 'many') throw new UsageError(`--${token.name} was given twice`);
    values.set(token.name, [...earlier, value]);
  }
  const args = new Arguments(values, positionals);
  if (!args.flag('help')) checkComplete(command, args);
  return args;
}

function tokensOf(words: readonly string[], options: Readonly<Record<string, Option>>) {
  const types = Object.entries(options).map(([name, { type }]) => [name, { type: type === 'flag' ? ('boolean' as const) : ('string' as const) }]);
  const { tokens } = parseArgs({ args: [...words], options: Object.fromEntries(types), strict: false, tokens: true });
  return tokens;
}

function valueOf(name: string, option: Option, value: string | undefined, inline: boolean | undefined): string {
  if (option.type === 'flag') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return '';
  }
  // `--name --json` forgot the name; a value that begins with dashes can be given as --name=--json.
  if (value === undefined || (!inline && value.startsWith('--'))) throw new UsageError(`--${name} needs a value`);
  if (option.choices && !option.choices.includes(value)) throw new UsageError(`--${name} must be ${option.choices.join(' or ')}, not ${value}`);
  if (option.type === 'amount') toNumber(name, value);
  return value;
}

function checkComplete(command: Command, args: Arguments): void {
  const missing = Object.entries(command.options).filter(([name, { required }]) => required && !args.flag(name));
  const expected = command.positionals ?? [];
  const absent = expected.slice(args.positionals.length).filter((name) => !name.startsWith('['));
  const words = [...absent, ...missing.map(([name, { value }]) => `--${name} ${value ?? ''}`.trim())];
  if (words.length > 0) throw new UsageError(`${words.join(', ')} ${words.length === 1 ? 'is' : 'are'} missing`);
  const surplus = args.positionals[expected.length];
  if (surplus !== undefined) throw new UsageError(`${JSON.stringify(surplus)} is one word too many`);
}

function toNumber(name: string, text: string): number {
  if (!NUMBER.test(text)) throw new UsageError(`--${name} takes numbers such as 25000 or 19.99, not ${JSON.stringify(text)}`);
  return Number(text);
}
