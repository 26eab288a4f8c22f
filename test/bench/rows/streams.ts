import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServe } from '../../serve-process.ts';
import { NEVER_MS, openShop } from '../collects.ts';
import { inFolder } from '../folder.ts';
import { residentMb } from '../machine.ts';
import { atLeast, atMost, figure, median, type Row } from '../row.ts';
import { asked, startWatchers } from '../watching.ts';

const STREAMS = 10_000;
const APPROVALS = 1_000;
const APPROVALS_PER_SECOND = 50;

/** How long the server is left alone before its memory is read. */
const SETTLE_MS = 3_000;

interface Measurement {
  open: number;
  kbEach: number;
  tookMs: number[];
}

export const row: Row = {
  name: 'streams',
  title: `${STREAMS.toLocaleString('en')} open status streams on one process; ${APPROVALS_PER_SECOND} of their buyers approve each second`,

  async measure({ rounds, progress }) {
    const measured: Measurement[] = [];
    // A round takes a minute, and its percentiles are of a thousand payments already.
    for (let round = 1; round <= Math.min(rounds, 3); round++) {
      measured.push(await inFolder((folder) => measureOnce(join(folder, 'malipo.db'), progress)));
    }
    const tookMs = measured.flatMap(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return {
      figures: [figure('from the buyer’s approval to the event, median', median(tookMs), 'ms')],
      goals: [
        atLeast(STREAMS, figure('streams held', Math.min(...measured.map(({ open }) => open)), '')),
        atMost(25, figure('memory of each', median(measured.map(({ kbEach }) => kbEach)), 'kB')),
        atMost(250, figure('from the buyer’s approval to the event, 99th percentile', tookMs[Math.floor(tookMs.length * 0.99)]!, 'ms')),
      ],
    };
  },
};

async function measureOnce(file: string, progress: (line: string) => void): Promise<Measurement> {
  const key = await openShop(file);
  const server = await startServe(file, { RATE_LIMIT_FACTOR: '0', SANDBOX_APPROVAL_MS: NEVER_MS });
  const watchers = startWatchers({ url: server.url, key, streams: STREAMS, approvals: APPROVALS, perSecond: APPROVALS_PER_SECOND });
  try {
    await asked(watchers, { do: 'pay' });
    await sleep(SETTLE_MS);
    const beforeMb = residentMb(server.pid);
    const { open } = await asked(watchers, { do: 'open' });
    await sleep(SETTLE_MS);
    const kbEach = ((residentMb(server.pid) - beforeMb) * 1_024) / STREAMS;
    progress(`${open} streams are open, ${kbEach.toFixed(1)} kB each`);
    const { tookMs, open: left } = await asked(watchers, { do: 'approve' });
    if (left !== STREAMS - APPROVALS) throw new Error(`${STREAMS - APPROVALS - left} streams were lost`);
    return { open, kbEach, tookMs };
  } finally {
    watchers.kill();
    await server.stop();
  }
}
