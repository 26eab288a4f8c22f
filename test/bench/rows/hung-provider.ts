import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../../serve-process.ts';
import { startServe } from '../../serve-process.ts';
import { collectFrom, MALIPO, openShop } from '../collects.ts';
import { inFolder } from '../folder.ts';
import { type Answered, load } from '../load.ts';
import { credentialsAt, startProviders } from '../providers.ts';
import { atMost, figure, median, type Row } from '../row.ts';

const HUNG = 500;

/** Well below what the server can do: what is measured is what a customer waits for, not how fast a queue grows. */
const PER_SECOND = 300;
const CONNECTIONS = 64;

/**
 * Long enough for everything that a hung provider does to a server: its requests are opened, hang, are given up after 9 s
 * all at once, and after 15 s are asked about.
 */
const SECONDS = 18;
/** As long as it takes until payments are asked about as fast as they come. */
const WARM_UP_SECONDS = 16;

const POLL_MS = 20;

export const row: Row = {
  name: 'hung-provider',
  title: `Collects with one provider, ${PER_SECOND} a second, while another hangs on ${HUNG} open requests`,

  async measure({ rounds, progress }) {
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      const one = await measureRound(round % 2 === 0);
      measured.push(one);
      progress(`round ${round} of ${rounds}: p99 ${one.alone.p99Ms} ms alone, ${one.beside.p99Ms} ms beside it`);
    }
    const of = (contestant: keyof Round, what: keyof Answered) => median(measured.map((round) => round[contestant][what]));
    const ratio = median(measured.map(({ alone, beside }) => beside.p99Ms / alone.p99Ms));
    return {
      figures: [
        figure('alone', of('alone', 'p50Ms'), `ms p50, p99 ${of('alone', 'p99Ms')} ms`),
        figure(`beside a provider that hangs on ${HUNG} requests`, of('beside', 'p50Ms'), `ms p50, p99 ${of('beside', 'p99Ms')} ms`),
      ],
      goals: [atMost(1.5, figure('p99 beside it against alone', ratio, '×'))],
    };
  },
};

type Round = Record<'alone' | 'beside', Answered>;

/** Each on a server and a database of its own, in turn first: what else the machine does changes from minute to minute. */
async function measureRound(besideFirst: boolean): Promise<Round> {
  const alone = () => inFolder((folder) => measure(folder, { hung: 0 }));
  const beside = () => inFolder((folder) => measure(folder, { hung: HUNG }));
  if (besideFirst) {
    const first = await beside();
    return { beside: first, alone: await alone() };
  }
  return { alone: await alone(), beside: await beside() };
}

async function measure(folder: string, { hung }: { hung: number }): Promise<Answered> {
  const file = join(folder, 'malipo.db');
  const providers = await startProviders();
  const key = await openShop(file, 'live');
  const server = await startServe(file, credentialsAt(providers.url));
  try {
    const target = collectFrom(MALIPO, server, key);
    await load(target, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS, perSecond: PER_SECOND });
    const hanging = Promise.all(Array.from({ length: hung }, (_, index) => collectThatHangs(server, key, index)));
    await allHang(providers.url, hung);
    const answered = await load(target, { connections: CONNECTIONS, seconds: SECONDS, perSecond: PER_SECOND });
    await hanging;
    return answered;
  } finally {
    await server.stop();
    await providers.stop();
  }
}

/** Each of another customer: nobody is asked more than a few times. */
async function collectThatHangs(server: ServerProcess, key: string, index: number): Promise<void> {
  const phone = `254712${String(index).padStart(3, '0')}345`;
  const answer = await fetch(`${server.url}/v1/payments/collect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({ amount: 500, currency: 'KES', phone_number: phone, provider: 'relworx' }),
  });
  if (answer.status !== 200) throw new Error(`A collect with the hung provider answered ${answer.status}: ${await answer.text()}`);
}

async function allHang(providersUrl: string, count: number): Promise<void> {
  for (;;) {
    const { held } = (await (await fetch(providersUrl)).json()) as { held: number };
    if (held >= count) return;
    await sleep(POLL_MS);
  }
}
