/**
 * Sandbox numbers: what a subscriber of the sandbox network does when asked for money, and what the network does
 * when it is to pay that subscriber. ioTec's own (`iotec-pay-openapi` § sandbox: 011177777x, …99x, …78x, …79x),
 * and for every country the end of the national number. Any other number approves, and is paid.
 *
 *   number          collect                             payout
 *   00001, 1177777  approves                            is paid
 *   00002           has no funds                        fails: the network's float is empty
 *   00003           declines                            is refused at once: the wallet takes no money
 *   00004, 1177778  never answers                       stays pending for good
 *   00005           the answer is lost, then approves   the answer is lost, then it is paid
 *   00006           approves after expiry               is paid only after four hours
 *   00007           approves, with noisy callbacks      is paid, with noisy callbacks
 *   1177799         fails                               fails
 *   1177779         sent to the operator, then approves sent to the operator, then it is paid
 */
import { nationalNumber } from '../../core/phone.ts';

export type SandboxOutcome =
  | 'approves'
  | 'no_funds'
  | 'declines'
  | 'never_answers'
  /** The answer to collect is lost; the customer approves all the same. */
  | 'times_out'
  | 'approves_after_expiry'
  /** Approves, and the callbacks come twice and in the wrong order. */
  | 'noisy_callbacks'
  | 'fails'
  /** Reported as sent to the operator first, approved later. */
  | 'sent_to_vendor';

/** By the first eight digits of the national number; the ninth is free. */
const IOTEC_NUMBERS: Readonly<Record<string, SandboxOutcome>> = {
  '11177777': 'approves',
  '11177799': 'fails',
  '11177778': 'never_answers',
  '11177779': 'sent_to_vendor',
};

/** By the last five digits. */
const ENDINGS: Readonly<Record<string, SandboxOutcome>> = {
  '00001': 'approves',
  '00002': 'no_funds',
  '00003': 'declines',
  '00004': 'never_answers',
  '00005': 'times_out',
  '00006': 'approves_after_expiry',
  '00007': 'noisy_callbacks',
};

function special(msisdn: string): SandboxOutcome | undefined {
  const national = nationalNumber(msisdn);
  return IOTEC_NUMBERS[national.slice(0, 8)] ?? ENDINGS[national.slice(-5)];
}

/** Whether a number means something to the sandbox, and so must never be charged for real. */
export function isSandboxNumber(msisdn: string): boolean {
  return special(msisdn) !== undefined;
}

export function outcomeOf(msisdn: string): SandboxOutcome {
  return special(msisdn) ?? 'approves';
}
