import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServe, startServerProcess } from '../../serve-process.ts';
import { inFolder } from '../folder.ts';
import { residentMb } from '../machine.ts';
import { atMost, figure, median, type Row } from '../row.ts';

const HELLO = fileURLToPath(new URL('../floors/hello.ts', import.meta.url));

/** How long a started server is left alone before its memory is read. */
const IDLE_MS = 2_000;

interface Started {
  firstAnswerMs: number;
  idleMb: number;
}

export const row: Row = {
  name: 'start',
  title: 'Start to first answer, and memory when idle',

  async measure({ rounds, progress }) {
    const first: Started[] = [];
    const again: Started[] = [];
    const hello: Started[] = [];
    for (let round = 1; round <= rounds; round++) {
      await inFolder(async (folder) => {
        const file = join(folder, 'malipo.db');
        const env = { NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
        first.push(await measureOnce(() => startServe(file, env)));
        again.push(await measureOnce(() => startServe(file, env)));
        hello.push(await measureOnce(() => startServerProcess([HELLO], env)));
      });
      progress(`round ${round} of ${rounds}: ${Math.round(again.at(-1)!.firstAnswerMs)} ms, ${Math.round(again.at(-1)!.idleMb)} MB`);
    }
    const startS = (started: Started[]) => median(started.map(({ firstAnswerMs }) => firstAnswerMs)) / 1_000;
    const idle = (started: Started[]) => median(started.map(({ idleMb }) => idleMb));
    return {
      figures: [
        figure('first start ever: new database, nothing compiled', startS(first), 's'),
        figure('floor: a bare Fastify route', startS(hello), 's'),
        figure('  its memory', idle(hello), 'MB'),
      ],
      goals: [
        atMost(0.5, figure('start to first answer of /healthz', startS(again), 's')),
        atMost(130, figure('resident memory when idle', idle(again), 'MB')),
      ],
    };
  },
};

async function measureOnce(start: () => Promise<ServerProcess>): Promise<Started> {
  const spawnedAt = performance.now();
  const server = await start();
  try {
    const answer = await fetch(`${server.url}/healthz`);
    if (answer.status !== 200) throw new Error(`/healthz answered ${answer.status}`);
    const firstAnswerMs = performance.now() - spawnedAt;
    await answer.arrayBuffer();
    await sleep(IDLE_MS);
    return { firstAnswerMs, idleMb: residentMb(server.pid) };
  } finally {
    await server.stop();
  }
}
