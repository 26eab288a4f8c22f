import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-store.ts';
import { type Run, runMalipo } from './run-malipo.ts';

let folder: string;
let malipo: (...words: string[]) => Promise<Run>;

beforeEach(() => {
  folder = temporaryFolder();
  malipo = (...words) => runMalipo(words, {}, folder);
});

describe('a command line that is not understood', () => {
  it.each([
    [[], 'Which command?'],
    [['servee'], 'Did you mean serve?'],
    [['app', 'crate', '--name', 'x'], 'There is no command app crate. Did you mean app create?'],
    [['key'], 'key create, key list, key revoke'],
    [['key', 'create', '--ap', 'duka', '--mode', 'test'], 'There is no option --ap. Did you mean --app?'],
    [['key', 'list', '-x'], 'There is no option -x.'],
    [['key', 'create', '--app', 'duka', '--mode', 'production'], '--mode must be live or test, not production'],
    [['app', 'create'], '--name NAME is missing'],
    [['app', 'create', '--name'], '--name needs a value'],
    [['app', 'create', '--name', '--slug', 'x'], '--name needs a value'],
    [['app', 'create', '--name', 'a', '--name', 'b'], '--name was given twice'],
    [['key', 'list', 'duka'], '"duka" is one word too many'],
    [['key', 'revoke'], 'PREFIX-OR-ID is missing'],
    [['backup'], 'FILE is missing'],
    [['serve', '--demo=yes'], '--demo takes no value'],
    [['product', 'create', '--app', 'duka', '--name', 'Book', '--currency', 'UGX', '--amount', '25,000'], '--amount takes numbers such as 25000'],
    [['link', 'create', '--app', 'duka', '--name', 'Fund', '--currency', 'UGX', '--suggested', '1000,many'], '--suggested takes numbers'],
  ])('exits with 2, names what is wrong and touches nothing: %j', async (words, message) => {
    const human = await malipo(...words);
    expect(human).toMatchObject({ exitCode: 2, stdout: '' });
    expect(human.stderr).toContain(message);

    const machine = await malipo(...words, '--json');
    expect(machine.exitCode).toBe(2);
    expect(machine.json()).toEqual({ error: { code: 'USAGE', message: expect.stringContaining(message) } });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

describe('a command that fails', () => {
  it.each([
    [['key', 'create', '--app', 'nobody', '--mode', 'test'], 'NOT_FOUND', 'There is no app nobody: this database has none; DATABASE_URL says which is meant'],
    [['key', 'revoke', 'dgw_live_nobody'], 'NOT_FOUND', 'There is no key dgw_live_nobody'],
    [['app', 'create', '--name', 'x', '--slug', 'NOT A SLUG'], 'VALIDATION_ERROR', 'slug must'],
    [['app', 'create', '--name', 'x', '--fee-percent', '-5'], 'VALIDATION_ERROR', 'fee_percent must'],
    [['verify'], 'DB_ERROR', 'There is no database'],
    [['backup', 'copy.db'], 'DB_ERROR', 'There is no database'],
  ])('exits with 1 and says why in one line, without a stack: %j', async (words, code, message) => {
    const human = await malipo(...words);
    expect(human).toMatchObject({ exitCode: 1, stdout: '' });
    expect(human.stderr).toContain(message);
    expect(human.stderr.trim().split('\n')).toHaveLength(1);

    const machine = await malipo(...words, '--json');
    expect(machine).toMatchObject({ exitCode: 1, stderr: '' });
    expect(machine.json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
  });

  it('names the apps there are to whoever names another', async () => {
    await malipo('app', 'create', '--name', 'Duka');
    await malipo('app', 'create', '--name', 'Soko');
    expect((await malipo('key', 'list', '--app', 'dukaa')).stderr).toContain('There is no app dukaa: here are duka, soko');
  });

  it('makes no database to check or to copy: a mistyped address would be found in order', async () => {
    for (const words of [['verify'], ['backup', 'copy.db']]) expect(await malipo(...words)).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it.each([
    ['no/such/folder/copy.db', 'BACKUP_FAILED', 'could not be written'],
    ['data/malipo.db', 'VALIDATION_ERROR', 'is the database itself'],
  ])('for a backup that cannot be written says why: %s', async (file, code, message) => {
    await malipo('app', 'create', '--name', 'Duka');
    const { exitCode, stderr } = await malipo('backup', file);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect((await malipo('backup', file, '--json')).json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
  });

  it('for its configuration lists the problems and nothing else', async () => {
    const env = { PORT: 'x', IOTEC_CLIENT_ID: 'client' };
    for (const words of [['key', 'list'], ['serve']]) {
      const { exitCode, stderr } = await runMalipo(words, env, folder);
      expect(exitCode).toBe(1);
      expect(stderr.trim().split('\n')).toEqual([
        'Malipo cannot start with this configuration:',
        expect.stringContaining('PORT must be'),
        expect.stringContaining('IOTEC_CLIENT_SECRET and IOTEC_WALLET_ID missing'),
      ]);
    }
    expect((await runMalipo(['key', 'list', '--json'], env, folder)).json()).toMatchObject({ error: { code: 'CONFIG_ERROR' } });
  });

  it('for a secret that is not the database’s says so, and makes no key with it', async () => {
    await malipo('app', 'create', '--name', 'Duka');
    const wrong = await runMalipo(['key', 'create', '--app', 'duka', '--mode', 'live', '--json'], { MALIPO_SECRET: 'another one entirely' }, folder);
    expect(wrong.json()).toMatchObject({ error: { code: 'CONFIG_ERROR', message: expect.stringContaining('MALIPO_SECRET is not the secret') } });
    expect((await malipo('key', 'list', '--json')).json().keys).toHaveLength(2);
  });

  it.each(['sixteen characters', ''])('for a database that cannot be opened says which, why and what to do: with MALIPO_SECRET=%j', async (secret) => {
    writeFileSync(join(folder, 'letter.txt'), 'Dear all, this is no database.'.repeat(200));
    mkdirSync(join(folder, 'shelf'));
    const letter = join(folder, 'letter.txt');
    for (const [file, why] of [
      ['/dev/null/malipo.db', '/dev/null is not a folder; name a file in one'],
      [join(letter, 'malipo.db'), `${letter} is not a folder; name a file in one`],
      [join(folder, 'shelf'), `${join(folder, 'shelf')} is a folder; name a file in it`],
      [letter, `${letter} is not a SQLite database; name one, or a file that is still to be made`],
    ] as const) {
      const { exitCode, stderr } = await runMalipo(['app', 'create', '--name', 'Duka'], { DATABASE_URL: `file:${file}`, MALIPO_SECRET: secret }, folder);
      expect([exitCode, stderr]).toEqual([1, `The database ${file} cannot be opened: ${why}; DATABASE_URL says where it is\n`]);
    }
  });
});

describe('--help', () => {
  it('lists every command, or those of a group, or the options of one', async () => {
    const all = await malipo('--help');
    expect(all).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of ['serve', 'app create', 'key create', 'key list', 'key revoke', 'product create', 'link create', 'verify', 'backup']) {
      expect(all.stdout).toContain(`  ${name} `);
      expect(await malipo(...name.split(' '), '--help')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Usage: malipo ${name}`) });
    }
    expect((await malipo('key', '--help')).stdout).not.toContain('product create');
    expect((await malipo('help', '--json')).json()).toMatchObject({ help: expect.stringContaining('Usage') });
  });
});

describe('a Node.js that is too old', () => {
  it('is named in one sentence, where it would end without a word', async () => {
    const older = encodeURI('data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})');
    const { exitCode, stderr } = await runMalipo(['serve'], { NODE_OPTIONS: `--import ${older}` }, folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'Malipo needs Node.js 22.18 or newer, and this is 20.20.2\n' });
  });
});
