/**
 * The code samples of both references, as their readers copied them, with nothing changed but the base URL and the
 * key. Which languages are tried is for the machine to say: those whose interpreter it has.
 */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli, type ServerProcess, startServe } from '../../serve-process.ts';
import { folderForFile } from './folder-for-file.ts';

const CLIENTS = fileURLToPath(new URL('./clients/', import.meta.url));
const PRODUCTION = { dgateway: 'https://dgatewayapi.desispay.com', dukuzi: 'https://dukuzii.com' };

interface Runner {
  name: string;
  command: string;
  args?: string[];
  /** Says by its exit code whether the interpreter is here, with all the sample asks of it. */
  probe: string[];
  /** Relative to the samples. */
  modules?: string;
}

/** Python's requests is a library, and a bare machine has none: beside the real one a stand-in of the same shape is tried. */
const RUNNERS: Readonly<Record<string, Runner[]>> = {
  '.mts': [{ name: 'Node', command: process.execPath, probe: ['--version'] }],
  '.mjs': [{ name: 'Node', command: process.execPath, probe: ['--version'] }],
  '.sh': [{ name: 'cURL', command: 'sh', args: ['-e'], probe: ['-c', 'curl --version'] }],
  '.py': [
    { name: 'Python with requests', command: 'python3', probe: ['-c', 'import requests'] },
    { name: 'Python by itself', command: 'python3', probe: ['--version'], modules: 'stand-in' },
  ],
  '.php': [{ name: 'PHP', command: 'php', probe: ['-r', 'exit(function_exists("curl_init") ? 0 : 1);'] }],
  '.go': [{ name: 'Go', command: 'go', args: ['run'], probe: ['version'] }],
};

const isHere = ({ command, probe }: Runner) => spawnSync(command, probe, { stdio: 'ignore' }).status === 0;

const cases = readdirSync(CLIENTS)
  .flatMap((file) => (RUNNERS[extname(file)] ?? []).map((runner) => ({ file, runner })))
  .filter(({ runner }) => isHere(runner));

const folder = folderForFile();
let server: ServerProcess;
let key: string;

beforeAll(async () => {
  const database = join(folder, 'malipo.db');
  key = (await runCli<{ test_key: string }>(database, 'app', 'create', '--name', 'Duka', '--slug', 'duka')).test_key;
  const product = await runCli<{ id: number }>(database, 'product', 'create', '--app', 'duka', '--name', 'Kitabu', '--amount', '5000', '--currency', 'TZS');
  expect(product.id).toBe(1);
  server = await startServe(database, { SANDBOX_APPROVAL_MS: '0' });
  cpSync(CLIENTS, folder, { recursive: true });
  for (const { file } of cases) writeFileSync(join(folder, file), pointedHere(readFileSync(join(CLIENTS, file), 'utf8')));
  return () => server.stop();
});

function pointedHere(sample: string): string {
  return sample
    .replaceAll(PRODUCTION.dgateway, server.url)
    .replaceAll(PRODUCTION.dukuzi, server.url)
    .replaceAll(/dgw_live_your_key|your_api_key_here/g, key);
}

async function run(file: string, { command, args = [], modules }: Runner): Promise<string> {
  const env = { ...process.env, DGATEWAY_API_KEY: key, ...(modules === undefined ? {} : { PYTHONPATH: join(folder, modules) }) };
  const { stdout } = await promisify(execFile)(command, [...args, file], { cwd: folder, env });
  return stdout;
}

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(server.url + path, { headers: { 'X-Api-Key': key } });
  return answer.json();
}

describe('the samples of the DGateway reference', () => {
  test.concurrent.each(cases.filter(({ file }) => file.startsWith('dgateway')).map(({ file, runner }) => [runner.name, file, runner] as const))(
    '%s (%s) collects what it asked for',
    async (_name, file, runner) => {
      const said = await run(file, runner);
      const reference = /(dgw_\w+)/.exec(said)?.[1];
      expect(reference, said).toBeDefined();
      expect(await ask(`/v1/payments/transactions/${reference}`)).toMatchObject({
        data: { amount: 50_000, currency: 'UGX', phone_number: '256771234567', provider: 'iotec', is_test: true },
      });
    },
  );
});

describe('the samples of the Dukuzi reference', () => {
  test.concurrent.each(cases.filter(({ file }) => file.startsWith('dukuzi')).map(({ file, runner }) => [runner.name, file, runner] as const))(
    '%s (%s) takes its payment',
    async (_name, file, runner) => {
      const said = await run(file, runner);
      const id = /(?:Transaction ID: |"transaction_id":)(\d+)/.exec(said)?.[1];
      expect(id, said).toBeDefined();
      expect(await ask(`/api-proxy.php/transaction/${id}`)).toMatchObject({ amount: 5_000, currency: 'TZS' });
      if (file === 'dukuzi-page.mjs') expect(said).toContain('Payment successful!');
    },
  );
});

test('at least one language could be tried for each reference', () => {
  expect(cases.map(({ file }) => file)).toEqual(expect.arrayContaining(['dgateway.mts', 'dukuzi.mjs', 'dukuzi-page.mjs']));
});
