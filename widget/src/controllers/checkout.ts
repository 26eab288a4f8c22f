/**
 * One checkout: starts the payment and follows it to its end. Holds the machine's state and what is known; knows nothing
 * of how it looks.
 */
import type { ReactiveControllerHost } from 'lit';
import type { CheckoutPayRequest, CheckoutStart, CheckoutStatus } from '../../../server/core/checkout-contract.ts';
import { CheckoutApiError, fetchStatus, NO_ANSWER, parseSnapshot, startPayment, statusUrl } from '../api.ts';
import { answeredAttempt, type Attempt, forgetAttempt, isSameAttempt, newIdempotencyKey, readAttempt, writeAttempt } from '../attempt-store.ts';
import { outcomeEvent, type PayDetail, PayStartEvent, PayStateChangeEvent } from '../events.ts';
import { canMove, type CheckoutState, stateOf } from '../machine.ts';
import { PutOff } from '../put-off.ts';
import { Developer } from '../site-mistakes.ts';
import { TIMING } from '../timing.ts';
import { Offer, type OfferHost } from './offer.ts';
import { Resume } from './resume.ts';
import { StatusStream } from './status-stream.ts';

/** What the checkout needs to know of its element. */
export interface CheckoutHost extends ReactiveControllerHost, HTMLElement, OfferHost {
  /** Where this item's attempt is stored. */
  readonly attemptPlace: string;
  /** Whether the buyer sees the panel. */
  readonly isPanelShown: boolean;
  readonly hasUpdated: boolean;
  /** What the site says that is paid, and for how many. */
  readonly amount: number | null;
  readonly count: number;
}

/** What is known of a payment: the answer to its start, then its status. */
export type KnownPayment = (CheckoutStart | (CheckoutStatus & { asks_another?: never })) & Partial<CheckoutStatus>;

export class Checkout {
  state: CheckoutState = 'idle';
  readonly offer: Offer;
  /** The latest the server said about the payment. */
  payment: KnownPayment | null = null;
  /** The payment on its way, or the request for one. */
  attempt: Attempt | null = null;
  readonly putOff = new PutOff();
  /** The code to explain the state with, '' for none: a refused start, an item that did not load. */
  code = '';
  /** True after a check that found the payment still pending. */
  isStillPending = false;
  /** The number that is asked, '' where that is not known: after a reload, which does not keep it, and for a card. */
  phone = '';
  /** True once the buyer wants the request gone, to send another or none. */
  isGivenUp = false;
  /** True while the bank of a card is waited for, and nothing more is to be typed. */
  isAwaited = false;

  readonly #host: CheckoutHost;
  readonly #stream: StatusStream;
  /** The attempt whose start request is on its way. */
  #sending: Attempt | null = null;
  /** Until then the server wants to hear no replay, in milliseconds since 1970. */
  #quietUntil = 0;
  readonly #developer: Developer;
  /** Reference and status of the last event: each is told once. */
  #told = '';

  constructor(host: CheckoutHost) {
    this.#host = host;
    this.#developer = new Developer(host);
    this.offer = new Offer(host, (error) => {
      this.#offered(error);
    });
    this.#stream = new StatusStream(host);
    new Resume(host, (place = host.attemptPlace) => {
      // Before its first update the element does not know its item; that update resumes by itself.
      if (!host.hasUpdated || place !== host.attemptPlace) return;
      this.resume();
      this.#heedNetwork();
    });
  }

  /** Everything the events tell. */
  get detail(): PayDetail {
    const { payment, offer } = this;
    const { amount = null, currency = '' } = payment ?? offer.item ?? {};
    return { reference: payment?.reference ?? '', status: payment?.status ?? '', amount, currency };
  }

  /** Whether the payment on its way is made by card, and not approved on a phone. */
  get isByCard(): boolean {
    return !!this.attempt?.reference && !!this.attempt.key;
  }

  /** Where a pending payment is shown. */
  get #pending(): CheckoutState {
    return this.isByCard && !this.isAwaited && !this.attempt?.page ? 'card' : 'waiting';
  }

  /** Another item or another server: another machine. A start on its way goes on and is stored under its own item. */
  restart(): void {
    this.offer.forget();
    this.putOff.attempt = null;
    this.#end();
    this.payment = null;
    this.code = '';
    if (this.state !== 'idle') this.#set('idle');
    if (this.#host.isPanelShown) this.enter();
    else this.resume();
    void this.offer.read();
  }

  /** Takes up the stored attempt, or one known by its reference alone. True when a payment is on its way. */
  resume(attempt = readAttempt(this.#host.attemptPlace)): boolean {
    if (attempt && !isSameAttempt(attempt, this.attempt)) {
      const to = attempt.reference ? 'waiting' : 'unknown';
      // The one that was unknown was given up for this one, and is not asked for beside it.
      if (this.#move(to) || (to === 'unknown' && this.state === to)) this.#begin(attempt, true);
    }
    return !!this.attempt;
  }

  /** The panel opens. */
  enter(): void {
    if (!this.resume() && this.state === 'idle') this.#toDetails(this.code);
    else if (!this.attempt && this.state === 'offline') this.check();
    if (this.offer.isOld) void this.offer.read();
  }

  /** The panel closes; what has no payment behind it ends. One that had ended goes on being looked at. */
  leave(): void {
    if (!this.attempt && ['loading', 'details'].includes(this.state)) this.#move('idle');
  }

  /** Starts the payment of this amount, null where nobody knows it. Again while the first is on its way, it does nothing. */
  submit(body: CheckoutPayRequest, amount: number | null): void {
    if (!this.#host.dispatchEvent(new PayStartEvent({ ...this.detail, reference: '', status: '', amount }))) return;
    // Another tab, or another button of this page, may be paying for this item already.
    if (this.resume() || !this.#move('starting')) return;
    const attempt: Attempt = { key: this.putOff.key(body) || newIdempotencyKey(), body, started_at: Date.now() };
    writeAttempt(this.#host.attemptPlace, attempt);
    this.code = '';
    this.#begin(attempt, false);
    void this.#send(attempt, false);
  }

  /** The buyer asks to look now; after a failure, that is the first step of trying again. */
  check(): void {
    if (this.state === 'checking') return;
    if ((this.attempt ?? this.payment) && this.#move('checking')) void this.#look();
    else if (!this.attempt) this.#toDetails('');
  }

  /**
   * The buyer wants this request gone, to send another or none. Nobody can take it back from the phone, so that is
   * granted only when it has ended for certain: then the form is back by itself.
   */
  giveUp(): void {
    this.isGivenUp = true;
    this.check();
  }

  /**
   * Writes down that a card is about to be sent to its bank, or that the bank has certainly refused it. False where
   * another tab has gone another way meanwhile: nothing may be charged here then.
   */
  confirms(confirmed: boolean): boolean {
    const { attempt } = this;
    // What was sent no tab leaves: where that is not stored any more, the site has emptied its storage.
    const stored = readAttempt(this.#host.attemptPlace) ?? (attempt?.confirmed ? attempt : null);
    const isHere = !!attempt && isSameAttempt(stored, attempt);
    if (isHere) {
      attempt.confirmed = confirmed;
      writeAttempt(this.#host.attemptPlace, attempt);
    } else {
      this.leaveCard();
    }
    return isHere;
  }

  /** The buyer wants to pay in another way. A card that may have been charged is looked after first. */
  leaveCard(): void {
    const { attempt } = this;
    const stored = readAttempt(this.#host.attemptPlace) ?? attempt;
    if (!attempt) return;
    if (!isSameAttempt(stored, attempt)) {
      this.resume();
    } else if (stored?.confirmed) {
      this.check();
    } else {
      forgetAttempt(this.#host.attemptPlace, attempt);
      this.putOff.attempt = attempt;
      this.#end();
      this.payment = null;
      this.#toDetails('');
    }
  }

  /** What is said of the network follows it. What its server calls pending is asked about by the stream. */
  #heedNetwork(): void {
    if (this.state !== 'offline') return;
    if (!navigator.onLine) this.#host.requestUpdate();
    else if (!this.attempt) this.check();
    else if (!this.attempt.reference) this.#doubt();
  }

  #move(to: CheckoutState): boolean {
    const isAllowed = canMove(this.state, to);
    if (isAllowed) this.#set(to);
    return isAllowed;
  }

  #set(state: CheckoutState): void {
    this.state = state;
    this.isStillPending = false;
    this.#host.requestUpdate();
    this.#host.dispatchEvent(new PayStateChangeEvent({ ...this.detail, state }));
  }

  // The item.

  #offered(error?: CheckoutApiError): void {
    const isWaited = this.state === 'loading';
    if (!error) {
      this.#developer.hearsPrice(this.offer.item?.amount ?? null);
      if (!this.offer.isSellable) this.#refuse('NO_METHOD');
      else if (isWaited) this.#move('details');
      this.#host.requestUpdate();
      // An item read ahead of need, or again, may fail unseen: the next opening tries again.
    } else if (error.isFinal) {
      this.#refuse('NOT_FOUND', 'unavailable', error.message);
    } else if (isWaited) {
      this.#refuse(error.code, error.status ? 'unavailable' : 'offline', error.message);
    }
  }

  #refuse(code: string, to: CheckoutState = 'unavailable', reason = ''): void {
    this.#developer.hears(code, reason);
    this.code = code;
    this.#move(to);
  }

  #toDetails(code: string): void {
    this.code = code;
    if (!this.#host.item) this.#refuse('NOT_FOUND');
    else if (!this.#host.isPanelShown) this.#move('idle');
    else if (!this.offer.isSellable) this.#move('loading') && void this.offer.read();
    else this.#move('details');
  }

  // The start.

  async #send(attempt: Attempt, isReplay: boolean): Promise<void> {
    // Kept aside: the element may be gone, or show another item, when the answer comes.
    const { attemptPlace, server, item } = this.#host;
    this.#sending = attempt;
    try {
      const started = await startPayment(server, item, attempt.body ?? {}, attempt.key ?? '');
      const next = answeredAttempt(attempt, started);
      if (this.attempt !== attempt) {
        // Where another button, or a replay, was answered first, it may have ended, and the next have been begun.
        if (isSameAttempt(readAttempt(attemptPlace), attempt)) writeAttempt(attemptPlace, next);
        return;
      }
      writeAttempt(attemptPlace, next);
      this.putOff.answered(attempt);
      // The answer to a replay is the first answer: pending, whatever has happened since.
      this.payment = { ...started, status: 'pending' };
      this.#follow(next, isReplay || started.status !== 'pending');
      this.#move(this.#pending);
      this.#tell();
      // A buyer who comes back finds the way there on the panel, and is not sent again; nor who has left it meanwhile.
      if (next.page && !isReplay && this.#host.isPanelShown) location.assign(next.page);
    } catch (error) {
      const isAnswer = error instanceof CheckoutApiError;
      const isRefused = isAnswer && error.isRefusal(isReplay);
      if (isRefused) forgetAttempt(attemptPlace, attempt);
      if (this.attempt !== attempt) return;
      if (isAnswer) this.#quietUntil = Date.now() + error.retryAfterMs;
      if (isRefused) {
        if (error.isForNow) this.putOff.attempt = attempt;
        else this.putOff.answered(attempt);
        // The form shows which lines are up.
        if (error.code === 'PROVIDER_LINE_DOWN') void this.offer.read();
        this.#end();
        this.#toDetails(error.code);
      } else {
        this.#doubt();
      }
    } finally {
      if (this.#sending === attempt) this.#sending = null;
    }
  }

  // The wait.

  /** Of another attempt nothing is known yet. */
  #begin(attempt: Attempt, askFirst: boolean): void {
    this.payment = null;
    this.phone = attempt.body?.phone_number ?? '';
    this.isGivenUp = false;
    this.#follow(attempt, askFirst);
  }

  #follow(attempt: Attempt, askFirst: boolean): void {
    const { reference, expires_at, started_at } = attempt;
    const replayUntil = started_at + TIMING.replayMs;
    this.attempt = attempt;
    this.isAwaited = false;
    // Later the buyer may have given up, and a replay would make a phone ring that nobody is looking at.
    if (!reference && replayUntil < Date.now()) return;
    this.#stream.follow(
      {
        // Who comes back may have paid meanwhile; not who comes back from Stripe's frame to the page around it.
        url: (isBack) => reference ? statusUrl(this.#host.server, reference, isBack && this.state !== 'card') : '',
        deadline: reference ? Date.parse(expires_at ?? '') : replayUntil,
        ask: () => this.#ask(),
        hear: (text) => {
          const status = parseSnapshot(text);
          if (status) this.#hear(status);
        },
        lost: () => {
          this.#doubt();
          if (!reference) this.#stream.stop();
        },
        offline: () => this.#move('offline'),
      },
      askFirst,
    );
  }

  /** Asks the server about the attempt, or sends the start again while that is all there is. */
  async #ask(isFresh = false): Promise<boolean> {
    const { attempt } = this;
    const reference = attempt?.reference ?? this.payment?.reference;
    if (attempt && !reference) {
      // Another button of this page may have got the answer; another tab's is told by an event.
      this.resume();
      if (this.attempt !== attempt) return true;
      const isHanging = Date.now() - attempt.started_at > TIMING.startMs;
      if (this.#sending !== attempt || (isHanging && isFresh)) {
        if (Date.now() >= this.#quietUntil) await this.#send(attempt, true);
      } else if (isHanging) {
        // A start that hangs is not cut off, but the buyer is told, and may send another beside it.
        this.#doubt();
      }
      return this.attempt !== attempt;
    }
    try {
      const status = await fetchStatus(this.#host.server, reference ?? '', isFresh);
      if (this.attempt === attempt) this.#hear(status);
      return true;
    } catch (error) {
      const { status, message } = error as CheckoutApiError;
      if (status === 200) this.#developer.hears(NO_ANSWER, message);
      // A stored reference that the server does not know belongs to another life of that server.
      if (attempt && this.attempt === attempt && !this.payment && (error as CheckoutApiError).code === 'NOT_FOUND') {
        forgetAttempt(this.#host.attemptPlace, attempt);
        this.#end();
        this.#toDetails('');
      }
      if (this.state === 'offline' || !navigator.onLine) this.#doubt();
      return this.attempt !== attempt || (!attempt && (error as CheckoutApiError).isFinal);
    }
  }

  async #look(): Promise<void> {
    const { attempt } = this;
    // The server's wish to be left alone is for machines: a buyer who asks is answered.
    this.#quietUntil = 0;
    const isAnswered = await this.#ask(true);
    // What has ended was told, and where it had been given up it is looked at once more: that is another look.
    if (this.state !== 'checking' || this.attempt !== attempt) return;
    if (!isAnswered) {
      if (attempt) this.#doubt();
      else this.#move('offline');
    } else if (attempt) {
      this.#move(this.#pending);
      this.isStillPending = true;
    } else {
      // It had failed and still has: now the buyer may pay again. A late success would have ended the checking.
      this.#toDetails('');
    }
  }

  #hear(status: CheckoutStatus): void {
    // Asked for before another payment was taken up.
    if (status.reference !== (this.attempt?.reference ?? this.payment?.reference)) return;
    const isPending = status.status === 'pending';
    const next = isPending ? this.#pending : stateOf(status.status);
    // A check ends itself when it found no news: pending, or failed as before.
    const isNews = this.payment?.status !== status.status || next === 'succeeded';
    // What the start has said and no status says: the card form needs it.
    this.payment = { ...this.payment, ...status };
    if (!isPending && this.attempt) {
      forgetAttempt(this.#host.attemptPlace, this.attempt);
      this.#end();
    }
    // What a lost network lets through now was on its way before.
    const staysSaid = this.state === 'checking' || (this.state === 'offline' && !navigator.onLine);
    if (!staysSaid || (isNews && !isPending)) this.#move(next);
    this.#tell();
    this.#host.requestUpdate();
    if (this.isGivenUp && (next === 'failed' || next === 'expired')) {
      this.isGivenUp = false;
      this.check();
    }
  }

  /** Nobody answers. */
  #doubt(): void {
    this.#move(navigator.onLine ? 'unknown' : 'offline');
  }

  #end(): void {
    this.attempt = null;
    this.#stream.stop();
  }

  #tell(): void {
    const { detail } = this;
    const news = detail.reference + detail.status;
    if (detail.status && news !== this.#told) this.#host.dispatchEvent(outcomeEvent(detail.status, detail));
    this.#told = news;
  }
}
