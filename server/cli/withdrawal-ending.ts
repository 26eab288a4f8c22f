/** What the two commands share by which the operator ends a withdrawal. */
import { systemClock } from '../core/clock.ts';
import { inWords } from '../shop/amount-input.ts';
import { WithdrawalDesk } from '../wallets/operator.ts';
import type { Withdrawal } from '../wallets/withdrawal.ts';
import { type Answer, UsageError } from './command.ts';
import { withdrawalJson } from './withdrawal-list.ts';
import { inWorkspace } from './workspace.ts';

export function endByHand(word: string, end: (desk: WithdrawalDesk, id: number) => Promise<Withdrawal>): Promise<Answer> {
  if (!/^[1-9][0-9]{0,14}$/.test(word)) throw new UsageError(`ID is a number such as 12, not ${JSON.stringify(word)}`);
  return inWorkspace(async ({ store }) => {
    const ended = await end(new WithdrawalDesk({ store, clock: systemClock }), Number(word));
    const { id, status, amountMinor, currency } = ended;
    const fate = status === 'completed' ? 'is paid' : 'is rejected, and its amount is back in the wallet';
    return { json: withdrawalJson(ended), text: `Withdrawal ${id} of ${inWords(amountMinor, currency)} ${fate}.` };
  });
}
