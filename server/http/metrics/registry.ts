import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { committed, jobRan, providerCalled } from '../../core/signals.ts';
import type { Counts } from './routes.ts';
import { surfaceOf } from './surfaces.ts';

/** What is read when somebody asks, and not counted before. */
export interface Gauges {
  openStreams(): number;
  /** Jobs that are due and not taken, and how long the first of them has been. */
  queue(): Promise<{ lane: 'main' | 'providers' | 'receivers'; due: number; ageMs: number }[]>;
  ledger(): Promise<LedgerGauges>;
  lines(): Promise<{ provider: string; network: string; currency: string; isUp: boolean }[]>;
}

export interface LedgerGauges {
  /** What all accounts of a currency and mode come to, in minor units: nothing, while the books are in order. */
  unbalanced: { currency: string; mode: string; minor: number }[];
  accountsBelowZero: number;
  reviewsOpen: number;
}

/** How long what was read is given to whoever asks again: many who ask must not cost more than one. */
const READ_AGAIN_AFTER_MS = 5_000;

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PROVIDER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 7, 10];
const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const BATCH_COMMANDS = [1, 2, 4, 8, 16, 32, 64, 128];

/**
 * Every label is one of a few: a route's pattern, a surface, a status, a provider, a kind of job. None is anything that a
 * caller chose.
 */
export class MetricsRegistry {
  readonly #registry = new Registry();
  readonly #requests;
  readonly #requestSeconds;
  readonly #readGauges: () => Promise<void>;
  readonly #countStreams: () => void;
  #read: { at: number; done: Promise<void> } | null = null;

  constructor(gauges: Gauges) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({ name: 'malipo_http_requests_total', help: 'Answers, by route and status', labelNames: ['surface', 'route', 'method', 'status'], registers });
    this.#requestSeconds = new Histogram({ name: 'malipo_http_request_seconds', help: 'From a request to the end of its answer', labelNames: ['surface', 'status'], buckets: REQUEST_SECONDS, registers });
    listenToProviders(registers);
    listenToCommits(registers);
    listenToJobs(registers);
    this.#readGauges = readers(gauges, registers);
    new Gauge({ name: 'malipo_processes', help: 'Server processes whose counts these are', registers }).set(1);
    const streams = new Gauge({ name: 'malipo_open_streams', help: 'Status streams that are open', registers });
    this.#countStreams = () => streams.set(gauges.openStreams());
  }

  answered({ route, method, status, ms }: { route: string | undefined; method: string; status: number; ms: number }): void {
    const surface = surfaceOf(route);
    this.#requests.inc({ surface, route: route ?? 'none', method: route === undefined ? 'any' : method, status });
    // A stream is open for minutes: its time says nothing about answering.
    if (surface !== 'streams') this.#requestSeconds.observe({ surface, status: `${Math.floor(status / 100)}xx` }, ms / 1_000);
  }

  /** As prom-client writes it for other processes: what was counted here. What all read of one database is whatever it was. */
  async counts() {
    this.#countStreams();
    return this.#registry.getMetricsAsJSON();
  }

  /** What this process and `others` counted, together, and what it reads of the database for all of them. */
  async expose(others: readonly Counts[]): Promise<{ contentType: string; text: string }> {
    const now = performance.now();
    if (this.#read === null || now - this.#read.at > READ_AGAIN_AFTER_MS) this.#read = { at: now, done: this.#readGauges() };
    await this.#read.done;
    const counts = await this.counts();
    const all = others.length === 0 ? this.#registry : AggregatorRegistry.aggregate([counts, ...others]);
    return { contentType: all.contentType, text: await all.metrics() };
  }
}

function listenToProviders(registers: Registry[]): void {
  const calls = new Counter({ name: 'malipo_provider_calls_total', help: 'Calls to providers, by what they answered', labelNames: ['provider', 'call', 'outcome'], registers });
  const seconds = new Histogram({ name: 'malipo_provider_call_seconds', help: 'How long providers took', labelNames: ['provider', 'call'], buckets: PROVIDER_SECONDS, registers });
  providerCalled.listen(({ provider, call, outcome, ms }) => {
    calls.inc({ provider, call, outcome });
    seconds.observe({ provider, call }, ms / 1_000);
  });
}

function listenToCommits(registers: Registry[]): void {
  const size = new Histogram({ name: 'malipo_commit_commands', help: 'Commands that shared a commit', buckets: BATCH_COMMANDS, registers });
  const seconds = new Histogram({ name: 'malipo_commit_seconds', help: 'From the beginning of a transaction until it was on disk', buckets: COMMIT_SECONDS, registers });
  committed.listen(({ commands, ms }) => {
    size.observe(commands);
    seconds.observe(ms / 1_000);
  });
}

function listenToJobs(registers: Registry[]): void {
  const jobs = new Counter({ name: 'malipo_jobs_total', help: 'Jobs that were run', labelNames: ['kind', 'outcome'], registers });
  const seconds = new Histogram({ name: 'malipo_job_seconds', help: 'How long jobs took', labelNames: ['kind'], buckets: REQUEST_SECONDS, registers });
  jobRan.listen(({ kind, outcome, ms }) => {
    jobs.inc({ kind, outcome });
    seconds.observe({ kind }, ms / 1_000);
  });
}

function readers(gauges: Gauges, registers: Registry[]): () => Promise<void> {
  // The first of several processes is the one that is asked, which reads for all.
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) => new Gauge({ name, help, labelNames, registers, aggregator: 'first' });
  const due = gauge('malipo_jobs_due', 'Jobs that are due and wait to be run', ['lane']);
  const age = gauge('malipo_jobs_oldest_due_seconds', 'For how long the first of them has been due', ['lane']);
  const unbalanced = gauge('malipo_ledger_unbalanced_minor', 'What all accounts come to: 0, or the books are broken', ['currency', 'mode']);
  const belowZero = gauge('malipo_ledger_accounts_below_zero', 'Wallets and held accounts below zero: 0, or the books are broken');
  const reviews = gauge('malipo_reviews_open', 'Payments, payouts, withdrawals and refunds that wait for a person');
  const up = gauge('malipo_line_up', '1 while a provider’s line to a network takes payments', ['provider', 'network', 'currency']);
  return async () => {
    const [queue, ledger, lines] = await Promise.all([gauges.queue(), gauges.ledger(), gauges.lines()]);
    for (const { lane, due: jobs, ageMs } of queue) {
      due.set({ lane }, jobs);
      age.set({ lane }, ageMs / 1_000);
    }
    for (const { currency, mode, minor } of ledger.unbalanced) unbalanced.set({ currency, mode }, minor);
    belowZero.set(ledger.accountsBelowZero);
    reviews.set(ledger.reviewsOpen);
    for (const { provider, network, currency, isUp } of lines) up.set({ provider, network, currency }, isUp ? 1 : 0);
  };
}
