/** The SQL that both engines share, as PostgreSQL takes it: `$1` for `:name`, and the locking clause out of its comment. */
import { FOR_UPDATE_SKIP_LOCKED, type Params, type Statement, type Value } from '../store.ts';

/** A statement as it is prepared on each connection, under a name of its own. */
export interface Translated {
  readonly name: string;
  readonly text: string;
  /** Which parameter `$1`, `$2`, … stand for. */
  readonly parameters: readonly string[];
}

/** Whatever may hold a colon that is no parameter's comes first: texts, quoted names, comments, casts. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g;

const translated = new WeakMap<Statement, Translated>();
let made = 0;

/** Translates each statement once for the whole process. */
export function translate(statement: Statement): Translated {
  let known = translated.get(statement);
  if (known === undefined) {
    known = translateText(statement.text, `malipo_${made++}`);
    translated.set(statement, known);
  }
  return known;
}

export function translateText(shared: string, name: string): Translated {
  const parameters: string[] = [];
  const text = shared.replace(TOKEN, (token, parameter: string | undefined) => {
    if (parameter !== undefined) return `$${placeOf(parameter, parameters)}`;
    return token === FOR_UPDATE_SKIP_LOCKED ? token.slice(2, -2).trim() : token;
  });
  return { name, text, parameters };
}

/** Counted from 1; a parameter that stands twice in a statement is bound once. */
function placeOf(parameter: string, parameters: string[]): number {
  const known = parameters.indexOf(parameter);
  return known === -1 ? parameters.push(parameter) : known + 1;
}

export function valuesOf({ parameters, text }: Translated, params: Params): Value[] {
  return parameters.map((parameter) => {
    const value = params[parameter];
    if (value === undefined) throw new Error(`The parameter :${parameter} is missing for: ${text}`);
    return value;
  });
}
