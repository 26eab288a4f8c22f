import { example, type OperationTexts } from '../operation.ts';

const transaction = {
  reference: 'dgw_abc123xyz',
  status: 'completed',
  provider: 'iotec',
  provider_slug: 'iotec',
  provider_ref: 'iotec_txn_456',
  direction: 'collect',
  amount: 50000,
  platform_fee: 4000,
  net_amount: 46000,
  currency: 'UGX',
  phone_number: '256771234567',
  description: 'Order #1234',
  failure_reason: '',
  metadata: { order_id: '123' },
  is_test: false,
  created_at: '2026-03-14T10:00:00.000Z',
  completed_at: '2026-03-14T10:00:21.000Z',
};

const failed = {
  ...transaction,
  status: 'failed',
  failure_reason: 'The customer declined the payment',
  completed_at: null,
};

const collected = {
  reference: 'dgw_abc123xyz',
  provider: 'iotec',
  provider_ref: 'iotec_txn_456',
  status: 'pending',
  amount: 50000,
  currency: 'UGX',
  phone_number: '256771234567',
  raw_response: {},
  client_secret: '',
  stripe_publishable_key: '',
};

export const payments: OperationTexts = {
  'POST /v1/payments/collect': {
    id: 'collect',
    description:
      'Asks a customer’s phone for the money, or opens a card payment. The answer comes before the customer has approved: the payment is `pending` ' +
      'until a webhook or `POST /v1/webhooks/verify` says otherwise. Send an `Idempotency-Key` with every order, so that a repeated request is never a second charge.\n\n' +
      'For a card name `stripe` (or a card currency): the answer carries `client_secret` and `stripe_publishable_key` for Stripe’s payment form. ' +
      'With `provider: relworx` and `method: card` it carries a `redirect_url`: the page on which the customer pays.',
    codes: ['INVALID_PHONE', 'INVALID_CURRENCY', 'INVALID_PROVIDER', 'PROVIDER_ERROR', 'PROVIDER_LINE_DOWN', 'TEST_MODE', 'TEST_NUMBER_ON_LIVE_KEY'],
    request: {
      mobile_money: example('Mobile money in Uganda', {
        amount: 50000,
        currency: 'UGX',
        phone_number: '256771234567',
        provider: 'iotec',
        description: 'Order #1234',
        callback_url: 'https://myapp.com/hook',
        metadata: { order_id: '123' },
      }),
      card: example('A card', { amount: 19.99, currency: 'USD', provider: 'stripe', description: 'Order #1235' }),
    },
    answer: {
      mobile_money: example('The prompt is on its way to the phone', { data: collected, message: 'Collection initiated' }),
      card: example('Open the card form with these', {
        data: {
          ...collected,
          reference: 'dgw_card567',
          provider: 'stripe',
          provider_ref: 'pi_3Nabc',
          amount: 19.99,
          currency: 'USD',
          phone_number: '',
          client_secret: 'pi_3Nabc_secret_xyz',
          stripe_publishable_key: 'pk_live_abc',
        },
        message: 'Collection initiated',
      }),
    },
  },
  'POST /v1/payments/disburse': {
    id: 'disburse',
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
      payout: example('Pay a phone', { amount: 25000, currency: 'UGX', phone_number: '256771234567', provider: 'iotec', description: 'Loan disbursement' }),
    },
    answer: {
      payout: example('On its way', {
        data: { reference: 'dgw_xyz789abc', provider: 'iotec', status: 'pending', amount: 25000, currency: 'UGX' },
        message: 'Disbursement initiated',
      }),
    },
  },
  'GET /v1/payments/transactions': {
    id: 'listTransactions',
    description:
      'Newest first. An empty filter is no filter. Go through a large book with `starting_after`, whose pages cost the same however far on they are, ' +
      'until `meta.has_more` is false. An expired payment is listed as failed with the reason “expired”.',
    codes: [],
    answer: {
      page: example('A page', {
        data: [transaction],
        meta: { page: 1, per_page: 20, page_size: 20, total: 150, total_pages: 8, pages: 8, has_more: true },
      }),
    },
  },
  'GET /v1/payments/transactions/{reference}': {
    id: 'getTransaction',
    description: 'As it stands in the books; the provider is not asked. A reference of another app, or of the other mode, is unknown here.',
    codes: ['NOT_FOUND'],
    answer: { completed: example('A completed payment', { data: transaction }), failed: example('A failed one', { data: failed }) },
  },
  'POST /v1/webhooks/verify': {
    id: 'verify',
    description:
      'Asks the provider, unless it was asked less than three seconds ago, and answers what is known then. `pending` means that nobody knows yet: ' +
      'it is not a failure. May be polled every few seconds; it has a larger limit of its own.',
    codes: ['NOT_FOUND'],
    request: { reference: example('By reference', { reference: 'dgw_abc123xyz' }) },
    answer: {
      completed: example('Paid', { data: transaction, message: 'Transaction status verified' }),
      failed: example('Not paid', { data: failed, message: 'Transaction status verified' }),
    },
  },
};
