/**
 * Stories of payments that models tell, all on one server: opening a database takes longer than most of them. Each has
 * an app of its own; what its jobs still wait for at the end no later story lives to see.
 */
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { statement } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { malipoForFile, type TestMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { callBack, COLLECT } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

/** What can make Malipo ask; waiting may or may not, by its schedule, and the provider counts whether it did. */
export const OCCASIONS = ['callback', 'verify', 'seconds', 'minutes', 'hours', 'a day', 'a week'] as const;
export type Occasion = (typeof OCCASIONS)[number];

export const WAITS: Partial<Record<Occasion, number>> = { seconds: 20 * SECOND_MS, minutes: 16 * MINUTE_MS, hours: 5 * HOUR_MS, 'a day': DAY_MS, 'a week': 7 * DAY_MS };

/** Of every payment here; 46,000 of it are the app's. */
export const AGREED_MINOR = 5_000_000;
export const NET = 46_000;

/** A callback about what is closed waits for a provider that says nothing; nothing else may stop a job. */
const stuck = statement<{ problem: string }>(`
  SELECT subject || ': ' || last_error AS problem FROM jobs WHERE last_error <> '' AND last_error <> 'The provider did not say what became of it'`);

/** Five stories in a row that begin with a lost answer would take the line down for the sixth. */
const forgetLines = statement('DELETE FROM provider_lines');

const setAside = statement(`UPDATE jobs SET run_at = :never, last_error = '' WHERE lane <> :main`);

export interface Story {
  malipo: TestMalipo;
  provider: ScriptedProvider;
  paymentId: number;
  reference: string;
  startedAt: number;
  /** Lets it happen, and answers which references the provider was asked about by that, each once. */
  occur(occasion: Occasion, about?: string): Promise<string[]>;
  wallet(): Promise<number>;
  /** The kinds of what waits for a person of this payment, withdrawal or refund, but for that nobody knows. */
  reviewsOf(subject: string): Promise<string[]>;
}

export interface Stories {
  /** Begins with a customer who is asked to pay, and ends with books that verify and no job that cannot end. */
  tell(provider: ScriptedProvider, story: (story: Story) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openStories(): Promise<Stories> {
  const narrator = new Narrator();
  const malipo = await malipoForFile({ live: [narrator] });
  let told = 0;
  return {
    async tell(provider, story) {
      narrator.provider = provider;
      const { app, liveKey: key } = await malipo.makeShop({ slug: `duka-${told++}` });
      await malipo.post('/v1/payments/collect', COLLECT, { key });
      const { reference } = provider.collected[0]!;
      const [{ id: paymentId }] = (await rows<{ id: number }>(malipo.store, 'SELECT id FROM payments WHERE reference = :reference', { reference })) as [{ id: number }];
      let callbacks = 0;
      const happen = async (occasion: Occasion, about: string) => {
        if (occasion === 'callback') {
          await callBack(malipo, about, { callback: callbacks++ });
          await malipo.jobs.runDue();
        } else if (occasion === 'verify') {
          // Past the moment for which an answer counts as fresh, and short of any check.
          malipo.clock.advance(4 * SECOND_MS);
          await malipo.post('/v1/webhooks/verify', { reference }, { key });
        } else {
          await malipo.pass(WAITS[occasion]!);
        }
      };
      await story({
        malipo,
        provider,
        paymentId,
        reference,
        startedAt: malipo.clock.now(),
        occur: async (occasion, about = reference) => {
          const before = provider.asked.length;
          await happen(occasion, about);
          return [...new Set(provider.asked.slice(before))];
        },
        wallet: () => walletBalance(malipo.store, { appId: app.id, mode: 'live' }),
        reviewsOf: async (subject) =>
          (await rows<{ kind: string }>(malipo.store, `SELECT kind FROM reviews WHERE subject = :subject AND kind <> 'outcome_unknown' AND resolved_at IS NULL ORDER BY kind`, { subject })).map(({ kind }) => kind),
      });
      const problems = [...(await verifyBooks(malipo.store.read)), ...(await malipo.store.read.all(stuck)).map(({ problem }) => problem)];
      await malipo.store.write(async (tx) => {
        await tx.run(setAside, { never: Number.MAX_SAFE_INTEGER, main: '' });
        await tx.run(forgetLines);
      });
      if (problems.length > 0) throw new Error(problems.join('\n'));
    },
    close: () => malipo.close(),
  };
}

/** The one provider that the server knows, which does what the story's own does. */
class Narrator extends ScriptedProvider {
  provider = new ScriptedProvider();

  constructor() {
    super();
    this.answersCollect((request) => this.provider.collect(request));
    this.answersDisburse((request) => this.provider.disburse(request));
    this.answersStatus((payment): Promise<ProviderStatus> => this.provider.status(payment));
  }
}
