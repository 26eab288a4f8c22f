/** Every call an adapter makes to its provider, by name. */
import type { ProviderStatus, Submission } from '../../../../server/providers/provider.ts';
import { type Bench, REFERENCE } from './bench-of.ts';
import type { Contestant } from './contestants.ts';

/** What a call came to; `nothing` where its provider said nothing that can be used, and what was thrown then. */
export type Told = Submission | ProviderStatus | { kind: 'told'; value: unknown } | { kind: 'nothing'; error?: unknown };

export interface Call {
  name: string;
  /** Where its requests go. */
  path: RegExp;
  /** What its provider has to have before. */
  prepare?(at: Bench): Promise<unknown>;
  ask(at: Bench): Promise<Told>;
}

/** The time that its history is asked for. */
const AROUND_MS = 60_000;

/** The calls of an adapter, by what its contestant says of it. */
export function callsOf({ paths, currency, phone, findsByReference }: Contestant): Call[] {
  const paid = async (at: Bench): Promise<string> => {
    const submission = await at.adapter.collect(at.collectRequest());
    at.simulator.books.approve(at.simulator.books.movements[0]!);
    return 'providerRef' in submission ? (submission.providerRef ?? '') : '';
  };
  const refs = new WeakMap<Bench, string>();
  /** The provider's own name of what was prepared; else one that it could have. */
  const nameAt = (at: Bench) => refs.get(at) ?? '1000';
  const afterPaying = async (at: Bench) => refs.set(at, await paid(at));
  const collect = (at: Bench) => at.adapter.collect(at.collectRequest());
  const calls: (Call | undefined)[] = [
    { name: 'collect', path: paths.collect, ask: collect },
    paths.token && { name: 'collect without a token', path: paths.token, ask: collect },
    paths.disburse && { name: 'disburse', path: paths.disburse, ask: (at) => at.adapter.disburse(at.disburseRequest()) },
    { name: 'status', path: paths.status, prepare: afterPaying, ask: (at) => at.adapter.status(at.asked({ providerRef: nameAt(at) })) },
    findsByReference ? { name: 'status by our reference', path: paths.status, prepare: afterPaying, ask: (at) => at.adapter.status(at.asked()) } : undefined,
    paths.disburse && {
      name: 'status of a payout',
      path: paths.status,
      prepare: async (at) => {
        const { providerRef } = (await at.adapter.disburse(at.disburseRequest())) as { providerRef: string };
        at.simulator.books.approve(at.simulator.books.movements[0]!);
        refs.set(at, providerRef);
      },
      ask: (at) => at.adapter.status(at.asked({ direction: 'disburse', providerRef: nameAt(at) })),
    },
    paths.refund && { name: 'refund', path: paths.refund, prepare: afterPaying, ask: (at) => at.adapter.refund!(at.refundRequest(nameAt(at))) },
    paths.refund && {
      name: 'status of a refund',
      path: paths.refund,
      prepare: async (at) => at.adapter.refund!(at.refundRequest(await paid(at))),
      ask: (at) => at.adapter.status(at.asked({ direction: 'refund', reference: `${REFERENCE}r` })),
    },
    paths.balance && { name: 'balance', path: paths.balance, ask: (at) => told(at.adapter.balance!(currency)) },
    paths.name && { name: 'name', path: paths.name, ask: (at) => told(at.adapter.nameOf!(phone)) },
    paths.history && {
      name: 'history',
      path: paths.history,
      prepare: async (at) => (paths.disburse === undefined ? paid(at) : at.adapter.disburse(at.disburseRequest())),
      ask: (at) => told(at.adapter.history!({ from: at.clock.now() - AROUND_MS, until: at.clock.now() + AROUND_MS })),
    },
  ];
  return calls.filter((call) => call !== undefined);
}

async function told(answer: Promise<unknown>): Promise<Told> {
  try {
    const value = await answer;
    return value === null ? { kind: 'nothing' } : { kind: 'told', value };
  } catch (error) {
    return { kind: 'nothing', error };
  }
}
