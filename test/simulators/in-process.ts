/** A simulator behind a function, in virtual time: what takes nine seconds there takes none here. */
import type { Clock } from '../../server/core/clock.ts';
import { ANSWER_BYTES_MAX, ANSWER_DEADLINE_MS, NoAnswerError, type SendHttp } from '../../server/providers/http.ts';
import { FaultyLine } from './faults.ts';
import type { Simulator } from './simulator.ts';

export function inProcess(simulator: Simulator, clock: Clock): { http: SendHttp; line: FaultyLine } {
  const line = new FaultyLine(simulator);
  return { line, http: (request) => send(line, clock, request) };
}

const send = (line: FaultyLine, clock: Clock, { method, url, headers, body = '' }: Parameters<SendHttp>[0]): ReturnType<SendHttp> => {
  const { pathname: path, searchParams: query } = new URL(url);
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const fate = line.meet({ method, path, query, headers: lowerCase, body });
  switch (fate.kind) {
    case 'reset':
      return Promise.reject(new NoAnswerError('ECONNRESET'));
    case 'silence':
      if (fate.later !== undefined) clock.after(fate.later.afterMs, fate.later.arrive);
      return afterwards(clock, ANSWER_DEADLINE_MS, () => Promise.reject(new NoAnswerError('no answer in time')));
    case 'answer':
      if (fate.afterMs >= ANSWER_DEADLINE_MS) return afterwards(clock, ANSWER_DEADLINE_MS, () => Promise.reject(new NoAnswerError('no answer in time')));
      if (fate.answer.body.length > ANSWER_BYTES_MAX) return Promise.reject(new NoAnswerError('an answer that is too long'));
      return fate.afterMs === 0 ? Promise.resolve(fate.answer) : afterwards(clock, fate.afterMs, () => Promise.resolve(fate.answer));
    default:
      return fate satisfies never;
  }
};

function afterwards<T>(clock: Clock, ms: number, outcome: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    clock.after(ms, () => outcome().then(resolve, reject));
  });
}
