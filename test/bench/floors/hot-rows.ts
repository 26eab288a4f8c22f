/**
 * The peer on PostgreSQL: a server that keeps balances in rows, as most do. A payment is a row; settling it is a
 * transaction, one statement after another, that locks the payment and adds to the balances of the wallet, of the
 * clearing account and of the fees. All payments are of one shop, so all of them change the same three rows.
 *
 * It asks no provider, knows no keys and tells nobody: what it does besides those rows is nothing.
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';

const [databaseUrl] = process.argv.slice(2) as [string];

/** As many as Malipo's own server has for writing. */
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });

await pool.query(`
  CREATE TABLE balances (account TEXT PRIMARY KEY, minor BIGINT NOT NULL);
  CREATE TABLE payments (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL, created_at BIGINT NOT NULL);
  CREATE TABLE entries (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payment_id BIGINT NOT NULL REFERENCES payments, account TEXT NOT NULL, minor BIGINT NOT NULL);
  INSERT INTO balances VALUES ('clearing', 0), ('wallet', 0), ('fees', 0)`);

const POSTING: readonly [account: string, minor: number][] = [['clearing', -5_000_000], ['wallet', 4_600_000], ['fees', 400_000]];

async function settle(id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({ name: 'lock', text: 'SELECT status FROM payments WHERE id = $1 FOR UPDATE', values: [id] });
    for (const [account, minor] of POSTING) {
      await client.query({ name: 'add', text: 'UPDATE balances SET minor = minor + $2 WHERE account = $1', values: [account, minor] });
      await client.query({ name: 'enter', text: 'INSERT INTO entries (payment_id, account, minor) VALUES ($1, $2, $3)', values: [id, account, minor] });
    }
    await client.query({ name: 'done', text: `UPDATE payments SET status = 'completed' WHERE id = $1`, values: [id] });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

const app = Fastify();
app.post('/collect', async (request) => {
  const insert = `INSERT INTO payments (body, status, created_at) VALUES ($1, 'pending', $2) RETURNING id`;
  const { rows } = await pool.query<{ id: string }>({ name: 'insert', text: insert, values: [JSON.stringify(request.body), Date.now()] });
  await settle(rows[0]!.id);
  return { data: { id: rows[0]!.id, status: 'completed' } };
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`The peer is running at http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
process.on('SIGTERM', () => void app.close().then(() => pool.end()).then(() => process.exit(0)));
