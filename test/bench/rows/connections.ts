import { join } from 'node:path';
import { collectFrom, type Contestant, FLOOR, MALIPO, openShop, PEER } from '../collects.ts';
import { inFolder } from '../folder.ts';
import { type Answered, load } from '../load.ts';
import { atLeast, type Curve, figure, median, type Row } from '../row.ts';

const CONNECTIONS = [1, 8, 64, 256];
const WARM_UP_SECONDS = 2;
const SECONDS = 2;

const CONTESTANTS = [MALIPO, FLOOR, PEER] as const;

/** By contestant, then by connections: an answer for each round. */
type Results = Map<Contestant, Map<number, Answered[]>>;

export const row: Row = {
  name: 'connections',
  title: `Durable POST /v1/payments/collect at ${CONNECTIONS.join(', ')} connections`,

  async measure({ rounds, progress }) {
    const results: Results = new Map(CONTESTANTS.map((contestant) => [contestant, new Map(CONNECTIONS.map((connections) => [connections, []]))]));
    for (let round = 1; round <= rounds; round++) {
      for (const contestant of CONTESTANTS) await inFolder((folder) => measureOnce(contestant, join(folder, 'bench.db'), results.get(contestant)!));
      progress(`round ${round} of ${rounds}`);
    }
    const of = (contestant: Contestant, connections: number, what: keyof Answered) => median(results.get(contestant)!.get(connections)!.map((each) => each[what]));
    const curve = (name: string, title: string, y: string, what: keyof Answered): Curve => ({
      name,
      title,
      x: 'connections',
      y,
      series: CONTESTANTS.map((contestant) => ({ label: contestant.label, points: CONNECTIONS.map((connections) => [connections, of(contestant, connections, what)]) })),
    });
    return {
      figures: CONTESTANTS.flatMap((contestant) =>
        CONNECTIONS.map((connections) => figure(`${contestant.label}, ${connections}`, of(contestant, connections, 'perSecond'), `/s, p99 ${of(contestant, connections, 'p99Ms')} ms`)),
      ),
      goals: [atLeast(0.8, figure('256 connections against 64: it does not buckle', of(MALIPO, 256, 'perSecond') / of(MALIPO, 64, 'perSecond'), '×'))],
      curves: [
        curve('collects-by-connections', 'Durable collects', 'a second', 'perSecond'),
        curve('latency-by-connections', 'The slowest hundredth of the collects', 'ms (p99)', 'p99Ms'),
      ],
    };
  },
};

async function measureOnce(contestant: Contestant, file: string, results: Map<number, Answered[]>): Promise<void> {
  const key = await openShop(file);
  const server = await contestant.start(file);
  try {
    const target = collectFrom(contestant, server, key);
    await load(target, { connections: 64, seconds: WARM_UP_SECONDS });
    for (const [connections, answered] of results) answered.push(await load(target, { connections, seconds: SECONDS }));
  } finally {
    await server.stop();
  }
}
