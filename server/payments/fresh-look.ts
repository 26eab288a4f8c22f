/**
 * Asking a provider at once because a buyer looks: a card was just sent to its bank, or somebody comes back from a phone,
 * and the provider's own word may be late or never come. Every look is followed by a question that begins after it: an
 * earlier one may have been answered before the buyer paid. All who look until it begins share it. Where a provider is
 * asked enough, looks are shown what stands.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import type { ProviderSlug } from '../providers/capabilities.ts';
import { providerLane } from '../providers/lane.ts';
import type { Inquiry } from './inquiry.ts';
import { LookAllowance } from './look-allowance.ts';
import { nextAskAt, type Payment } from './payment.ts';

/** Between two questions about one payment, whoever looks and however often. */
const BETWEEN_QUESTIONS_MS = 2 * SECOND_MS;

/** How long a buyer waits: that pause, and a provider that takes its time. What it says later is told by the stream. */
const LOOK_DEADLINE_MS = 6 * SECOND_MS;

export class FreshLook {
  readonly #inquiry: Inquiry;
  readonly #clock: Clock;
  readonly #processes: number;
  /** Questions that have not begun, by payment. */
  readonly #due = new Map<number, Promise<Payment | null>>();
  readonly #allowances = new Map<string, LookAllowance>();

  /** `processes`: how many servers of this configuration ask. */
  constructor({ inquiry, clock, processes }: { inquiry: Inquiry; clock: Clock; processes: number }) {
    this.#inquiry = inquiry;
    this.#clock = clock;
    this.#processes = processes;
  }

  /**
   * The payment as it stands after its provider was asked; null when that takes too long, the question then goes on, and
   * when the provider is asked enough. What nobody would ask about any more is answered as it is.
   */
  async look(payment: Payment): Promise<Payment | null> {
    if (nextAskAt(payment, this.#clock.now()) === null) return payment;
    const asked = this.#due.get(payment.id) ?? this.#plan(payment);
    return withDeadline<Payment | null>(asked, { clock: this.#clock, deadlineMs: LOOK_DEADLINE_MS, late: null });
  }

  #plan(payment: Payment): Promise<Payment | null> {
    const pauseMs = BETWEEN_QUESTIONS_MS - this.#inquiry.askedAgoMs(payment);
    if (pauseMs <= 0) return this.#ask(payment);
    const asked = new Promise<void>((resolve) => this.#clock.after(pauseMs, resolve)).then(() => {
      this.#due.delete(payment.id);
      return this.#ask(payment);
    });
    this.#due.set(payment.id, asked);
    return asked;
  }

  async #ask(payment: Payment): Promise<Payment | null> {
    return this.#allowanceOf(payment).spend(() => this.#inquiry.ask(payment));
  }

  #allowanceOf(payment: Payment): LookAllowance {
    const lane = providerLane(payment);
    const allowance = this.#allowances.get(lane) ?? new LookAllowance(payment.provider as ProviderSlug, { clock: this.#clock, processes: this.#processes });
    this.#allowances.set(lane, allowance);
    return allowance;
  }
}
