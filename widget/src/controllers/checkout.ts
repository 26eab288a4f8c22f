/**
 * One checkout: loads the item, starts the payment, follows it to its end. Holds the machine's state and what is
 * known; knows nothing of how it looks.
 */
import { initialState, Task, TaskStatus } from '@lit/task';
import type { ReactiveControllerHost } from 'lit';
import type { CheckoutItem, CheckoutPayRequest, CheckoutStart, CheckoutStatus } from '../../../server/core/checkout-contract.ts';
import { CheckoutApiError, fetchItem, fetchStatus, parseSnapshot, startPayment, statusUrl } from '../api.ts';
import {
  type Attempt,
  forgetAttempt,
  isSameAttempt,
  newIdempotencyKey,
  readAttempt,
  type UnansweredAttempt,
  writeAttempt,
} from '../attempt-store.ts';
import { mobileMoneyOf } from '../details-form.ts';
import {
  type PayDetail,
  PayExpireEvent,
  PayFailureEvent,
  PayPendingEvent,
  PayStateChangeEvent,
  PaySuccessEvent,
} from '../events.ts';
import { canMove, type CheckoutState, stateOf } from '../machine.ts';
import { TIMING } from '../timing.ts';
import { Resume } from './resume.ts';
import { StatusStream } from './status-stream.ts';

/** What the checkout needs to know of its element. */
export interface CheckoutHost extends ReactiveControllerHost, HTMLElement {
  /** The item's slug, '' while there is none. */
  readonly item: string;
  /** The server, without a slash at the end. */
  readonly server: string;
  /** Where this item's attempt is stored. */
  readonly attemptPlace: string;
  /** Whether the buyer sees the panel. */
  readonly isPanelShown: boolean;
  /** Whether the site wants mobile money offered. */
  readonly offersMobileMoney: boolean;
  readonly hasUpdated: boolean;
}

export type KnownPayment = Pick<CheckoutStatus, 'reference' | 'status' | 'amount' | 'currency' | 'network' | 'expires_at'> &
  Partial<Pick<CheckoutStatus, 'failure_code' | 'failure_reason' | 'item' | 'is_test'>>;

/** One start request on its way; the element may show another item before it is answered. */
interface Errand {
  place: string;
  server: string;
  slug: string;
  attempt: UnansweredAttempt;
  isReplay: boolean;
}

export class Checkout {
  state: CheckoutState = 'idle';
  item: CheckoutItem | null = null;
  /** The latest the server said about the payment. */
  payment: KnownPayment | null = null;
  /** Code of the refusal that led back to the details, '' for none. */
  refusal = '';
  /** Code of what kept the item from loading, '' for none. */
  trouble = '';
  /** True after a check that found the payment still pending. */
  isStillPending = false;

  readonly #host: CheckoutHost;
  readonly #stream: StatusStream;
  readonly #load: Task<[string, string], CheckoutItem>;
  readonly #start: Task<[Errand], boolean>;
  readonly #check: Task<[string], boolean>;
  #attempt: Attempt | null = null;
  #loadedAt = 0;
  /** The place whose mistake the developer has been told. */
  #reported = '';
  /** Reference and status of the last event, so that each is told once. */
  #told = '';
  #startTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: CheckoutHost) {
    this.#host = host;
    this.#stream = new StatusStream(host);
    new Resume(host, () => {
      // Before its first update the element does not know its item; that update resumes by itself.
      if (host.hasUpdated) this.resume();
    });
    // Runs by itself whenever the item or the server changes.
    this.#load = new Task(host, {
      args: () => [host.server, host.item] as [string, string],
      task: ([server, slug], { signal }) => this.#fetchItem(server, slug, signal),
      onComplete: (item) => {
        this.#loaded(item);
      },
      onError: (error) => {
        this.#loadFailed(error as CheckoutApiError);
      },
    });
    this.#start = new Task(host, { autoRun: false, task: ([errand]) => this.#send(errand) });
    this.#check = new Task(host, { autoRun: false, task: ([failed]) => this.#look(failed) });
  }

  /** Everything the events tell. */
  get detail(): PayDetail {
    const { payment, item } = this;
    return {
      reference: payment?.reference ?? '',
      status: payment?.status ?? '',
      amount: payment?.amount ?? item?.amount ?? null,
      currency: payment?.currency ?? item?.currency ?? '',
    };
  }

  /** Whether a payment may be on its way. */
  get hasAttempt(): boolean {
    return this.#attempt !== null;
  }

  /** Another item or another server: another machine. A start on its way goes on and is stored under its own item. */
  restart(): void {
    this.#stream.stop();
    clearTimeout(this.#startTimer);
    this.item = this.payment = this.#attempt = null;
    this.refusal = this.trouble = '';
    if (this.state !== 'idle') {
      this.state = 'idle';
      this.#changed();
    }
    if (!this.resume() && this.#host.isPanelShown) this.enter();
  }

  /** Takes up the stored attempt, if there is one. True when a payment is on its way. */
  resume(): boolean {
    const attempt = readAttempt(this.#host.attemptPlace);
    if (attempt && this.state !== 'succeeded' && this.state !== 'starting' && !(this.#attempt && isSameAttempt(this.#attempt, attempt))) {
      this.#attempt = attempt;
      this.payment = null;
      if ('reference' in attempt) {
        this.#move('waiting');
        this.#follow(attempt, true);
      } else {
        this.#move('unknown');
        if (Date.now() - attempt.started_at < TIMING.replayMs) this.#follow(attempt, true);
      }
    }
    return this.#attempt !== null;
  }

  /** Takes up a payment known by its reference alone, as a restored form does. */
  resumeReference(reference: string): void {
    if (this.#attempt || this.state !== 'idle') return;
    this.#attempt = { reference, expires_at: '' };
    this.#move('waiting');
    this.#follow(this.#attempt, true);
  }

  /** The panel opens. */
  enter(): void {
    if (this.resume()) return;
    if (this.state === 'idle' || this.state === 'offline') this.#toDetails(this.refusal);
    if (this.item && Date.now() - this.#loadedAt > TIMING.freshMs) this.#reload();
  }

  /** The panel closes; only what has no payment behind it ends. */
  leave(): void {
    if (!this.#attempt && ['loading', 'details', 'offline'].includes(this.state)) this.#move('idle');
  }

  /** The element left the document. */
  abandonReads(): void {
    this.#load.abort();
  }

  /** Starts the payment. A second call while the first is on its way does nothing. */
  submit(body: CheckoutPayRequest): void {
    if (this.state !== 'details' || this.#start.status === TaskStatus.PENDING) return;
    // Another tab, or another button of this page, may be paying for this item already.
    if (this.resume()) return;
    const attempt: UnansweredAttempt = { key: newIdempotencyKey(), body, started_at: Date.now() };
    writeAttempt(this.#host.attemptPlace, attempt);
    this.#attempt = attempt;
    this.payment = null;
    this.refusal = '';
    this.#move('starting');
    this.#startTimer = setTimeout(() => this.#move('unknown'), TIMING.startMs);
    this.#run(attempt, false);
  }

  /** The buyer asks to look now. */
  check(): void {
    if (this.#attempt && this.#check.status !== TaskStatus.PENDING && this.#move('checking')) void this.#check.run(['']);
  }

  /** The buyer tries again, after a failed payment or a failed load. */
  retry(): void {
    const failed = this.state === 'failed' || this.state === 'expired' ? this.payment?.reference : undefined;
    if (!failed) {
      if (!this.#attempt) this.#toDetails('');
    } else if (this.#check.status !== TaskStatus.PENDING && this.#move('checking')) {
      void this.#check.run([failed]);
    }
  }

  #move(to: CheckoutState): boolean {
    if (!canMove(this.state, to)) return false;
    this.state = to;
    this.isStillPending = false;
    this.#changed();
    return true;
  }

  #changed(): void {
    this.#host.requestUpdate();
    this.#host.dispatchEvent(new PayStateChangeEvent({ ...this.detail, state: this.state }));
  }

  // The item.

  async #fetchItem(server: string, slug: string, signal: AbortSignal): Promise<CheckoutItem | typeof initialState> {
    if (!slug) return initialState;
    try {
      return await fetchItem(server, slug, signal);
    } catch (error) {
      if (signal.aborted) return initialState;
      throw error;
    }
  }

  #reload(): void {
    if (this.#load.status !== TaskStatus.PENDING) void this.#load.run();
  }

  #loaded(item: CheckoutItem): void {
    this.item = item;
    this.#loadedAt = Date.now();
    this.trouble = '';
    if (!this.#host.offersMobileMoney || !mobileMoneyOf(item)) {
      this.trouble = 'NO_METHOD';
      this.#move('unavailable');
    } else if (this.state === 'loading') {
      this.#move('details');
    }
  }

  #loadFailed({ code, status }: CheckoutApiError): void {
    const isMistake = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (isMistake) {
      this.trouble = 'NOT_FOUND';
      this.#report(`has nothing for sale under that name (${code}, HTTP ${String(status)}).`);
    } else if (this.state !== 'loading') {
      // Read ahead of need, or again: nobody waits for it, and the next opening tries again.
      return;
    } else {
      this.trouble = code;
    }
    this.#move(status ? 'unavailable' : 'offline');
  }

  /** One line for the site's developer, once for each item and server. */
  #report(what: string): void {
    const { attemptPlace, item, server } = this.#host;
    if (this.#reported === attemptPlace) return;
    this.#reported = attemptPlace;
    console.error(
      `<pay-button item="${item}">: ${server} ${what} Check the item attribute, or set base-url if the Malipo server is elsewhere.`,
    );
  }

  #toDetails(refusal: string): void {
    this.refusal = refusal;
    if (!this.#host.item) {
      this.trouble = 'NOT_FOUND';
      this.#report('was not asked, because there is no item attribute.');
      this.#move('unavailable');
    } else if (!this.#host.isPanelShown) {
      this.#move('idle');
    } else if (this.item) {
      this.#move('details');
    } else if (this.#move('loading')) {
      this.#reload();
    }
  }

  // The start.

  #run(attempt: UnansweredAttempt, isReplay: boolean): Promise<void> {
    const { attemptPlace: place, server, item: slug } = this.#host;
    return this.#start.run([{ place, server, slug, attempt, isReplay }]);
  }

  async #send(errand: Errand): Promise<boolean> {
    const { place, server, slug, attempt, isReplay } = errand;
    const isCurrent = (): boolean => this.#attempt === attempt;
    try {
      const started = await startPayment(server, slug, attempt.body, attempt.key);
      // Kept also when the element has been removed or shows another item by now.
      writeAttempt(place, { reference: started.reference, expires_at: started.expires_at });
      if (isCurrent()) this.#started(started, isReplay);
      return true;
    } catch (error) {
      const isRefused = error instanceof CheckoutApiError && error.isRefusal(isReplay);
      if (isRefused) forgetAttempt(place, attempt);
      if (isCurrent()) {
        clearTimeout(this.#startTimer);
        if (isRefused) {
          this.#end();
          this.#toDetails(error.code);
        } else if (!isReplay) {
          this.#move(doubt());
          this.#follow(attempt, false);
        }
      }
      return false;
    }
  }

  #started(started: CheckoutStart, isReplay: boolean): void {
    clearTimeout(this.#startTimer);
    const { reference, expires_at } = started;
    this.#attempt = { reference, expires_at };
    // The answer to a replay is the first answer: pending, whatever has happened since.
    this.payment = { ...started, status: 'pending' };
    this.#move('waiting');
    this.#tell();
    this.#follow(this.#attempt, isReplay || started.status !== 'pending');
  }

  // The wait.

  #follow(attempt: Attempt, askFirst: boolean): void {
    const isStarted = 'reference' in attempt;
    this.#stream.follow(
      {
        url: isStarted ? statusUrl(this.#host.server, attempt.reference) : null,
        deadline: isStarted ? Date.parse(attempt.expires_at) : attempt.started_at + TIMING.replayMs,
        ask: () => this.#ask(),
        hear: (event) => {
          const status = parseSnapshot(event);
          if (status) this.#hear(status);
        },
        lost: () => {
          this.#move(doubt());
          // From here on the buyer may have given up: a replay could ask a phone nobody expects to ring.
          if (!isStarted) this.#stream.stop();
        },
        offline: () => this.#move('offline'),
      },
      askFirst,
    );
  }

  /** Asks the server about the attempt, or sends the start again while that is all there is. */
  async #ask(): Promise<boolean> {
    const attempt = this.#attempt;
    if (!attempt) return true;
    if (!('reference' in attempt)) {
      if (this.#start.status !== TaskStatus.PENDING) await this.#run(attempt, true);
      return this.#attempt !== attempt;
    }
    try {
      const status = await fetchStatus(this.#host.server, attempt.reference);
      if (this.#attempt === attempt) this.#hear(status);
      return true;
    } catch (error) {
      if (this.#attempt !== attempt) return true;
      // A stored reference that the server does not know belongs to another life of that server.
      if ((error as CheckoutApiError).code === 'NOT_FOUND' && !this.payment) {
        forgetAttempt(this.#host.attemptPlace, attempt);
        this.#end();
        this.#toDetails('');
        return true;
      }
      if (!navigator.onLine) this.#move('offline');
      return false;
    }
  }

  async #look(failed: string): Promise<boolean> {
    if (failed) {
      // A late success is still a success: look before the buyer pays a second time.
      const status = await fetchStatus(this.#host.server, failed).catch(() => null);
      if (this.state !== 'checking') return true;
      if (status?.status === 'completed') this.#hear(status);
      else this.#toDetails('');
      return true;
    }
    const isAnswered = await this.#ask();
    if (this.state === 'checking') {
      this.#move(isAnswered ? 'waiting' : doubt());
      this.isStillPending = isAnswered;
    }
    return isAnswered;
  }

  #hear(status: CheckoutStatus): void {
    this.payment = status;
    const next = stateOf(status.status);
    if (next !== 'waiting') {
      if (this.#attempt) forgetAttempt(this.#host.attemptPlace, this.#attempt);
      this.#end();
    }
    // While the buyer looks on, the check itself ends the checking.
    if (next !== 'waiting' || this.state !== 'checking') this.#move(next);
    this.#tell();
    this.#host.requestUpdate();
  }

  #end(): void {
    this.#attempt = null;
    this.#stream.stop();
  }

  #tell(): void {
    const { detail } = this;
    const news = `${detail.reference} ${detail.status}`;
    if (news === this.#told) return;
    this.#told = news;
    const event = eventOf(detail);
    if (event) this.#host.dispatchEvent(event);
  }
}

/** The state to be in when nobody answers. */
function doubt(): 'unknown' | 'offline' {
  return navigator.onLine ? 'unknown' : 'offline';
}

function eventOf(detail: PayDetail): Event | null {
  switch (detail.status) {
    case 'pending':
      return new PayPendingEvent(detail);
    case 'completed':
      return new PaySuccessEvent(detail);
    case 'failed':
      return new PayFailureEvent(detail);
    case 'expired':
      return new PayExpireEvent(detail);
    case '':
      return null;
    default:
      return detail.status satisfies never;
  }
}
