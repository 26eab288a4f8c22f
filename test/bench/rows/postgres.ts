import http from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type PostgresProcess, startPostgres } from '../../postgres-process.ts';
import { runCliWith, type ServerProcess, startServe, startServerProcess } from '../../serve-process.ts';
import { credentialsAt, startProviders } from '../providers.ts';
import { atLeast, figure, median, type Row } from '../row.ts';

const PEER = fileURLToPath(new URL('../floors/hot-rows.ts', import.meta.url));
const WIRE = fileURLToPath(new URL('../floors/wire.ts', import.meta.url));

const BUYERS = 64;
const WARM_UP_MS = 1_000;
const MEASURED_MS = 4_000;

/** From a server to its database and back: on one machine, and on two in one rack. */
const AWAY_MS = 1;

const ENV = { MALIPO_SECRET: 'the secret of the bench' };

/** The only one that the peer knows. */
const PEER_KEY = 'the key of the bench';

/** Payments settled a second, one of each round. */
interface Rates {
  /** A server that does for a payment what Malipo does, with hot rows. */
  peer: number[];
  /** The hot rows and nothing else: one request, nobody asked. */
  bare: number[];
  malipo: number[];
}

export const row: Row = {
  name: 'postgres',
  title: `Collect to settled on PostgreSQL (fsync on), all of it on one wallet, ${BUYERS} buyers, beside a server that does the same and updates hot balance rows`,

  async measure({ rounds, progress }) {
    const [here, away]: [Rates, Rates] = [{ peer: [], bare: [], malipo: [] }, { peer: [], bare: [], malipo: [] }];
    const postgres = await startPostgres({ durable: true });
    const wire = await startServerProcess([WIRE, new URL(postgres.url).port, String(AWAY_MS / 2)], {});
    const providers = await startProviders();
    try {
      for (let round = 1; round <= rounds; round++) {
        for (const [rates, port] of [[here, new URL(postgres.url).port], [away, new URL(wire.url).port]] as const) {
          const database = (contestant: string) => newDatabase(postgres, `${contestant}_${port}_${round}`, port);
          rates.peer.push(await measurePeer(await database('peer'), providers, payAndVerify(PEER_KEY)));
          rates.bare.push(await measurePeer(await database('bare'), providers, async (server, body) => void (await post(server, '/collect', body, {}))));
          rates.malipo.push(await measureMalipo(await database('malipo'), providers));
        }
        progress(`round ${round} of ${rounds}: ${[here, away].map(({ peer, malipo }) => `${Math.round(peer.at(-1)!)} /s peer, ${Math.round(malipo.at(-1)!)} /s Malipo`).join('; a millisecond away ')}`);
      }
    } finally {
      await Promise.all([wire.stop(), providers.stop()]);
      await postgres.remove();
    }
    const distances = [[here, ''], [away, `, the database ${AWAY_MS} ms away`]] as const;
    return {
      figures: distances.flatMap(([rates, where]) => [
        figure(`peer: the same work, hot balance rows${where}`, median(rates.peer), '/s'),
        figure(`Malipo${where}`, median(rates.malipo), '/s'),
        figure(`only the hot rows, nobody asked${where}`, median(rates.bare), '/s'),
        figure('  Malipo against only the hot rows', ratio(rates.malipo, rates.bare), '×'),
      ]),
      goals: distances.map(([rates, where]) => atLeast(3, figure(`Malipo against the peer${where}`, ratio(rates.malipo, rates.peer), '×'))),
    };
  },
};

function ratio(rates: readonly number[], beside: readonly number[]): number {
  return median(rates.map((rate, round) => rate / beside[round]!));
}

/** Answers its address through that port. */
async function newDatabase({ url }: PostgresProcess, name: string, port: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const database = new URL(url);
  database.pathname = name;
  database.port = port;
  return database.href;
}

type Pay = (server: ServerProcess, body: object) => Promise<void>;

/** A merchant who asks at once what became of each payment: its provider says that it was paid, and it is settled. */
function payAndVerify(key: string): Pay {
  const headers = { 'x-api-key': key };
  return async (server, body) => {
    const { data } = await post(server, '/v1/payments/collect', body, headers);
    const settled = await post(server, '/v1/webhooks/verify', { reference: data.reference }, headers);
    if (settled.data.status !== 'completed') throw new Error(`A payment that was paid is ${settled.data.status}`);
  };
}

async function measurePeer(databaseUrl: string, providers: ServerProcess, pay: Pay): Promise<number> {
  const server = await startServerProcess([PEER, databaseUrl, providers.url], {});
  try {
    return await settledPerSecond((body) => pay(server, body));
  } finally {
    await server.stop();
  }
}

async function measureMalipo(databaseUrl: string, providers: ServerProcess): Promise<number> {
  const { live_key: key } = await runCliWith<{ live_key: string }>(ENV, databaseUrl, 'app', 'create', '--name', 'Bench', '--slug', 'bench');
  const server = await startServe(databaseUrl, { ...ENV, ...credentialsAt(providers.url) });
  try {
    return await settledPerSecond((body) => payAndVerify(key)(server, body));
  } finally {
    await server.stop();
  }
}

async function settledPerSecond(payOnce: (body: object) => Promise<void>): Promise<number> {
  const start = performance.now();
  const [from, until] = [start + WARM_UP_MS, start + WARM_UP_MS + MEASURED_MS];
  let settled = 0;
  let bought = 0;
  await Promise.all(
    Array.from({ length: BUYERS }, async () => {
      while (performance.now() < until) {
        await payOnce({ amount: 50_000, currency: 'UGX', phone_number: `25677${1_000_100 + bought++}`, description: 'Order #1234', metadata: { order_id: '1234' } });
        const now = performance.now();
        if (now >= from && now < until) settled++;
      }
    }),
  );
  return (settled / MEASURED_MS) * 1_000;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: BUYERS });

function post({ url }: ServerProcess, path: string, body: object, headers: Record<string, string>): Promise<{ data: { reference: string; status: string } }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url + path, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) resolve(JSON.parse(answer) as { data: { reference: string; status: string } });
        else reject(new Error(`${path} answered ${response.statusCode}: ${answer}`));
      }, reject);
    });
    request.on('error', reject).end(JSON.stringify(body));
  });
}
