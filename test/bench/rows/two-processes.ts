import { startPostgres } from '../../postgres-process.ts';
import { runCliWith, startServe } from '../../serve-process.ts';
import { NEVER_MS } from '../collects.ts';
import { atMost, figure, median, type Row } from '../row.ts';
import { asked, startWatchers } from '../watching.ts';

const BUYERS = 500;
const APPROVALS_PER_SECOND = 20;

const ENV = { MALIPO_SECRET: 'the secret of the bench', RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: NEVER_MS };

export const row: Row = {
  name: 'two-processes',
  title: `Two server processes on one PostgreSQL (fsync on): ${BUYERS} buyers watch at both, ${APPROVALS_PER_SECOND} of them approve each second`,

  async measure({ rounds, progress }) {
    const apart = { oneProcess: [] as number[], two: [] as number[] };
    const tookMs: number[] = [];
    // A round takes half a minute, and its percentiles are of a thousand payments already.
    for (let round = 1; round <= Math.min(rounds, 3); round++) {
      apart.oneProcess.push(...(await watchedAtBoth({ processes: 1 })).apartMs);
      const two = await watchedAtBoth({ processes: 2 });
      apart.two.push(...two.apartMs);
      tookMs.push(...two.tookMs);
      progress(`round ${round}: ${median(two.apartMs).toFixed(1)} ms from one process to the other, median`);
    }
    return {
      figures: [
        figure('floor: from the first of two events of one process to the second, 99th percentile', percentile(apart.oneProcess), 'ms'),
        figure('from the event in one process to the event in the other, median', median(apart.two), 'ms'),
        figure('from the buyer’s approval to the first event, median', median(tookMs), 'ms'),
      ],
      goals: [atMost(100, figure('from the event in one process to the event in the other, 99th percentile', percentile(apart.two), 'ms'))],
    };
  },
};

function percentile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
}

/** Each buyer has two streams open: whichever process settles the payment tells its own, and the other hears of it. */
async function watchedAtBoth({ processes }: { processes: 1 | 2 }): Promise<{ tookMs: number[]; apartMs: number[] }> {
  const postgres = await startPostgres({ durable: true });
  const { test_key: key } = await runCliWith<{ test_key: string }>(ENV, postgres.url, 'app', 'create', '--name', 'Bench', '--slug', 'bench');
  const servers = await Promise.all(Array.from({ length: processes }, () => startServe(postgres.url, ENV)));
  const [one, other = one] = servers as [(typeof servers)[0]];
  const watchers = startWatchers({ url: one.url, watchAt: [one.url, other.url], key, streams: BUYERS, approvals: BUYERS, perSecond: APPROVALS_PER_SECOND });
  try {
    await asked(watchers, { do: 'pay' });
    await asked(watchers, { do: 'open' });
    return await asked(watchers, { do: 'approve' });
  } finally {
    watchers.kill();
    await Promise.all(servers.map((server) => server.stop()));
    await postgres.remove();
  }
}
