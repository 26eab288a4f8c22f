/**
 * The least a durable collect can be: a bare route that inserts the rows a collect inserts, with values as long as
 * its values, and answers as many bytes. It checks nothing, knows nobody, calls no provider and commits once.
 *
 * `together` shares commits through the server's own writer; `alone` syncs each request's commit by itself.
 */
import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import Fastify from 'fastify';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { GroupCommitWriter } from '../../../server/db/sqlite/writer.ts';
import { type Params, statement } from '../../../server/db/store.ts';

const [file, commits] = process.argv.slice(2) as [string, 'together' | 'alone'];

const INSERTS = [
  statement(`
    INSERT INTO payments (reference, app_id, mode, method, provider, network, provider_ref, submission, amount_minor, fee_minor,
      currency, phone, description, metadata, created_at, updated_at, expires_at)
    VALUES (:reference, 1, 'test', 'mobile_money', 'iotec', 'mtn', :providerRef, 'sent', :amountMinor, :feeMinor,
      'UGX', :phone, :description, :metadata, :now, :now, :now)`),
  statement(`INSERT INTO jobs (kind, subject, lane, run_at, created_at) VALUES ('payment.check', :subject, 'provider:test:iotec', :now, :now)`),
  statement(`
    INSERT INTO sandbox_prompts (reference, provider_ref, method, phone, network, amount_minor, currency, merchant, description,
      outcome, status, decides_at, created_at, expires_at)
    VALUES (:reference, :providerRef, 'mobile_money', :phone, 'mtn', :amountMinor, 'UGX', 'Bench', :description,
      'approves', 'waiting', :now, :now, :now)`),
  statement(`INSERT INTO jobs (kind, subject, run_at, created_at) VALUES ('sandbox.decide', :reference, :now, :now)`),
];

interface Body {
  amount: number;
  phone_number: string;
  description: string;
  metadata: object;
}

const connection = openConnection(file, { readonly: false });
const insert = commits === 'together' ? insertTogether() : insertAlone();
let payments = 0;

const app = Fastify();
app.post<{ Body: Body }>('/collect', async ({ body }) => {
  const now = Date.now();
  const unique = now.toString(36).slice(-7) + randomUUID().slice(0, 22);
  const reference = `dgw_${unique}`;
  const providerRef = `sbx_${unique}`;
  await insert({
    reference,
    providerRef,
    amountMinor: body.amount * 100,
    feeMinor: body.amount * 8,
    phone: body.phone_number,
    description: body.description,
    metadata: JSON.stringify(body.metadata),
    subject: `payment:${++payments}`,
    now,
  });
  return {
    data: {
      reference,
      provider: 'iotec',
      provider_ref: providerRef,
      status: 'pending',
      amount: body.amount,
      currency: 'UGX',
      phone_number: body.phone_number,
      raw_response: {},
      client_secret: '',
      stripe_publishable_key: '',
    },
    message: 'Collection initiated',
  };
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

function insertTogether(): (params: Params) => Promise<void> {
  const writer = new GroupCommitWriter(connection);
  return (params) =>
    writer.write((tx) => {
      for (const each of INSERTS) void tx.run(each, params);
    });
}

function insertAlone(): (params: Params) => Promise<void> {
  const statements: Database.Statement[] = INSERTS.map(({ text }) => connection.prepare(text));
  const commit = connection.transaction((params: Params) => {
    for (const each of statements) each.run(params);
  });
  return async (params) => commit.immediate(params);
}
