import { example, type OperationTexts } from '../operation.ts';

const withdrawal = {
  id: 12,
  app_id: 1,
  amount: 500000,
  currency: 'UGX',
  provider_slug: 'iotec',
  method: 'mobile_money',
  destination: '256771234567',
  destination_name: 'John Doe',
  bank_name: '',
  status: 'completed',
  note: 'Monthly payout',
  created_at: '2026-03-14T10:30:00.000Z',
};

const transfer = {
  ...withdrawal,
  id: 13,
  method: 'bank_transfer',
  destination: '9030012345678',
  bank_name: 'Stanbic Bank Uganda',
  status: 'pending',
};

export const wallets: OperationTexts = {
  'GET /v1/wallets': {
    id: 'listWallets',
    codes: [],
    answer: {
      balances: example('Two wallets', {
        data: [
          { provider: 'iotec', balance: 150000.5, currency: 'UGX' },
          { provider: 'relworx', balance: 50000, currency: 'KES' },
        ],
        message: 'Wallet balances retrieved',
      }),
    },
  },
  'POST /v1/withdrawals': {
    id: 'createWithdrawal',
    codes: [
      'INVALID_PHONE',
      'INVALID_CURRENCY',
      'INVALID_PROVIDER',
      'INSUFFICIENT_BALANCE',
      'PROVIDER_ERROR',
      'PROVIDER_LINE_DOWN',
      'TEST_MODE',
      'TEST_NUMBER_ON_LIVE_KEY',
    ],
    request: {
      mobile_money: example('To a phone', {
        amount: 500000,
        currency: 'UGX',
        provider: 'iotec',
        method: 'mobile_money',
        destination: '256771234567',
        destination_name: 'John Doe',
        note: 'Monthly payout',
      }),
      bank_transfer: example('To a bank account', {
        amount: 500000,
        currency: 'UGX',
        method: 'bank_transfer',
        destination: '9030012345678',
        destination_name: 'John Doe',
        bank_name: 'Stanbic Bank Uganda',
      }),
    },
    answer: {
      mobile_money: example('Paid to the phone', { data: withdrawal, message: 'Withdrawal disbursed successfully' }),
      bank_transfer: example('Waiting for the operator', { data: transfer, message: 'Withdrawal requested; the transfer is made by hand' }),
    },
  },
  'GET /v1/withdrawals': {
    id: 'listWithdrawals',
    codes: [],
    answer: {
      page: example('A page', {
        data: [withdrawal],
        meta: { page: 1, per_page: 20, page_size: 20, total: 1, total_pages: 1, pages: 1, has_more: false },
      }),
    },
  },
};
