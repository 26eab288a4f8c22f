/**
 * What several server processes counted (`WEB_CONCURRENCY`), brought to the one that is asked. Workers hear only the
 * process that started them, so it passes on who asks and what the others answer.
 */
import cluster, { type Worker } from 'node:cluster';
import { SECOND_MS } from './core/clock.ts';
import type { Counts, OtherProcesses } from './http/metrics/routes.ts';

/** A process that does not answer by then is busy or dying, and is left out this time: Prometheus waits ten seconds. */
const PATIENCE_MS = 2 * SECOND_MS;

type Message =
  | { malipo: 'what did the others count?'; question: number }
  | { malipo: 'what did you count?'; asker: number; question: number }
  | { malipo: 'I counted'; asker: number; question: number; counts: Counts }
  | { malipo: 'the others counted'; question: number; counts: Counts[] };

function isOurs(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'malipo' in message;
}

/** In the process that starts the workers. */
export function passCountsOn(): void {
  const open = new Map<string, { waitingFor: Set<number>; counts: Counts[]; end: () => void }>();

  const ask = (asker: Worker, question: number): void => {
    const name = `${asker.id}:${question}`;
    const others = Object.values(cluster.workers ?? {}).filter((worker): worker is Worker => worker !== undefined && worker.id !== asker.id && worker.isConnected());
    const end = () => {
      const { counts } = open.get(name)!;
      open.delete(name);
      clearTimeout(patience);
      tell(asker, { malipo: 'the others counted', question, counts });
    };
    const patience = setTimeout(end, PATIENCE_MS);
    open.set(name, { waitingFor: new Set(others.map(({ id }) => id)), counts: [], end });
    for (const worker of others) tell(worker, { malipo: 'what did you count?', asker: asker.id, question });
    if (others.length === 0) end();
  };

  cluster.on('message', (worker, message: unknown) => {
    if (!isOurs(message)) return;
    if (message.malipo === 'what did the others count?') ask(worker, message.question);
    if (message.malipo !== 'I counted') return;
    const asked = open.get(`${message.asker}:${message.question}`);
    if (asked === undefined || !asked.waitingFor.delete(worker.id)) return;
    asked.counts.push(message.counts);
    if (asked.waitingFor.size === 0) asked.end();
  });
}

/** One that dies in this moment cannot be told anything. */
function tell(worker: Worker, message: Message): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}

/** In a worker: the others as it reaches them. */
export function otherWorkers(): OtherProcesses {
  const questions = new Map<number, (counts: Counts[]) => void>();
  let asked = 0;
  let count: (() => Promise<Counts>) | null = null;
  const say = (message: Message) => void process.send?.(message, undefined, undefined, () => undefined);

  process.on('message', (message: unknown) => {
    if (!isOurs(message)) return;
    if (message.malipo === 'the others counted') questions.get(message.question)?.(message.counts);
    if (message.malipo !== 'what did you count?' || count === null) return;
    const { asker, question } = message;
    count().then((counts) => say({ malipo: 'I counted', asker, question, counts }), () => undefined);
  });

  return {
    answerWith: (counting) => (count = counting),
    counts: () =>
      new Promise((resolve) => {
        const question = asked++;
        questions.set(question, (counts) => {
          questions.delete(question);
          resolve(counts);
        });
        say({ malipo: 'what did the others count?', question });
      }),
  };
}
