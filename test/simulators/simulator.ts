/**
 * A simulated provider: a state machine over a clock that answers requests, written from the provider's own documents.
 * It knows nothing of sockets. `http-shell.ts` puts it behind a real server, `in-process.ts` behind a function whose
 * time is virtual; `faults.ts` stands between either and the provider.
 */
import type { Clock } from '../../server/core/clock.ts';

export interface SimulatedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface SimulatedAnswer {
  status: number;
  /** Sent as JSON. */
  json: unknown;
  headers?: Record<string, string>;
}

/** What a provider posts to its merchant of its own accord. */
export interface SimulatedCallback {
  body: string;
  headers: Record<string, string>;
}

export interface SimulatorDeps {
  clock: Clock;
  /** Takes each callback as it happens; who listens decides whether it arrives, when and how often. */
  tell?: (callback: SimulatedCallback) => void;
  /** Where the merchant's settings at the provider send them, which some providers sign. */
  callbackUrl?: string;
  /** Where its page for cards is, without the payment's id. */
  cardPages?: string;
  /** Where the merchant's settings send a browser that paid there. */
  returnUrl?: string;
}

export interface Simulator {
  readonly slug: string;
  readonly books: Books;
  handle(request: SimulatedRequest): SimulatedAnswer;
  /** Takes cards, of numbers that mean what Stripe's test cards mean. */
  readonly cards?: CardDesk;
}

export type CardOutcome = 'paid' | 'asks' | { declined: string };

/** Where a cardholder types a number. */
export interface CardDesk {
  pay(id: string, number: string): CardOutcome;
  /** The bank's question, answered. */
  answer(id: string, isRight: boolean): CardOutcome;
  /** What the browser is sent away with once nothing more can be paid; null where the page stays. */
  sendBack(id: string): { url: string; fields: Record<string, string> } | null;
}

/** Money that somebody asked the provider to move. */
export interface Movement {
  readonly id: string;
  /** The merchant's own reference. */
  readonly reference: string;
  readonly direction: 'collect' | 'disburse' | 'refund';
  /** Major units. */
  readonly amount: number;
  readonly currency: string;
  readonly msisdn: string;
  readonly createdAt: number;
  status: 'pending' | 'vendor' | 'success' | 'failed' | 'reversed';
  reason: string;
  endedAt: number | null;
  /** Whether it was called failed once, whatever became of it. */
  hadFailed: boolean;
  /** What the provider says was moved, where it lies or the customer paid something else. */
  reported: { amount: number; currency: string };
}

/** How a provider takes a request: as it should, with a no of which nothing is in its books, or with a no and what failed in them. */
export type Temper = 'takes' | 'refuses' | 'fails';

/** The provider's own books, and the hands of the people who approve, decline and pay. */
export class Books {
  readonly movements: Movement[] = [];
  /** How it takes the next request that is in order. */
  temper: () => Temper = () => 'takes';
  readonly #clock: Clock;
  readonly #prefix: string;
  #listener: (movement: Movement) => void = () => undefined;

  constructor(clock: Clock, { prefix }: { prefix: string }) {
    this.#clock = clock;
    this.#prefix = prefix;
  }

  onMove(listener: (movement: Movement) => void): void {
    this.#listener = listener;
  }

  open(asked: Pick<Movement, 'reference' | 'direction' | 'amount' | 'currency' | 'msisdn'>): Movement {
    const { amount, currency } = asked;
    const movement: Movement = {
      ...asked,
      id: this.#prefix + String(this.movements.length + 1).padStart(12, '0'),
      createdAt: this.#clock.now(),
      status: 'pending',
      reason: '',
      endedAt: null,
      hadFailed: false,
      reported: { amount, currency },
    };
    this.movements.push(movement);
    return movement;
  }

  /** Says again what it said when the movement ended, as providers do that were not answered. */
  tellAgain(movement: Movement): void {
    this.#listener(movement);
  }

  byId(id: string, direction?: Movement['direction']): Movement | undefined {
    return this.movements.find((movement) => movement.id === id && (direction === undefined || movement.direction === direction));
  }

  byReference(reference: string): Movement[] {
    return this.movements.filter((movement) => movement.reference === reference);
  }

  /** At the telephone company; no success. */
  passOn(movement: Movement): void {
    this.#move(movement, ['pending'], 'vendor');
  }

  approve(movement: Movement): void {
    this.#move(movement, ['pending', 'vendor'], 'success');
  }

  decline(movement: Movement, reason: string): void {
    this.#move(movement, ['pending', 'vendor'], 'failed', reason);
  }

  /** It had been called failed, and was paid all the same: a network answered late, somebody completed it by hand. */
  findPaid(movement: Movement): void {
    this.#move(movement, ['failed'], 'success');
  }

  /** Took what it had moved back. */
  reverse(movement: Movement, reason: string): void {
    this.#move(movement, ['success'], 'reversed', reason);
  }

  #move(movement: Movement, from: readonly Movement['status'][], to: Movement['status'], reason = ''): void {
    if (!from.includes(movement.status)) return;
    movement.status = to;
    movement.reason = reason;
    movement.hadFailed ||= to === 'failed';
    movement.endedAt = to === 'vendor' ? null : this.#clock.now();
    this.#listener(movement);
  }
}

/** The JSON a client sent, an empty object when it is none. */
export function jsonBody({ body }: SimulatedRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
