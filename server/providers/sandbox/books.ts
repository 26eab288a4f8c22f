/**
 * The sandbox network's own books, kept in our database because it has no other: which requests it got, and what
 * its subscribers answered. Payments never read them; they ask the sandbox like any other provider.
 */
import type { Currency } from '../../core/money.ts';
import type { NetworkId } from '../../core/number-plans.ts';
import { statement } from '../../db/store.ts';
import type { Method } from '../provider.ts';
import type { SandboxOutcome } from './numbers.ts';

export type PromptStatus = 'waiting' | 'approved' | 'declined' | 'ignored' | 'no_funds' | 'failed';

export interface Prompt {
  reference: string;
  providerRef: string;
  method: Method;
  phone: string;
  network: NetworkId | '';
  amountMinor: number;
  currency: Currency;
  merchant: string;
  description: string;
  /** What its number does; of a card payment, what the card did that was tried last. */
  outcome: SandboxOutcome;
  status: PromptStatus;
  /** When the subscriber answers by itself; null when only a person at the sandbox phone will. */
  decidesAt: number | null;
  decidedAt: number | null;
  createdAt: number;
  expiresAt: number;
}

const COLUMNS = `
  reference, provider_ref AS "providerRef", method, phone, network, amount_minor AS "amountMinor", currency, merchant,
  description, outcome, status, decides_at AS "decidesAt", decided_at AS "decidedAt", created_at AS "createdAt",
  expires_at AS "expiresAt"`;

export const insertPrompt = statement(`
  INSERT INTO sandbox_prompts (reference, provider_ref, method, phone, network, amount_minor, currency, merchant,
    description, outcome, status, decides_at, created_at, expires_at)
  VALUES (:reference, :providerRef, :method, :phone, :network, :amountMinor, :currency, :merchant,
    :description, :outcome, 'waiting', :decidesAt, :createdAt, :expiresAt)`);

export const promptByReference = statement<Prompt>(`SELECT ${COLUMNS} FROM sandbox_prompts WHERE reference = :reference`);

/** The newest prompts on one phone; `method` keeps cards out. */
export const promptsOnPhone = statement<Prompt>(`
  SELECT ${COLUMNS} FROM sandbox_prompts WHERE phone = :phone AND method = 'mobile_money'
  ORDER BY created_at DESC LIMIT :limit`);

/** A subscriber answers once. */
export const decidePrompt = statement<Prompt>(`
  UPDATE sandbox_prompts SET status = :status, decided_at = :now
  WHERE reference = :reference AND status = 'waiting' RETURNING ${COLUMNS}`);

/** The card that was tried last was declined, and another may be tried. */
export const declineCard = statement(`
  UPDATE sandbox_prompts SET outcome = 'declines' WHERE reference = :reference AND method = 'card' AND status = 'waiting'`);

/** No card will be tried any more. */
export const endCard = statement(`
  UPDATE sandbox_prompts SET status = CASE outcome WHEN 'declines' THEN 'declined' ELSE 'failed' END, decided_at = :now
  WHERE reference = :reference AND method = 'card' AND status = 'waiting'`);

/** From now on only a person answers. */
export const holdPrompt = statement<Prompt>(`
  UPDATE sandbox_prompts SET decides_at = NULL WHERE reference = :reference AND status = 'waiting' RETURNING ${COLUMNS}`);

export type SandboxPayoutStatus = 'waiting' | 'paid' | 'failed';

export interface SandboxPayout {
  reference: string;
  providerRef: string;
  phone: string;
  network: NetworkId | '';
  amountMinor: number;
  currency: Currency;
  outcome: SandboxOutcome;
  status: SandboxPayoutStatus;
  /** When the network decides; null when it never does. */
  paysAt: number | null;
  decidedAt: number | null;
  createdAt: number;
}

const PAYOUT_COLUMNS = `
  reference, provider_ref AS "providerRef", phone, network, amount_minor AS "amountMinor", currency, outcome, status,
  pays_at AS "paysAt", decided_at AS "decidedAt", created_at AS "createdAt"`;

export const insertPayout = statement(`
  INSERT INTO sandbox_payouts (reference, provider_ref, phone, network, amount_minor, currency, outcome, status, pays_at, created_at)
  VALUES (:reference, :providerRef, :phone, :network, :amountMinor, :currency, :outcome, 'waiting', :paysAt, :createdAt)`);

export const payoutByReference = statement<SandboxPayout>(`SELECT ${PAYOUT_COLUMNS} FROM sandbox_payouts WHERE reference = :reference`);

/** A payout is decided once. */
export const decidePayout = statement<SandboxPayout>(`
  UPDATE sandbox_payouts SET status = :status, decided_at = :now
  WHERE reference = :reference AND status = 'waiting' RETURNING ${PAYOUT_COLUMNS}`);
