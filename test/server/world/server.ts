/** A Malipo in the world: the real app with the real adapters, on a store that outlives it and providers in virtual time. */
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApp, type Malipo } from '../../../server/app.ts';
import type { Config } from '../../../server/config.ts';
import { type Clock, HOUR_MS } from '../../../server/core/clock.ts';
import type { Store } from '../../../server/db/store.ts';
import { foldBalances } from '../../../server/ledger/folding.ts';
import type { SendHttp } from '../../../server/providers/http.ts';
import { configuredProviders } from '../../../server/providers/live.ts';
import { takeUpWhereTheLastServerStopped } from '../../../server/running.ts';
import { type Fates, Life, mortalClock, mortalHttp, MortalStore } from './mortal.ts';

export interface ServerDeps {
  config: Config;
  store: Store;
  clock: Clock;
  /** Whether no other server runs on this store, so that it may take up what its predecessor left. */
  isAlone: boolean;
  http: (slug: string) => SendHttp;
  fates: Fates;
  random: () => number;
  logTo: { write(line: string): void };
}

/** Every ten seconds elsewhere: the books of a world are too small to be worth it, and half of its time would go there. */
const FOLDED_EVERY_MS = 12 * HOUR_MS;

export class WorldServer {
  readonly life: Life;
  readonly malipo: Malipo;
  readonly store: Store;

  static async start({ config, isAlone, http, fates, random, logTo, ...world }: ServerDeps): Promise<WorldServer> {
    const life = new Life();
    const clock = mortalClock(world.clock, life);
    // What it commits while it starts is no place to die: `malipo serve` would only be started again.
    let hasStarted = false;
    const store = new MortalStore(world.store, {
      life,
      clock: world.clock,
      fates: { ofCommit: () => (hasStarted ? fates.ofCommit() : 'survived'), isHeldUpReading: () => hasStarted && fates.isHeldUpReading() },
    });
    const log = { warn: note, error: note };
    function note(details: object, message: string): void {
      logTo.write(JSON.stringify({ ...details, message }));
    }
    const liveProviders = await configuredProviders(config, { clock, log, http: (slug) => mortalHttp(http(slug), life) });
    const malipo = await buildApp({ config, store, clock, secret: SECRET, liveProviders, logTo, random });
    malipo.jobs.handle('ledger.fold', async () => {
      await foldBalances(store);
      return { runAgainAt: clock.now() + FOLDED_EVERY_MS };
    });
    if (isAlone) await takeUpWhereTheLastServerStopped(store, malipo, clock);
    hasStarted = true;
    return new WorldServer(life, malipo, store);
  }

  private constructor(life: Life, malipo: Malipo, store: Store) {
    this.life = life;
    this.malipo = malipo;
    this.store = store;
  }

  /** Its answer; null when it dies before it gives one. */
  async asked(request: InjectOptions): Promise<LightMyRequestResponse | null> {
    if (this.life.isOver) return null;
    return Promise.race([this.malipo.app.inject(request), this.life.over.then(() => null)]);
  }
}

const SECRET = Buffer.alloc(32, 7);
