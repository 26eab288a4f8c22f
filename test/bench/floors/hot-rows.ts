/**
 * The peer on PostgreSQL: a server that keeps balances in rows, as most do, and does for a payment what Malipo does.
 *
 * - `POST /v1/payments/collect` looks up the key, writes the payment and the job that follows it in one transaction, asks
 *   the provider for the money over HTTP, and records that it was asked.
 * - `POST /v1/webhooks/verify` looks up the key and the payment, asks the provider, and settles in an interactive
 *   transaction, one statement after another: locks the payment, completes it, writes the transfer, adds to the balances
 *   of the clearing account, the wallet and the fees and writes an entry for each, writes the event for the merchant,
 *   takes the job away. All payments are of one shop, so all of them change the same three rows, each until its commit.
 *
 * It writes the rows that Malipo writes and syncs as often (three commits), and the three balances. It leaves out what no
 * balance needs: it checks no input, keeps no counts for lists, has no idempotency keys, lines, limits or metrics.
 *
 * `POST /collect` is the least of it: a payment that is settled in the same request, nobody asked, nobody told.
 */
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyRequest } from 'fastify';
import pg from 'pg';

const [databaseUrl, providerUrl] = process.argv.slice(2) as [string, string];

/** What a client of the peer sends; there is one. */
const KEY = 'the key of the bench';

/** As many as Malipo's own server has for writing. */
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });

await pool.query(`
  CREATE TABLE api_keys (key_hash TEXT PRIMARY KEY, app_id BIGINT NOT NULL);
  CREATE TABLE balances (account TEXT PRIMARY KEY, minor BIGINT NOT NULL);
  CREATE TABLE payments (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reference TEXT NOT NULL UNIQUE, app_id BIGINT NOT NULL, body TEXT NOT NULL,
    provider_ref TEXT NOT NULL DEFAULT '', status TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, completed_at BIGINT);
  CREATE INDEX payments_by_time ON payments (app_id, created_at, id);
  CREATE TABLE transfers (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id BIGINT NOT NULL UNIQUE REFERENCES payments, created_at BIGINT NOT NULL);
  CREATE TABLE entries (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transfer_id BIGINT NOT NULL REFERENCES transfers, account TEXT NOT NULL, minor BIGINT NOT NULL);
  CREATE INDEX entries_by_account ON entries (account, id);
  CREATE TABLE events (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id BIGINT NOT NULL REFERENCES payments, facts TEXT NOT NULL, created_at BIGINT NOT NULL);
  CREATE TABLE jobs (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id BIGINT NOT NULL UNIQUE, run_at BIGINT NOT NULL);
  CREATE INDEX jobs_by_time ON jobs (run_at);
  INSERT INTO balances VALUES ('clearing', 0), ('wallet', 0), ('fees', 0)`);
await pool.query('INSERT INTO api_keys VALUES ($1, 1)', [hashOf(KEY)]);

const POSTING: readonly [account: string, minor: number][] = [['clearing', -5_000_000], ['wallet', 4_600_000], ['fees', 400_000]];

interface PaymentRow {
  id: string;
  reference: string;
  status: string;
}

/** Prepared once on each connection, under its own text's name. */
function ask<Row extends pg.QueryResultRow>(client: pg.Pool | pg.PoolClient, statement: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
  return client.query<Row>({ name: hashOf(statement), text: statement, values });
}

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const done = await work(client);
    await client.query('COMMIT');
    return done;
  } finally {
    client.release();
  }
}

async function insert(client: pg.PoolClient, body: unknown): Promise<PaymentRow> {
  const now = Date.now();
  const { rows } = await ask<PaymentRow>(client, `INSERT INTO payments (reference, app_id, body, status, created_at, updated_at) VALUES ($1, 1, $2, 'pending', $3, $3) RETURNING *`, [randomUUID(), JSON.stringify(body), now]);
  return rows[0]!;
}

async function settle(client: pg.PoolClient, { id }: PaymentRow): Promise<PaymentRow> {
  const now = Date.now();
  await ask(client, 'SELECT status FROM payments WHERE id = $1 FOR UPDATE', [id]);
  const { rows } = await ask<PaymentRow>(client, `UPDATE payments SET status = 'completed', updated_at = $2, completed_at = $2 WHERE id = $1 RETURNING *`, [id, now]);
  const transfer = await ask<{ id: string }>(client, 'INSERT INTO transfers (payment_id, created_at) VALUES ($1, $2) RETURNING id', [id, now]);
  for (const [account, minor] of POSTING) {
    await ask(client, 'UPDATE balances SET minor = minor + $2 WHERE account = $1', [account, minor]);
    await ask(client, 'INSERT INTO entries (transfer_id, account, minor) VALUES ($1, $2, $3)', [transfer.rows[0]!.id, account, minor]);
  }
  return rows[0]!;
}

async function tellAndForget(client: pg.PoolClient, payment: PaymentRow): Promise<void> {
  await ask(client, 'INSERT INTO events (payment_id, facts, created_at) VALUES ($1, $2, $3)', [payment.id, JSON.stringify(payment), Date.now()]);
  await ask(client, 'DELETE FROM jobs WHERE payment_id = $1', [payment.id]);
}

async function checkKey(request: FastifyRequest): Promise<void> {
  const { rows } = await ask(pool, 'SELECT app_id FROM api_keys WHERE key_hash = $1', [hashOf(String(request.headers['x-api-key']))]);
  if (rows.length === 0) throw new Error('No such key');
}

const agent = new http.Agent({ keepAlive: true });

function askProvider(method: string, path: string, body?: object): Promise<{ id: string; status: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(providerUrl + path, { method, agent, headers: { 'content-type': 'application/json' } }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer) as { id: string; status: string }), reject);
    });
    request.on('error', reject).end(body && JSON.stringify(body));
  });
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

const app = Fastify();
app.post('/collect', async (request) => ({ data: await inTransaction(async (client) => settle(client, await insert(client, request.body))) }));

app.post('/v1/payments/collect', async (request) => {
  await checkKey(request);
  const payment = await inTransaction(async (client) => {
    const made = await insert(client, request.body);
    await ask(client, 'INSERT INTO jobs (payment_id, run_at) VALUES ($1, $2)', [made.id, Date.now() + 10_000]);
    return made;
  });
  const { id } = await askProvider('POST', '/api/collections/collect', { externalId: payment.reference });
  await ask(pool, 'UPDATE payments SET provider_ref = $2, updated_at = $3 WHERE id = $1', [payment.id, id, Date.now()]);
  return { data: payment };
});

app.post<{ Body: { reference: string } }>('/v1/webhooks/verify', async (request) => {
  await checkKey(request);
  const { rows } = await ask<PaymentRow>(pool, 'SELECT * FROM payments WHERE reference = $1', [request.body.reference]);
  const payment = rows[0]!;
  const { status } = await askProvider('GET', `/api/collections/status/${payment.reference}`);
  if (status !== 'Success') return { data: payment };
  const settled = await inTransaction(async (client) => {
    const completed = await settle(client, payment);
    await tellAndForget(client, completed);
    return completed;
  });
  return { data: settled };
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`The peer is running at http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
process.on('SIGTERM', () => void app.close().then(() => pool.end()).then(() => process.exit(0)));
