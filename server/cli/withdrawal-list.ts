import { isoTime, systemClock } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import { inWords } from '../shop/amount-input.ts';
import { WithdrawalDesk } from '../wallets/operator.ts';
import type { Withdrawal } from '../wallets/withdrawal.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    all: { type: 'flag', about: 'the latest hundred, also those that are over' },
  },
  notes: 'Shows what is open, the oldest first: bank transfers wait for you, phones are paid by their provider.',
  run: (args) =>
    inWorkspace(async ({ store, apps }) => {
      const desk = new WithdrawalDesk({ store, clock: systemClock });
      const list = args.flag('all') ? await desk.latest() : await desk.waiting();
      const slugs = new Map<number, string>();
      for (const { appId } of list) slugs.set(appId, slugs.get(appId) ?? (await apps.byId(appId))!.slug);
      const rows = list.map((each) => withdrawalJson(each, slugs.get(each.appId)!));
      return {
        json: { withdrawals: rows },
        text: list.length === 0 ? 'No withdrawal is waiting.' : columns(list.map((each) => [`${each.id}`, line(each, slugs.get(each.appId)!)])).join('\n'),
      };
    }),
};

export function withdrawalJson(withdrawal: Withdrawal, app?: string): object {
  const { id, currency, provider, method, destination, destinationName, bankName, status, note, failureReason, review, createdAt } = withdrawal;
  return {
    id,
    ...(app === undefined ? {} : { app }),
    amount: toMajor(withdrawal.amountMinor),
    currency,
    provider,
    method,
    destination,
    destination_name: destinationName,
    bank_name: bankName,
    status,
    note,
    failure_reason: failureReason,
    review,
    created_at: isoTime(createdAt),
  };
}

function line(withdrawal: Withdrawal, app: string): string {
  const { amountMinor, currency, method, destination, destinationName, bankName, status, review, createdAt } = withdrawal;
  const to = [method === 'bank_transfer' ? bankName : 'phone', destination, destinationName].filter(Boolean).join(', ');
  const look = review === '' ? '' : `; LOOK: ${review}`;
  return `${app}, ${inWords(amountMinor, currency)} to ${to}, ${status} since ${isoTime(createdAt)}${look}`;
}
