import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../malipo.js', import.meta.url));

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What `--json` printed: stdout must be exactly one JSON object on one line. */
  json(): Record<string, unknown>;
}

/** Runs the real command in a process of its own, with only these variables of Malipo's set. */
export function runMalipo(words: readonly string[], env: Record<string, string>, cwd?: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env }, cwd };
    execFile(process.execPath, [CLI, ...words], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr, json: () => onlyObject(stdout) });
    });
  });
}

function onlyObject(stdout: string): Record<string, unknown> {
  if (!/^\{.*\}\n$/.test(stdout)) throw new Error(`Not one JSON object on one line: ${JSON.stringify(stdout)}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
