import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';
import { collect, COLLECT } from '../support/payments.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { LineProvider } from '../providers/line-provider.ts';
import { runMalipo } from './run-malipo.ts';

const IOTEC = { IOTEC_CLIENT_ID: 'client', IOTEC_CLIENT_SECRET: 'secret', IOTEC_WALLET_ID: 'wallet' };

/** What `buildMalipo` keys its databases with. */
const SECRET = Buffer.alloc(32, 7).toString();

/** The command line on a database of its own. */
function commandLine(env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  return (...words: string[]) => runMalipo(['line', ...words], env, folder);
}

test('line list shows the sandbox’s lines, and those of the providers that are configured', async () => {
  const bare = (await commandLine()('list', '--json')).json() as { lines: object[] };
  expect(bare.lines).toHaveLength(12);
  expect(bare.lines[0]).toEqual({
    provider: 'sandbox',
    network: 'mtn',
    currency: 'UGX',
    status: 'up',
    failing_since: null,
    last_error: '',
    next_trial_at: null,
    last_check_at: null,
  });
  const configured = await commandLine(IOTEC)('list');
  expect(configured).toMatchObject({ exitCode: 0, stderr: '' });
  expect(configured.stdout.split('\n').slice(0, 3)).toEqual(['  iotec mtn UGX          up', '  iotec airtel UGX       up', '  sandbox mtn UGX        up']);
});

test('line open takes the line of a network out of service in each of its currencies, or in one', async () => {
  const line = commandLine();
  const both = await line('open', '--provider', 'sandbox', '--network', 'mtn');
  expect(both).toMatchObject({ exitCode: 0, stdout: 'Out of service: sandbox mtn UGX, sandbox mtn RWF.\n' });
  const one = await line('open', '--provider', 'sandbox', '--network', 'airtel', '--currency', 'KES', '--reason', 'their maintenance', '--json');
  expect(one.json()).toEqual({
    lines: [
      {
        provider: 'sandbox',
        network: 'airtel',
        currency: 'KES',
        status: 'held',
        failing_since: expect.stringMatching(/Z$/),
        last_error: 'their maintenance',
        next_trial_at: null,
        last_check_at: null,
      },
    ],
  });
  expect((await line('list')).stdout).toMatch(/sandbox airtel KES {5}held by the operator, out of service since .*Z: their maintenance\n/);
  expect((await line('close', '--provider', 'sandbox', '--network', 'airtel', '--json')).json()).toMatchObject({ lines: Array(4).fill({ status: 'up', last_error: '' }) });
  expect(((await line('list', '--json')).json() as { lines: { status: string }[] }).lines.filter(({ status }) => status === 'held')).toHaveLength(2);
});

test('a running server obeys from the next request on, and its trials do not undo it', async () => {
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const line = (...words: string[]) => runMalipo(['line', ...words, '--provider', 'iotec', '--network', 'mtn'], { ...IOTEC, DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: SECRET }, temporaryFolder());
  const opened = await line('open');
  expect(opened.stderr).toBe('');
  malipo.clock.advance(3_600_000);
  const refused = await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey });
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '300']);
  await line('close');
  await collect(malipo, liveKey);
});

test('line close puts a line back that payments took down', async () => {
  const provider = new LineProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  provider.goesDead('mtn');
  for (let count = 0; count < 5; count++) await collect(malipo, liveKey);
  const env = { ...IOTEC, DATABASE_URL: malipo.databaseUrl, MALIPO_SECRET: SECRET };
  const listed = await runMalipo(['line', 'list'], env, temporaryFolder());
  expect(listed.stdout).toMatch(/iotec mtn UGX {10}down since 2026-03-14T12:00:00Z: connect ECONNREFUSED 10\.1\.2\.3:8443\n/);
  await runMalipo(['line', 'close', '--provider', 'iotec', '--network', 'mtn'], env, temporaryFolder());
  await collect(malipo, liveKey);
});

test.each([
  [['open'], 2, 'USAGE', '--provider PROVIDER, --network NETWORK are missing'],
  [['open', '--provider', 'mpesa', '--network', 'mtn'], 2, 'USAGE', '--provider must be iotec or relworx or'],
  [['open', '--provider', 'stripe', '--network', 'mtn'], 2, 'USAGE', 'not stripe'],
  [['close', '--provider', 'iotec', '--network', 'mtn'], 1, 'PROVIDER_ERROR', 'Provider iotec is not configured; test payments take the lines of the sandbox'],
  [['open', '--provider', 'sandbox', '--network', 'orange'], 1, 'NOT_FOUND', 'There is no such line; those of sandbox are mtn UGX, airtel UGX,'],
  [['open', '--provider', 'sandbox', '--network', 'mtn', '--currency', 'KES'], 1, 'NOT_FOUND', 'There is no such line'],
])('line %j says what is wrong', async (words, exitCode, code, message) => {
  const line = commandLine();
  const human = await line(...words);
  expect(human).toMatchObject({ exitCode, stdout: '' });
  expect(human.stderr).toContain(message);
  expect((await line(...words, '--json')).json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
});

test('line --help says which way round open and close are', async () => {
  const line = commandLine();
  expect((await line('open', '--help')).stdout).toContain('payments over it are refused with PROVIDER_LINE_DOWN');
  expect((await line('close', '--help')).stdout).toContain('payments flow at once');
  expect((await runMalipo(['--help'], {}, join(temporaryFolder()))).stdout).toContain('  line list ');
});
