/**
 * `npm run bench [-- --json] [--rounds N] [--curves FOLDER] [row …]`: measures each row beside its own floor or peer in
 * the same run, says which goals were met, and draws how costs grow. A row is a file in rows/.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtWidget } from '../../server/http/pages/widget-build.ts';
import { drawCurve } from './curve.ts';
import { describeMachine } from './machine.ts';
import type { Figure, Goal, Measured, Row } from './row.ts';

const ROUNDS_DEFAULT = 5;

const { values: options, positionals: wanted } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: String(ROUNDS_DEFAULT) }, curves: { type: 'string' } },
  allowPositionals: true,
});
const rounds = Number(options.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0');

const rows = await loadRows();
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}`);

// A server whose widget is older than its sources builds it at the start: that would be measured too.
await builtWidget().catch((error: unknown) => process.stderr.write(`${String(error)}: starts are slowed by building it again\n`));

const machine = describeMachine();
say(`${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB, ${machine.os}, Node ${machine.node}, a sync takes ${machine.sync_us} µs`);
const measured: ({ name: string; title: string } & Measured)[] = [];
for (const row of rows.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  say(`\n${row.title}`);
  const { figures, goals, curves = [] } = await row.measure({ rounds, curves: options.curves !== undefined, progress: (line) => process.stderr.write(`  … ${line}\n`) });
  for (const each of figures) say(`  ${line(each)}`);
  for (const each of goals) say(`  ${line(each)}   ${verdict(each)}`);
  for (const curve of options.curves === undefined ? [] : curves) {
    mkdirSync(options.curves!, { recursive: true });
    writeFileSync(join(options.curves!, `${curve.name}.svg`), drawCurve(curve));
  }
  measured.push({ name: row.name, title: row.title, figures, goals, curves });
}
if (options.json) process.stdout.write(`${JSON.stringify({ machine, rounds, rows: measured })}\n`);

async function loadRows(): Promise<Row[]> {
  const files = readdirSync(new URL('rows/', import.meta.url)).sort();
  return Promise.all(files.map(async (file) => ((await import(`./rows/${file}`)) as { row: Row }).row));
}

function say(text: string): void {
  if (!options.json) process.stdout.write(`${text}\n`);
}

function line({ what, value, unit }: Figure): string {
  return `${what.padEnd(58)} ${value.toLocaleString('en').padStart(8)} ${unit}`;
}

function verdict({ met, bound, limit }: Goal): string {
  return `${met ? 'met' : 'MISSED'}: goal ${bound} ${limit}`;
}
