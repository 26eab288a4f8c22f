/**
 * Another server on the same database: told `{app, times, amountMinor, key}` it makes that many withdrawals, some at
 * once, all of them with that key if one is given, and answers how many were let through.
 */
import type { App } from '../../../server/access/apps.ts';
import { systemClock } from '../../../server/core/clock.ts';
import { openStore } from '../../../server/db/open.ts';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { ProviderLines } from '../../../server/providers/lines/lines.ts';
import { ProviderRouting } from '../../../server/providers/routing.ts';
import { WithdrawalInquiry } from '../../../server/wallets/inquiry.ts';
import { WithdrawalSettlement } from '../../../server/wallets/settlement.ts';
import { Withdrawing } from '../../../server/wallets/withdrawing.ts';
import { PayingProvider } from './paying-provider.ts';

interface Instruction {
  app: App;
  times: number;
  amountMinor: number;
  key?: string;
}

/** More would wait for a connection, on a busy machine for as long as a server lets anybody wait: that is refused in other words. */
const AT_ONCE = 4;

const store = await openStore(process.argv[2]!);
const clock = systemClock;
const provider = new PayingProvider('iotec');
const routing = new ProviderRouting({ sandbox: provider, live: new Map([['iotec', provider]]) });
const settlement = new WithdrawalSettlement({ clock, jobs: new JobQueue(store) });
const inquiry = new WithdrawalInquiry({ store, clock, routing, settlement });
const withdrawing = new Withdrawing({ store, clock, settlement, inquiry, lines: new ProviderLines({ store, clock }) });

process.on('message', (instruction: Instruction) => void obey(instruction));
process.send!('ready');

async function obey({ app, times, amountMinor, key }: Instruction): Promise<void> {
  const idempotency = key === undefined ? undefined : ({ appId: app.id, mode: 'live', method: 'POST', path: '/v1/withdrawals', key, requestHash: 'the same' } as const);
  const to = { method: 'mobile_money', phone: '256772123456', network: 'mtn', provider } as const;
  const wish = { app, wallet: 'iotec', currency: 'UGX', amountMinor, note: '', destinationName: '', to } as const;
  const outcomes: PromiseSettledResult<unknown>[] = [];
  while (outcomes.length < times) {
    const attempts = Array.from({ length: Math.min(AT_ONCE, times - outcomes.length) }, () =>
      withdrawing.withdraw(() => wish, { idempotency, render: () => ({ status: 201, body: null }) }),
    );
    outcomes.push(...(await Promise.allSettled(attempts)));
  }
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => (reason as { code?: string }).code);
  process.send!({ made: outcomes.length - refusals.length, refusals: [...new Set(refusals)], sent: provider.sent.length });
}
