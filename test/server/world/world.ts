/**
 * A world of merchants, customers, operators, providers and servers in which everything goes wrong that can, in virtual
 * time and by chance that a seed decides. Real are the app, its adapters, its commands and its database; time, connections
 * and fate are the world's. First a storm: faults on every line, lost and forged callbacks, servers that die between two
 * commits. Then a calm long enough for every look-back, in which money still comes late and is taken back, after which
 * `judgement.ts` compares the books of everybody.
 *
 * The same seed makes the same world, event by event: nothing waits for a socket, a timer of the machine or the time.
 */
import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { loadConfig } from '../../../server/config.ts';
import type { Store } from '../../../server/db/store.ts';
import type { SendHttp } from '../../../server/providers/http.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import type { Difference } from '../../../server/reconciliation/reconcile.ts';
import { inProcess } from '../../simulators/in-process.ts';
import { IotecSimulator } from '../../simulators/iotec/iotec.ts';
import { RelworxSimulator } from '../../simulators/relworx/relworx.ts';
import type { SimulatedCallback, Simulator, SimulatorDeps } from '../../simulators/simulator.ts';
import { STRIPE_LIVE, StripeSimulator } from '../../simulators/stripe/stripe.ts';
import { Chance } from '../crash/chance.ts';
import { CONTESTANTS, PUBLIC_URL } from '../providers/contract/contestants.ts';
import { ManualClock, TEST_START } from '../support/manual-clock.ts';
import { Cardholders } from './cardholders.ts';
import { Customers } from './customers.ts';
import { forged } from './forgers.ts';
import { onFreshStore } from './fresh-store.ts';
import { judge } from './judgement.ts';
import { type Attempt, Merchants, type Reply } from './merchants.ts';
import type { CommitFate, Fates } from './mortal.ts';
import { Operators } from './operators.ts';
import { Postman } from './postman.ts';
import { differencesOf, UNHEARD } from './reconciling.ts';
import { WorldServer } from './server.ts';
import { TakingBack } from './taking-back.ts';
import { Tempers } from './tempers.ts';
import { sendsMoneyOut, Weather } from './weather.ts';

export interface WorldReport {
  seed: number;
  /** Of every event in its order: the same for the same seed. */
  hash: string;
  /** A readable sentence for everything that must not be. */
  problems: string[];
  counts: { requests: number; commits: number; crashes: number };
  /** How often each kind of payment ended how: `collect completed`. */
  ends: Readonly<Record<string, number>>;
  /** How often each kind of fault befell a request. */
  faults: Readonly<Record<string, number>>;
  /** The last events, for whoever looks into a problem. */
  trace: readonly string[];
}

const STORM_MS = 15 * MINUTE_MS;
const ATTEMPTS_MIN = 5;
const ATTEMPTS_MAX = 40;

/** Beyond the last look-back at the last payment, a week after it expired, and the last payout, a week after it was paid. */
const CALM_MS = 9 * DAY_MS;

/** So long before the end nothing is taken back any more: what is told of it still has to come and to be acted on. */
const UNDISTURBED_MS = 12 * HOUR_MS;

/** Of so many commits one is a server's last, and before one of so many it is held up. */
const FATES = { aLife: 150, aHoldUp: 60 } as const;

/** And of those around the sending of money out, which must not be sent again: from when it is asked for until it is answered. */
const FATES_OF_MONEY_OUT = { aLife: 16, aHoldUp: 6 } as const;
/** Of so many rows read in that time one is old when it is acted on. */
const READINGS_A_HOLD_UP = 3;
const TEMPTED_FOR_MS = 10 * SECOND_MS;
const LONGEST_DOWN_MS = 60 * SECOND_MS;

/** The event loop is quiet when so many of its turns bring nothing about. */
const QUIET_TURNS = 4;

/**
 * How long the server of a calm lets due jobs wait: the longer, the longer nothing has happened. What is asked about every
 * quarter of an hour for a day gets the same answer until somebody acts, and whoever acts is attended to.
 */
const LEAST_PAUSE_MS = SECOND_MS;
const PAUSE_SHARE = 0.1;

export function runWorld(seed: number): Promise<WorldReport> {
  return onFreshStore((store) => new World(seed, store).run());
}

class World {
  readonly #seed: number;
  readonly #store: Store;
  readonly #chance: Chance;
  readonly #clock = new ManualClock();
  readonly #weather: Weather;
  readonly #customers: Customers;
  readonly #cardholders: Cardholders;
  readonly #merchants: Merchants;
  readonly #operators: Operators;
  readonly #postman: Postman;
  readonly #takingBack: TakingBack;
  readonly #simulators: Simulator[] = [];
  readonly #https = new Map<string, SendHttp>();
  readonly #config;
  /** One for each place a server runs at; null while it is down. */
  readonly #servers: (WorldServer | null)[];
  readonly #trace: string[] = [];
  readonly #log: string[] = [];
  readonly #counts = { requests: 0, commits: 0, crashes: 0 };
  #isCalm = false;
  #activity = 0;
  #temptedUntil = 0;
  readonly #fates: Fates = { ofCommit: () => this.#fate(), isHeldUpReading: () => this.#isHeldUpReading() };
  #key = '';
  readonly #toStart: number[] = [];

  constructor(seed: number, store: Store) {
    this.#seed = seed;
    this.#store = this.#watched(store);
    // Everybody has chance of their own: what one does changes nothing of what befalls another.
    const chance = new Chance(seed);
    const own = () => new Chance(chance.below(2 ** 32));
    this.#chance = own();
    const clock = this.#clock;
    this.#weather = new Weather(own(), clock);
    this.#postman = new Postman({ chance: own(), clock, deliver: async (slug, { body, headers }) => (await this.#send(`/v1/webhooks/${slug}`, body, headers))?.status ?? null });
    this.#takingBack = new TakingBack({ chance: own(), clock, postman: this.#postman });
    const stripe = this.#added('stripe', (deps) => new StripeSimulator(deps, STRIPE_LIVE));
    for (const { slug, simulator } of CONTESTANTS.filter(({ method }) => method === 'mobile_money')) this.#added(slug, simulator);
    for (const simulator of this.#simulators) if (simulator instanceof RelworxSimulator && this.#chance.below(2) === 0) simulator.saysToRepeated = null;
    const tempers = new Tempers({ chance: own(), simulators: this.#simulators, takingBack: this.#takingBack });
    this.#customers = new Customers({ chance: own(), clock, takingBack: this.#takingBack, tempers });
    this.#cardholders = new Cardholders({ chance: own(), clock, stripe, takingBack: this.#takingBack });
    this.#merchants = new Merchants({
      chance: own(),
      clock,
      send: ({ path, body, key }) => this.#send(path, body, { 'x-api-key': this.#key, ...(key === null ? {} : { 'idempotency-key': key }) }),
      toThePage: (secret) => this.#cardholders.meet(secret),
    });
    this.#operators = new Operators({ chance: own(), clock, store: this.#store, fates: this.#fates, asked: () => this.#tempt() });
    const env = CONTESTANTS.map(({ slug, env }) => env(`http://${slug}.world`));
    const liveKeys = { STRIPE_SECRET_KEY: STRIPE_LIVE.secretKey, STRIPE_PUBLISHABLE_KEY: STRIPE_LIVE.publishableKey };
    this.#config = loadConfig(Object.assign({ RATE_LIMIT_FACTOR: '0', PUBLIC_URL }, ...env, liveKeys) as Record<string, string>);
    this.#servers = this.#chance.below(3) === 0 ? [null, null] : [null];
  }

  /** A provider on a line that has weather. */
  #added<S extends Simulator>(slug: string, make: (deps: SimulatorDeps) => S): S {
    const clock = this.#clock;
    const simulator = make({ clock, tell: (callback) => this.#postman.take(slug, callback) });
    const { http, line } = inProcess(simulator, clock);
    line.plan = (request) => {
      const fault = this.#weather.faultFor(slug, request);
      this.#note(`${slug} ${request.method} ${request.path} ${JSON.stringify(fault ?? null)}`);
      if (sendsMoneyOut(request)) this.#tempt();
      return fault;
    };
    this.#https.set(slug, (request) => this.#counted(http(request)));
    this.#simulators.push(simulator);
    return simulator;
  }

  async run(): Promise<WorldReport> {
    for (const place of this.#servers.keys()) await this.#start(place);
    const { apps, keys } = this.#servers[0]!.malipo;
    const { app } = await apps.create({ name: 'Duka', slug: 'duka' });
    this.#key = (await keys.create(app.id, 'live')).key;
    this.#merchants.begin(ATTEMPTS_MIN + this.#chance.below(ATTEMPTS_MAX - ATTEMPTS_MIN), { withinMs: STORM_MS - 5 * MINUTE_MS });
    this.#operators.begin(await configuredProviders(this.#config, { clock: this.#clock, log: UNHEARD, http: (slug) => this.#https.get(slug)! }));
    this.#mischief();
    await this.#storm();
    await this.#calm();
    const differences = await this.#reconciled();
    const { attempts } = this.#merchants;
    const { wishes, paidByHand, surprises } = this.#operators;
    const { untold } = this.#takingBack;
    const { problems, ends } = await judge({ store: this.#store, attempts, simulators: this.#simulators, untold, wishes, paidByHand, surprises, differences, log: this.#log });
    for (const line of outcomes(attempts, this.#simulators)) this.#note(line);
    return { seed: this.#seed, hash: createHash('sha256').update(this.#trace.join('\n')).digest('hex'), problems, ends, faults: this.#weather.faults, counts: this.#counts, trace: this.#trace };
  }

  async #storm(): Promise<void> {
    const end = this.#clock.now() + STORM_MS;
    for (;;) {
      await this.#settleDown();
      for (const place of this.#toStart.splice(0)) await this.#start(place);
      const next = this.#clock.nextDueAt;
      if (next === null || next > end) break;
      this.#clock.advance(next - this.#clock.now());
    }
  }

  /** One server is left, on lines that work. Callbacks still get lost, but for those without which nobody can be asked. */
  async #calm(): Promise<void> {
    this.#isCalm = true;
    this.#weather.isCalm = true;
    const unaskable = new Set<string>(CONTESTANTS.filter(({ findsByReference }) => !findsByReference).map(({ slug }) => slug));
    this.#postman.careFor(unaskable);
    for (const server of this.#servers) server?.life.end();
    await this.#settleDown();
    this.#servers.length = 1;
    const { malipo } = await this.#start(0, { runsItself: false });
    for (const { books } of this.#simulators.filter(({ slug }) => unaskable.has(slug))) for (const movement of books.movements) if (movement.endedAt !== null) books.tellAgain(movement);
    const startedAt = this.#clock.now();
    const end = startedAt + CALM_MS;
    this.#clock.after(CALM_MS - UNDISTURBED_MS, () => this.#takingBack.stop());
    let lookAt = startedAt;
    for (;;) {
      await this.#settleDown();
      const due = (await malipo.queue.nextRunAt()) ?? Infinity;
      const next = Math.min(this.#clock.nextDueAt ?? Infinity, Math.max(due, lookAt));
      if (next > end) return;
      this.#clock.advance(Math.max(0, next - this.#clock.now()));
      const now = this.#clock.now();
      if (due > now) continue;
      lookAt = Math.min(end, now + Math.max(LEAST_PAUSE_MS, Math.round((now - startedAt) * PAUSE_SHARE)));
      void malipo.jobs.runDue();
    }
  }

  /** What `malipo reconcile` says of each provider, from the beginning of the world to its end. */
  #reconciled(): Promise<Difference[]> {
    const http = (slug: string) => this.#https.get(slug)!;
    return differencesOf({ config: this.#config, store: this.#store, clock: this.#clock, http, span: { from: TEST_START - MINUTE_MS, until: this.#clock.now() + 1 } });
  }

  async #start(place: number, { runsItself = true } = {}): Promise<WorldServer> {
    const server = await WorldServer.start({
      config: this.#config,
      store: this.#store,
      clock: this.#clock,
      isAlone: this.#servers.length === 1,
      http: (slug) => this.#https.get(slug)!,
      fates: this.#fates,
      random: () => this.#chance.next(),
      logTo: { write: (line) => void this.#log.push(line) },
    });
    if (runsItself) server.malipo.jobs.start();
    this.#note(`server ${place} starts`);
    this.#servers[place] = server;
    void server.life.over.then(() => this.#died(place, server));
    return server;
  }

  #died(place: number, server: WorldServer): void {
    if (this.#servers[place] !== server) return;
    this.#servers[place] = null;
    if (this.#isCalm) return;
    this.#note(`server ${place} died`);
    this.#counts.crashes++;
    this.#clock.after(this.#chance.below(LONGEST_DOWN_MS), () => this.#toStart.push(place));
  }

  /** Money is about to go out, or just went. */
  #tempt(): void {
    this.#temptedUntil = this.#clock.now() + TEMPTED_FOR_MS;
  }

  #fate(): CommitFate {
    this.#note('commit');
    this.#counts.commits++;
    // Before the shop has its key nobody could start again what died.
    const isSafe = this.#isCalm || this.#key === '';
    if (isSafe) return 'survived';
    const { aLife, aHoldUp } = this.#isTempted ? FATES_OF_MONEY_OUT : FATES;
    const fate = this.#chance.below(aHoldUp) === 0 ? 'is held up' : this.#chance.below(aLife) > 0 ? 'survived' : this.#lastCommit();
    // One falls; who takes up its work meanwhile has better luck.
    if (fate !== 'survived') this.#temptedUntil = 0;
    return fate;
  }

  #isHeldUpReading(): boolean {
    if (this.#isCalm || !this.#isTempted || this.#chance.below(READINGS_A_HOLD_UP) > 0) return false;
    this.#temptedUntil = 0;
    return true;
  }

  get #isTempted(): boolean {
    return this.#clock.now() < this.#temptedUntil;
  }

  #lastCommit(): CommitFate {
    return this.#chance.below(2) === 0 ? 'dies before' : 'dies after';
  }

  /** Now and then tokens expire in the middle of everything, and somebody forges a callback. */
  #mischief(): void {
    this.#clock.after((10 + this.#chance.below(60)) * SECOND_MS, () => {
      if (this.#isCalm) return;
      const simulator = this.#chance.oneOf(this.#simulators);
      if (simulator instanceof IotecSimulator) simulator.expireTokens();
      const worthIt = simulator.books.movements.filter(({ status }) => status === 'pending' || status === 'success');
      const callback = worthIt.length === 0 ? null : forged(simulator, this.#chance.oneOf(worthIt));
      if (callback !== null) void this.#forge(simulator.slug, callback);
      this.#mischief();
    });
  }

  async #forge(slug: string, { body, headers }: SimulatedCallback): Promise<void> {
    await this.#send(`/v1/webhooks/${slug}`, body, headers);
  }

  /** To one of the servers that run; a GET where there is nothing to say. */
  async #send(path: string, payload: string | object | null, headers: Record<string, string>): Promise<Reply | null> {
    const alive = this.#servers.filter((server) => server !== null);
    if (alive.length === 0) return null;
    const answer = await this.#counted(this.#chance.oneOf(alive).asked(payload === null ? { method: 'GET', url: path, headers } : { method: 'POST', url: path, payload, headers }));
    this.#note(`${path} answered ${answer?.statusCode ?? 'nothing'}`);
    this.#counts.requests++;
    return answer && { status: answer.statusCode, body: answer.body };
  }

  /** Until everything waits for time to pass. */
  async #settleDown(): Promise<void> {
    let [seen, quiet] = [this.#activity, 0];
    while (quiet < QUIET_TURNS) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#customers.look(this.#simulators.filter(({ slug }) => slug !== 'stripe'));
      this.#cardholders.look();
      quiet = seen === this.#activity ? quiet + 1 : 0;
      seen = this.#activity;
    }
  }

  #watched(store: Store): Store {
    return {
      engine: store.engine,
      bell: store.bell,
      read: store.read,
      write: (command, sharing) => this.#counted(store.write(command, sharing)),
      backup: (file) => store.backup(file),
      close: () => store.close(),
    };
  }

  #counted<T>(outcome: Promise<T>): Promise<T> {
    this.#activity++;
    return outcome.finally(() => this.#activity++);
  }

  #note(event: string): void {
    this.#trace.push(`${this.#clock.now()} ${event.replace(/dgw_[0-9A-Za-z]{20,}/g, '…')}`);
  }
}

/** How every attempt ended, without what is drawn from the machine's own chance. */
function outcomes(attempts: readonly Attempt[], simulators: readonly Simulator[]): string[] {
  const moved = simulators.flatMap(({ slug, books }) => books.movements.map(({ msisdn, status, endedAt }) => `${slug} ${msisdn} ${status} ${endedAt}`));
  return [...attempts.map(({ msisdn, answer }) => `${msisdn} was told ${answer?.status ?? 'nothing'}`), ...moved];
}
