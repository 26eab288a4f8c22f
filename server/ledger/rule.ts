import { type Reader, statement, type Statement } from '../db/store.ts';

/** How many breaks of one rule are named: enough to see the pattern, and a ruined database still answers. */
export const NAMED_PER_RULE = 100;

/**
 * Something that must always be true of the books. The query is one statement, so it sees one committed state
 * even while payments are coming in, and it answers the rows that break the rule.
 */
export interface Rule {
  readonly named: string;
  readonly broken: Statement<{ breaks: number }>;
  say(row: object): string;
}

/**
 * @param named what holds, in a few words
 * @param breaking SELECT of the rows that break the rule, without ORDER BY or LIMIT
 * @param say one readable sentence about such a row, naming its ids
 */
export function rule<Row extends object>(named: string, breaking: string, say: (row: Row) => string): Rule {
  const broken = statement<{ breaks: number }>(`
    SELECT broken.*, CAST(count(*) OVER () AS BIGINT) AS breaks FROM (${breaking}) broken ORDER BY 1 LIMIT ${NAMED_PER_RULE}`);
  return { named, broken, say: (row) => say(row as Row) };
}

/** Every break of these rules, as sentences; an empty list means that all of them hold. */
export async function brokenRules(reader: Reader, rules: readonly Rule[]): Promise<string[]> {
  const sentences: string[] = [];
  for (const { named, broken, say } of rules) {
    const rows = await reader.all(broken);
    for (const row of rows) sentences.push(say(row));
    const unnamed = (rows[0]?.breaks ?? 0) - rows.length;
    if (unnamed > 0) sentences.push(`… and ${unnamed} more against the rule: ${named}`);
  }
  return sentences;
}

/** A list of SQL string literals, from our own constants. */
export function literals(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
