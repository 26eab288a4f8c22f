/** `GET /v1/wallets`: what the app has, at each provider in each currency. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { toMajor } from '../../core/money.ts';
import type { Store } from '../../db/store.ts';
import { walletBalances } from '../../ledger/ledger.ts';
import { credentialOf } from '../authentication.ts';
import type { Limits } from '../rate-limits.ts';
import { errorAnswers } from './schemas.ts';

const walletsAnswer = z.object({
  data: z.array(z.object({ provider: z.string(), balance: z.number(), currency: z.string() })),
  message: z.string(),
});

export interface WalletsServices {
  store: Store;
  limits: Limits;
}

export async function walletsRoute(app: FastifyInstance, { store, limits }: WalletsServices): Promise<void> {
  app.get(
    '/wallets',
    {
      config: limits('default'),
      schema: {
        summary: 'Get wallet balances per provider and currency',
        description: 'What was collected, less fees, disbursements and withdrawals; what is on its way out is no longer in it.',
        tags: ['Wallets'],
        security: [{ apiKey: [] }],
        response: { 200: walletsAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { app, mode } = credentialOf(request);
      const wallets = await walletBalances(store.read, app.id, mode);
      const data = wallets.map(({ provider, balanceMinor, currency }) => ({ provider, balance: toMajor(balanceMinor), currency }));
      return { data, message: 'Wallet balances retrieved' };
    },
  );
}
