/** One adapter on one simulator over real HTTP, for the running test. */
import { onTestFinished } from 'vitest';
import { configuredProviders } from '../../../../server/providers/live.ts';
import type { AskedPayment, CollectRequest, DisburseRequest, Provider, RefundRequest } from '../../../../server/providers/provider.ts';
import type { FaultyLine } from '../../../simulators/faults.ts';
import { overHttp } from '../../../simulators/http-shell.ts';
import type { Movement, SimulatedCallback, Simulator } from '../../../simulators/simulator.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { configOf, type Contestant } from './contestants.ts';

export interface Bench {
  adapter: Provider;
  simulator: Simulator;
  line: FaultyLine;
  clock: ManualClock;
  /** What the provider posted to its merchant. */
  callbacks: SimulatedCallback[];
  /** Every line the adapter logged. */
  log: string[];
  collectRequest(change?: Partial<CollectRequest>): CollectRequest;
  disburseRequest(change?: Partial<DisburseRequest>): DisburseRequest;
  refundRequest(paymentProviderRef: string): RefundRequest;
  asked(change?: Partial<AskedPayment>): AskedPayment;
  /** What the provider's books have under a reference. */
  movements(reference: string): Movement[];
}

export const REFERENCE = 'dgw_0VZk3aQ7mPdR2xw9LhT5uYc8GsNf1';
export const AMOUNT = 25_000;
export const AMOUNT_MINOR = AMOUNT * 100;

export async function benchOf(contestant: Contestant, env: Record<string, string> = {}): Promise<Bench> {
  const clock = new ManualClock();
  const callbacks: SimulatedCallback[] = [];
  const log: string[] = [];
  const simulator = contestant.simulator({ clock, tell: (callback) => callbacks.push(callback) });
  const shell = await overHttp(simulator);
  onTestFinished(() => shell.close());
  const write = (details: object, message: string) => void log.push(`${message} ${JSON.stringify(details, errorText)}`);
  const providers = await configuredProviders(configOf({ ...contestant.env(shell.url), ...env }), { clock, log: { warn: write, error: write } });
  const { currency, method, phone, network } = contestant;
  const common = { reference: REFERENCE, amountMinor: AMOUNT_MINOR, currency, phone, network, merchant: 'Mama Njeri Crafts', description: 'Sisal basket', createdAt: clock.now() };
  return {
    adapter: providers.get(contestant.slug)!,
    simulator,
    line: shell.line,
    clock,
    callbacks,
    log,
    collectRequest: (change) => ({ ...common, method, item: '', customerName: 'Jane Doe', customerEmail: 'jane@example.com', expiresAt: clock.now() + 4 * 60 * 60_000, ...change }),
    disburseRequest: (change) => ({ ...common, ...change }),
    refundRequest: (paymentProviderRef) => ({ reference: `${REFERENCE}r`, paymentProviderRef, amountMinor: AMOUNT_MINOR, currency, reason: 'Returned', createdAt: clock.now() }),
    asked: (change) => ({ reference: REFERENCE, providerRef: '', direction: 'collect', method, currency, createdAt: common.createdAt, ...change }),
    movements: (reference) => simulator.books.byReference(reference),
  };
}

/** Errors as a log prints them: JSON alone would show none of their words. */
function errorText(_name: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack, cause: String(value.cause ?? '') } : value;
}

