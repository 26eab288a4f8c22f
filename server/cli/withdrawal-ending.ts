/** What the two commands share by which the operator ends a withdrawal. */
import { systemClock } from '../core/clock.ts';
import { inWords } from '../shop/amount-input.ts';
import { WithdrawalDesk } from '../wallets/operator.ts';
import type { Withdrawal } from '../wallets/withdrawal.ts';
import { type Answer, rowId } from './command.ts';
import { withdrawalJson } from './withdrawal-list.ts';
import { inWorkspace } from './workspace.ts';

export function endByHand(word: string, end: (desk: WithdrawalDesk, id: number) => Promise<Withdrawal>): Promise<Answer> {
  return inWorkspace(async ({ store }) => {
    const ended = await end(new WithdrawalDesk({ store, clock: systemClock }), rowId(word));
    const { id, status, amountMinor, currency } = ended;
    const fate = status === 'completed' ? 'is paid' : 'is rejected, and its amount is back in the wallet';
    return { json: withdrawalJson(ended), text: `Withdrawal ${id} of ${inWords(amountMinor, currency)} ${fate}.` };
  });
}
