/** Commands that share a transaction: each as if it were alone, whatever the others do. */
import { expect, test } from 'vitest';
import { type Params, statement, type Store, type Transaction } from '../../../server/db/store.ts';
import { ProviderLines } from '../../../server/providers/lines/lines.ts';
import { someoneWaits } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const insertNamed = statement<{ id: number; body: string }>(`
  INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at)
  VALUES (:provider, :name, '', :body, :at) ON CONFLICT (provider, fingerprint) DO NOTHING RETURNING id, body`);
const bodyOf = statement<{ body: string }>('SELECT body FROM provider_callbacks WHERE fingerprint = :name');
const writeBody = statement<{ body: string }>('UPDATE provider_callbacks SET body = :body WHERE fingerprint = :name RETURNING body');
const remove = statement('DELETE FROM provider_callbacks WHERE fingerprint = :name');
const transactionId = statement<{ id: string }>('SELECT CAST(pg_current_xact_id() AS TEXT) AS id, CAST(:any AS TEXT) AS "any"');
const held = statement('SELECT id FROM provider_callbacks WHERE fingerprint = :name FOR UPDATE');

const NAMES = Array.from({ length: 8 }, (_, index) => `note ${index}`);

/** All of them at once, each about itself; PostgreSQL has told what it takes the parameters for by the second time. */
function sharing<T>(store: Store, names: readonly string[], command: (tx: Transaction, name: string) => Promise<T>): Promise<T>[] {
  return names.map((name) => store.write((tx) => command(tx, name), { about: name }));
}

async function ids(writes: Promise<{ id: string } | undefined>[]): Promise<number> {
  return new Set((await Promise.all(writes)).map((row) => row!.id)).size;
}

test('those that come together are committed together', async () => {
  const { store } = temporaryStore();
  await store.read.get(bodyOf, { name: '' });
  expect(await ids(sharing(store, NAMES, async (tx, name) => tx.get(transactionId, { any: name })))).toBe(1);
  expect(await ids(sharing(store, NAMES, async (tx, name) => tx.get(transactionId, { any: name })))).toBe(1);
  expect(await ids(NAMES.map((name) => store.write(async (tx) => tx.get(transactionId, { any: name }))))).toBe(NAMES.length);
});

test.each([1, 2, 3])('each has the answers to its own statements, asked for the %i. time', async (times) => {
  const { store } = temporaryStore();
  await store.write((tx) => tx.run(insertNote, noteParams('note 3', 'there already')));
  const told = async (tx: Transaction, name: string) => {
    const before = await tx.all(bodyOf, { name });
    const made = await tx.get(insertNamed, { provider: 'test', name, body: `{"of": "${name}", "\\": null}`, at: 1 });
    const changed = name === 'note 5' ? undefined : await tx.get(writeBody, { name, body: `${made?.body ?? 'none'} by ${name}` });
    const removed = name === 'note 6' ? await tx.run(remove, { name }) : await tx.run(remove, { name: 'nobody' });
    return { before: before.map(({ body }) => body), changed: changed?.body, removed };
  };
  for (let time = 1; time < times; time++) {
    await Promise.all(sharing(store, ['x', 'y'], async (tx, name) => void (await told(tx, name), await tx.run(remove, { name }))));
  }
  const answers = await Promise.all(sharing(store, NAMES, told));
  expect(answers).toEqual(
    NAMES.map((name) => ({
      before: name === 'note 3' ? ['there already'] : [],
      changed: name === 'note 5' ? undefined : `${name === 'note 3' ? 'none' : `{"of": "${name}", "\\": null}`} by ${name}`,
      removed: name === 'note 6' ? 1 : 0,
    })),
  );
  expect((await notes(store.read)).sort()).toEqual(NAMES.filter((name) => name !== 'note 6'));
});

test('a text in a statement stays as it is written, and what is answered may speak of what was asked', async () => {
  const { store } = temporaryStore();
  const insert = statement<{ told: string }>(`
    INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at)
    VALUES (:provider, :name, '', 'from $1', 1) RETURNING :name AS told`);
  const update = statement<{ body: string; told: string }>(`
    UPDATE provider_callbacks SET body = 'from $1 to ' || :body WHERE fingerprint = :name RETURNING body, :name AS told`);
  for (const body of ['$2', '$3']) {
    const told = await Promise.all(
      sharing(store, NAMES, async (tx, name) => {
        await tx.run(remove, { name });
        return [await tx.get(insert, { provider: 'test', name }), await tx.get(update, { name, body })];
      }),
    );
    expect(told).toEqual(NAMES.map((name) => [{ told: name }, { body: `from $1 to ${body}`, told: name }]));
  }
});

/** Notes, of which one does something else; counts how often each was begun, and what came after a commit. */
function noting(store: Store, odd: (tx: Transaction) => Promise<unknown>) {
  const begun = new Map<string, number>();
  const effects: string[] = [];
  const written = sharing(store, NAMES, async (tx, name) => {
    begun.set(name, (begun.get(name) ?? 0) + 1);
    tx.afterCommit(() => effects.push(name));
    if (name === 'note 2') return odd(tx);
    await tx.get(bodyOf, { name });
    return tx.run(insertNote, noteParams(name));
  });
  return { begun: (name: string) => begun.get(name), effects, outcomes: Promise.allSettled(written) };
}

const OTHERS = NAMES.filter((name) => name !== 'note 2');

test('one that fails before it wrote is refused, and its neighbours do not notice', async () => {
  const { store } = temporaryStore();
  const { begun, effects, outcomes } = noting(store, async (tx) => {
    await tx.get(bodyOf, { name: 'note 2' });
    throw new Error('changed my mind');
  });
  expect((await outcomes)[2]).toMatchObject({ status: 'rejected', reason: { message: 'changed my mind' } });
  expect([await notes(store.read), effects.sort(), begun('note 1')]).toEqual([OTHERS, OTHERS, 1]);
});

/** As of a command that has a mistake no type found. */
const mistaken = { name: 'note 2', body: undefined } as unknown as Params;

test.each([
  ['reads', (tx: Transaction) => Promise.resolve(tx.get(bodyOf, {}))],
  ['writes', (tx: Transaction) => Promise.resolve(tx.run(insertNote, mistaken))],
  ['writes and waits for no answer', async (tx: Transaction) => tx.later(insertNote, mistaken)],
])('one that %s with a parameter missing is refused, and its neighbours do not notice', async (_, odd) => {
  const { store } = temporaryStore();
  const { begun, effects, outcomes } = noting(store, odd);
  expect((await outcomes)[2]).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('is missing') as string } });
  expect([(await notes(store.read)).sort(), effects.sort(), begun('note 1')]).toEqual([OTHERS, OTHERS, 1]);
});

test('a payment whose line is down is refused, and its neighbours do not notice', async () => {
  const { store } = temporaryStore();
  const lines = new ProviderLines({ store, clock: new ManualClock() });
  const line = { provider: 'iotec', network: 'mtn', currency: 'UGX' } as const;
  await lines.apply(line, { kind: 'checkFailed', reason: 'no answer' });
  const { begun, effects, outcomes } = noting(store, (tx) => lines.admitIn(tx, { ...line, mode: 'live', reference: 'dgw_1', phone: '256772123456' }));
  expect((await outcomes)[2]).toMatchObject({ status: 'rejected', reason: { code: 'PROVIDER_LINE_DOWN' } });
  expect([effects.sort(), begun('note 1')]).toEqual([OTHERS, 1]);
});

test.each([
  ['a failure after it wrote', async (tx: Transaction) => (await tx.run(insertNote, noteParams('half done')), Promise.reject(new Error('changed my mind'))), { message: 'changed my mind' }],
  ['a statement that fails', (tx: Transaction) => Promise.resolve(tx.run(insertNote, noteParams('there'))), { code: '23505' }],
  ['one that nobody waits for', async (tx: Transaction) => tx.later(insertNote, noteParams('there')), { code: '23505' }],
  ['one that it hides', async (tx: Transaction) => Promise.resolve(tx.run(insertNote, noteParams('there'))).catch(() => undefined), { code: '23505' }],
])('%s undoes one command and no other', async (_, odd, reason) => {
  const { store } = temporaryStore();
  await store.write((tx) => tx.run(insertNote, noteParams('there')));
  const { effects, outcomes } = noting(store, odd);
  const all = await outcomes;
  expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(all[2]).toMatchObject({ status: 'rejected', reason });
  expect([(await notes(store.read)).sort(), effects.sort()]).toEqual([[...OTHERS, 'there'], OTHERS]);
});

test('two that write the same row are each told what became of their own, also where they hide what fails', async () => {
  const { store } = temporaryStore();
  const told = (tx: Transaction, name: string) => Promise.resolve(tx.get(insertNamed, { provider: 'test', name, body: '', at: 1 })).catch(() => 'hidden');
  await Promise.all(sharing(store, ['x', 'y'], told));
  const made = await Promise.all(['one', 'other'].map((about) => store.write((tx) => told(tx, 'the same'), { about })));
  expect(made).toContainEqual({ id: expect.any(Number) as number, body: '' });
  expect(made).toContain(undefined);
});

test('a name is locked by one of them at a time, and what the next one reads is what the one before wrote', async () => {
  const { store, databaseUrl } = temporaryStore();
  const other = openedStore(databaseUrl);
  await store.write((tx) => tx.run(insertNote, noteParams('count')));
  const adding = (tx: Transaction) =>
    Promise.all([tx.lock('count'), tx.get(bodyOf, { name: 'count' })]).then(([, row]) => tx.run(writeBody, { name: 'count', body: `${row!.body}x` }));
  await Promise.all([store, other].flatMap((each) => NAMES.map(() => each.write(adding, { about: null }))));
  expect(await store.read.get(bodyOf, { name: 'count' })).toEqual({ body: 'x'.repeat(2 * NAMES.length) });
});

test('two about the same are not at work at a time', async () => {
  const { store } = temporaryStore();
  let [inside, most] = [0, 0];
  const watched = async (tx: Transaction) => {
    most = Math.max(most, ++inside);
    await tx.get(bodyOf, { name: 'any' });
    inside--;
  };
  await Promise.all(NAMES.map(() => store.write(watched, { about: 'payment:1' })));
  expect(most).toBe(1);
});

test('nor while one of them is run alone', async () => {
  const { store, databaseUrl } = temporaryStore();
  const other = openedStore(databaseUrl);
  await store.write((tx) => tx.run(insertNote, noteParams('payment 1')));
  const began: string[] = [];
  const changing = (name: string) =>
    store.write(
      (tx) => {
        began.push(name);
        return tx.get(writeBody, { name: 'payment 1', body: name });
      },
      { about: 'payment:1' },
    );
  let both: Promise<unknown> | undefined;
  await other.write(async (tx) => {
    await tx.all(held, { name: 'payment 1' });
    both = Promise.all([changing('first'), changing('second')]);
    await until(() => began.length === 2);
    await until(() => someoneWaits(store));
    // Others come and go.
    await Promise.all(sharing(store, NAMES, async (mine, name) => mine.run(insertNote, noteParams(name))));
    expect(began).toEqual(['first', 'first']);
  });
  await both;
  expect(await store.read.get(bodyOf, { name: 'payment 1' })).toEqual({ body: 'second' });
});

test('what nobody waits for is written too, where it is the last that they ask', async () => {
  const { store } = temporaryStore();
  const command = async (tx: Transaction, name: string) => {
    await tx.get(bodyOf, { name });
    tx.later(insertNote, noteParams(name));
  };
  await Promise.all(sharing(store, NAMES, command));
  expect((await notes(store.read)).sort()).toEqual(NAMES);
});

test('beside others a command waits less for somebody’s row', async () => {
  const { store } = temporaryStore();
  const patience = (tx: Transaction) => tx.get(statement<object>(`SELECT current_setting('lock_timeout') AS patience`));
  expect(await Promise.all([store.write(patience, { about: null }), store.write(patience)])).toEqual([{ patience: '200ms' }, { patience: '5s' }]);
});

test('a row that somebody holds keeps only the one waiting that wants it', async () => {
  const { store, databaseUrl } = temporaryStore();
  const other = openedStore(databaseUrl);
  await store.write((tx) => tx.run(insertNote, noteParams('note 2 itself')));
  let isFree = false;
  await other.write(async (tx) => {
    await tx.all(held, { name: 'note 2 itself' });
    const { effects, outcomes } = noting(store, (mine) => Promise.resolve(mine.run(writeBody, { name: 'note 2 itself', body: 'mine' })));
    await until(() => effects.length === OTHERS.length);
    await until(() => someoneWaits(store));
    void outcomes.then(() => (isFree = true));
  });
  await until(() => isFree);
  expect(await store.read.get(bodyOf, { name: 'note 2 itself' })).toEqual({ body: 'mine' });
});

test('one that waits for something other than its own statements waits alone', async () => {
  const { store } = temporaryStore();
  const goOn = Promise.withResolvers<void>();
  const { effects, outcomes } = noting(store, async (tx) => {
    await tx.run(insertNote, noteParams('note 2'));
    await goOn.promise;
  });
  await until(() => effects.length === OTHERS.length);
  goOn.resolve();
  expect((await outcomes).every(({ status }) => status === 'fulfilled')).toBe(true);
  expect((await notes(store.read)).sort()).toEqual(NAMES);
});
