/** The sandbox phone: the prompts a test subscriber sees, and what a person does with them. */
import { isoTime, type Clock } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import { COUNTRIES, NUMBER_PLANS } from '../../core/number-plans.ts';
import { parsePhone } from '../../core/phone.ts';
import type { Store } from '../../db/store.ts';
import type { JobQueue } from '../../jobs/queue.ts';
import { holdPrompt, type Prompt, promptByReference, promptsOnPhone, type PromptStatus } from './books.ts';
import { answerTo, type Sandbox, SANDBOX_DECIDE_JOB } from './sandbox.ts';

/** How many prompts a handset lists. */
const PROMPTS_SHOWN = 5;

/** Any PIN is right, but it must look like one. */
const PIN = /^[0-9]{4,5}$/;

export type PhoneAction = 'hold' | 'approve' | 'decline' | 'ignore';

export interface PhonePrompt {
  reference: string;
  phone_number: string;
  network: string;
  network_name: string;
  merchant: string;
  description: string;
  amount: number;
  currency: string;
  status: 'waiting' | 'approved' | 'declined' | 'ignored' | 'done';
  approves_at: string | null;
  expires_at: string;
}

export class SandboxPhone {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #sandbox: Sandbox;

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; sandbox: Sandbox }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#sandbox = deps.sandbox;
  }

  /** The prompts of one payment or of one phone, newest first. */
  async prompts({ reference, phone }: { reference?: string | undefined; phone?: string | undefined }): Promise<PhonePrompt[]> {
    const prompts = reference !== undefined ? await this.#byReference(reference) : await this.#byPhone(phone);
    return prompts.filter(reachesThePhone).map((prompt) => this.#show(prompt));
  }

  /** Holds (stops the automatic answer), approves, declines or ignores a prompt. */
  async act(reference: string, action: PhoneAction, pin: string | undefined): Promise<PhonePrompt> {
    if (action === 'approve' && (pin === undefined || !PIN.test(pin))) {
      throw new ApiError('VALIDATION_ERROR', 'pin must be four or five digits; the sandbox takes any');
    }
    const prompt = await this.#store.write(async (tx) => {
      const prompt = await tx.get(promptByReference, { reference });
      if (prompt === undefined || !reachesThePhone(prompt)) throw new ApiError('NOT_FOUND', 'There is no such prompt');
      if (prompt.status !== 'waiting') return prompt;
      await this.#jobs.cancel(tx, SANDBOX_DECIDE_JOB, reference);
      if (action === 'hold') return tx.get(holdPrompt, { reference });
      return this.#sandbox.answer(tx, prompt, statusAfter(action, prompt));
    });
    if (action !== 'hold') await this.#sandbox.sendCallbacks(reference);
    return this.#show(prompt!);
  }

  async #byReference(reference: string): Promise<Prompt[]> {
    const prompt = await this.#store.read.get(promptByReference, { reference });
    return prompt === undefined ? [] : [prompt];
  }

  async #byPhone(typed: string | undefined): Promise<Prompt[]> {
    const numbers = COUNTRIES.map((country) => parsePhone(typed ?? '', country)).filter((msisdn) => msisdn !== null);
    const found = await Promise.all(
      numbers.map((phone) => this.#store.read.all(promptsOnPhone, { phone, limit: PROMPTS_SHOWN })),
    );
    return found.flat();
  }

  #show(prompt: Prompt): PhonePrompt {
    const status = shownStatus(prompt.status);
    const waiting = status === 'waiting' && prompt.expiresAt > this.#clock.now();
    return {
      reference: prompt.reference,
      phone_number: prompt.phone,
      network: prompt.network,
      network_name: walletName(prompt.network),
      merchant: prompt.merchant,
      description: prompt.description,
      amount: toMajor(prompt.amountMinor),
      currency: prompt.currency,
      status: status === 'waiting' && !waiting ? 'done' : status,
      approves_at: waiting && prompt.decidesAt !== null ? isoTime(prompt.decidesAt) : null,
      expires_at: isoTime(prompt.expiresAt),
    };
  }
}

/** Some numbers are known for a prompt that never comes, or for not being answered by anybody. */
function reachesThePhone(prompt: Prompt): boolean {
  return prompt.method === 'mobile_money' && prompt.outcome !== 'never_answers';
}

function statusAfter(action: 'approve' | 'decline' | 'ignore', prompt: Prompt): PromptStatus {
  switch (action) {
    case 'approve':
      return prompt.outcome === 'declines' ? 'approved' : answerTo(prompt);
    case 'decline':
      return 'declined';
    case 'ignore':
      return 'ignored';
    default:
      return action satisfies never;
  }
}

function shownStatus(status: PromptStatus): PhonePrompt['status'] {
  return status === 'no_funds' || status === 'failed' ? 'done' : status;
}

function walletName(network: string): string {
  for (const country of COUNTRIES) {
    const found = NUMBER_PLANS[country].networks.find(({ id }) => id === network);
    if (found !== undefined) return found.name;
  }
  return 'Mobile money';
}
