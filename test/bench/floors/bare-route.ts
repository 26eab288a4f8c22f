/**
 * The least that a durable route can be: it inserts some rows and answers. It checks nothing, knows nobody, calls nobody
 * and commits once. `together` shares commits through the server's own writer; `alone` syncs each request's by itself.
 */
import type Database from 'better-sqlite3';
import Fastify from 'fastify';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { GroupCommitWriter } from '../../../server/db/sqlite/writer.ts';
import type { Params, Statement } from '../../../server/db/store.ts';

export type Commits = 'together' | 'alone';

export interface BareRoute<Body> {
  path: string;
  inserts: readonly Statement[];
  /** What is inserted for a body, and what is answered. */
  take(body: Body): { params: Params; answer: object };
}

/** Runs until it is terminated; the database has its schema. */
export async function serveBareRoute<Body>(file: string, commits: Commits, { path, inserts, take }: BareRoute<Body>): Promise<void> {
  const connection = openConnection(file, { readonly: false });
  const insert = commits === 'together' ? insertTogether(connection, inserts) : insertAlone(connection, inserts);
  const app = Fastify();
  app.post(path, async (request) => {
    const { params, answer } = take(request.body as Body);
    await insert(params);
    return answer;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  console.log(`running at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  process.once('SIGTERM', () => {
    void app.close().then(() => {
      connection.close();
      process.exit(0);
    });
  });
}

type Insert = (params: Params) => Promise<void>;

function insertTogether(connection: Database.Database, inserts: readonly Statement[]): Insert {
  const writer = new GroupCommitWriter(connection);
  return (params) =>
    writer.write((tx) => {
      for (const each of inserts) void tx.run(each, params);
    });
}

function insertAlone(connection: Database.Database, inserts: readonly Statement[]): Insert {
  const statements = inserts.map(({ text }) => connection.prepare(text));
  const commit = connection.transaction((params: Params) => {
    for (const each of statements) each.run(params);
  });
  return async (params) => commit.immediate(params);
}
