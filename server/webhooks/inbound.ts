/**
 * The inbox for what providers tell us: authenticate, store once, answer; everything else happens from the
 * table. A callback is evidence that something happened, so its payment's provider is asked what.
 */
import { createHash } from 'node:crypto';
import { type Clock, DAY_MS, SECOND_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { statement, type Store, type Transaction } from '../db/store.ts';
import type { Job, JobQueue } from '../jobs/queue.ts';
import type { JobResult } from '../jobs/runner.ts';
import { type CalledBack, type Heard, unasked } from '../payments/asking.ts';
import type { LostAnswers } from '../payments/lost-answers.ts';
import { providerLane } from '../providers/lane.ts';
import type { CallbackHeaders, CallbackHint, Provider } from '../providers/provider.ts';
import type { ProviderRouting } from '../providers/routing.ts';
import { type RefusalLog, RefusedCallbacks } from './refused-callbacks.ts';

export const PROCESS_CALLBACK_JOB = 'callback.process';

/** Processed callbacks are kept this long for whoever has to look into a dispute. */
const KEPT_FOR_MS = 90 * DAY_MS;

/** How long the provider of a closed payment or withdrawal is asked after a callback before we leave it to the look-backs. */
const ASKED_AFTER_CALLBACK_MS = DAY_MS;

/** A repetition is a reason to ask again, so long after the last asking: a burst is one reason. */
const ASKED_AGAIN_AFTER_MS = 30 * SECOND_MS;

/** A reference as we make them, or as anybody could: printable, and of a length that somebody meant. */
const REFERENCE = /^[\x21-\x7e]{1,100}$/;

const insert = statement<{ id: number }>(`
  INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at)
  VALUES (:provider, :fingerprint, :reference, :body, :now)
  ON CONFLICT (provider, fingerprint) DO NOTHING RETURNING id`);

/** Said again: always at a later moment, so that whoever acts on it meanwhile sees that there is more to hear. */
const hearAgain = statement<{ id: number; processedAt: number | null }>(`
  UPDATE provider_callbacks SET received_at = CASE WHEN received_at < :now THEN :now ELSE received_at + 1 END
  WHERE provider = :provider AND fingerprint = :fingerprint RETURNING id, processed_at AS "processedAt"`);

/** After it was acted on: the provider may know more now than when it was asked then. */
const reopen = statement('UPDATE provider_callbacks SET processed_at = NULL WHERE id = :id');

const find = statement<{ reference: string; receivedAt: number; processedAt: number | null }>(`
  SELECT reference, received_at AS "receivedAt", processed_at AS "processedAt" FROM provider_callbacks WHERE id = :id`);

const markProcessed = statement('UPDATE provider_callbacks SET processed_at = :now WHERE id = :id AND received_at = :receivedAt');

/** Callbacks looked at in one commit: forgetting must not keep payments waiting. */
const FORGET_TOGETHER = 500;

// By id, which rises with time: by processed_at it would read the whole table, bodies and all, with every payment waiting.
const oldest = statement<{ id: number; receivedAt: number }>(`
  SELECT id, received_at AS "receivedAt" FROM provider_callbacks
  WHERE id > :after ORDER BY id LIMIT ${FORGET_TOGETHER}`);

const forget = statement('DELETE FROM provider_callbacks WHERE id >= :from AND id <= :upTo AND processed_at < :before');

export class InboundCallbacks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #routing: ProviderRouting;
  readonly #about: readonly CalledBack[];
  readonly #lostAnswers: LostAnswers;
  readonly #refused: RefusedCallbacks;

  constructor(deps: {
    store: Store;
    clock: Clock;
    jobs: JobQueue;
    routing: ProviderRouting;
    /** What a callback may be about, the most likely first. */
    about: readonly CalledBack[];
    lostAnswers: LostAnswers;
    log: RefusalLog;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#routing = deps.routing;
    this.#about = deps.about;
    this.#lostAnswers = deps.lostAnswers;
    this.#refused = new RefusedCallbacks(deps);
  }

  /**
   * Takes a callback in; resolves once it is on disk. Throws NOT_FOUND for an unknown provider, AUTHENTICATION_ERROR
   * for one that is not the provider's and VALIDATION_ERROR for one that is, but is about nothing that can be asked
   * for. Hearing the same thing twice stores it once, and is a reason to ask again when the first asking is over. What
   * anybody may have sent is taken for no more than that, whatever it says: one row for each payment it is about.
   */
  async receive(slug: string, headers: CallbackHeaders, rawBody: string): Promise<void> {
    const provider = this.#routing.receiver(slug);
    if (provider === undefined) throw new ApiError('NOT_FOUND', `There is no provider ${JSON.stringify(slug)}`);
    const hint = readHint(provider, headers, rawBody);
    if (hint === null) {
      this.#refused.tell(provider);
      throw new ApiError('AUTHENTICATION_ERROR', 'The callback is not signed by the provider');
    }
    const reference = 'reference' in hint ? hint.reference : await this.#ownReference(slug, hint);
    if (reference === undefined) return;
    const fingerprint = createHash('sha256').update('unproven' in hint ? `hint:${reference}` : rawBody).digest('hex');
    await this.#store.write(async (tx) => {
      const now = this.#clock.now();
      const stored = await tx.get(insert, { provider: slug, fingerprint, reference, body: rawBody, now });
      const due = stored === undefined ? await this.#hearAgain(tx, { provider: slug, fingerprint }, now) : { id: stored.id, runAt: now };
      if (due === null) return;
      const lane = providerLane({ provider: slug, mode: provider.mode ?? 'live' });
      await this.#jobs.enqueue(tx, { kind: PROCESS_CALLBACK_JOB, subject: `callback:${due.id}`, lane, runAt: due.runAt }, now);
    });
  }

  /** What is said again is acted on again, a while after the last time; null where the job that will act on it stands. */
  async #hearAgain(tx: Transaction, said: { provider: string; fingerprint: string }, now: number): Promise<{ id: number; runAt: number } | null> {
    const { id, processedAt } = (await tx.get(hearAgain, { ...said, now }))!;
    if (processedAt === null) return null;
    await tx.run(reopen, { id });
    return { id, runAt: Math.max(now, processedAt + ASKED_AGAIN_AFTER_MS) };
  }

  /** Our reference of what a provider calls by its own; of what is not ours there is nothing to ask. */
  async #ownReference(provider: string, hint: Exclude<CallbackHint, { reference: string }>): Promise<string | undefined> {
    for (const name of namesIn(hint)) {
      for (const each of this.#about) {
        const reference = await each.referenceOf(provider, name);
        if (reference !== undefined) return reference;
      }
    }
    return 'told' in hint && hint.told ? (await this.#lostAnswers.find(provider, hint.providerRef, hint.told))?.reference : undefined;
  }

  /** The job that acts on one stored callback. What its provider says is written in the commit that ends it, or not by us. */
  async process(job: Job): Promise<JobResult> {
    const id = Number(job.subject.slice('callback:'.length));
    const callback = await this.#store.read.get(find, { id });
    if (callback === undefined || callback.processedAt !== null) return 'done';
    const { reference, receivedAt } = callback;
    const { subject, answered, applyIn } = await this.#hearOf(reference);
    // What is pending is followed anyway. Of what is closed this callback may be the last word: ask again later.
    const worthAskingAgain = subject.status !== 'pending' && this.#clock.now() < receivedAt + ASKED_AFTER_CALLBACK_MS;
    if (!answered && worthAskingAgain) throw new Error('The provider did not say what became of it');
    return {
      doneWith: async (tx) => {
        await applyIn?.(tx);
        await this.#markProcessed(tx, job, { id, receivedAt });
      },
    };
  }

  /** Unless it was said again while its provider was asked, which may not have known yet: then it is acted on again. */
  async #markProcessed(tx: Transaction, { kind, subject, lane }: Job, callback: { id: number; receivedAt: number }): Promise<void> {
    const now = this.#clock.now();
    if ((await tx.run(markProcessed, { ...callback, now })) === 1) return;
    await this.#jobs.enqueue(tx, { kind, subject, lane, runAt: now + ASKED_AGAIN_AFTER_MS }, now);
  }

  /**
   * Asks about the payment, withdrawal or refund of this reference; of one that nobody knows there is nothing to hear. Also
   * about one that has completed: the callback may be what takes it back. Whether it came before or after the completion
   * does not tell: what completed it may be an answer from before the callback, committed after it.
   */
  async #hearOf(reference: string): Promise<Heard<{ status: string }>> {
    for (const each of this.#about) {
      const heard = await each.hearOf(reference);
      if (heard !== undefined) return heard;
    }
    return unasked({ status: '' }, { answered: true });
  }

  /** The recurring job that forgets old callbacks. */
  async forgetOld(): Promise<void> {
    const before = this.#clock.now() - KEPT_FOR_MS;
    for (let after = 0; ; ) {
      const old = (await this.#store.read.all(oldest, { after })).filter(({ receivedAt }) => receivedAt < before);
      const last = old.at(-1);
      if (last === undefined) return;
      await this.#store.write((tx) => tx.run(forget, { from: old[0]!.id, upTo: last.id, before }));
      after = last.id;
    }
  }
}

/**
 * What the callback asks us to look at. A provider's own message may still be none that its adapter can read, or carry
 * a reference that is no text of ours (a NUL, which a PostgreSQL text cannot hold): refused, and never our error.
 */
function readHint(provider: Provider, headers: CallbackHeaders, rawBody: string): CallbackHint | null {
  let hint: CallbackHint | null;
  try {
    hint = provider.readCallback(headers, rawBody);
  } catch (cause) {
    throw new ApiError('VALIDATION_ERROR', 'The callback cannot be read', { cause });
  }
  if (hint !== null && namesIn(hint).length === 0) throw new ApiError('VALIDATION_ERROR', 'The callback names no reference of ours');
  if (hint !== null && rawBody.includes('\0')) throw new ApiError('VALIDATION_ERROR', 'The callback is not text');
  return hint;
}

/** What it may be known by here; a name that nobody could have meant is none. */
function namesIn(hint: CallbackHint): readonly string[] {
  const names = 'oneOf' in hint ? hint.oneOf : ['reference' in hint ? hint.reference : hint.providerRef];
  return names.filter((name) => typeof name === 'string' && REFERENCE.test(name));
}
