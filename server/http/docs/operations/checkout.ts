import { example, type OperationTexts } from '../operation.ts';

const book = {
  slug: 'swahili-ebook',
  kind: 'product',
  name: 'Swahili in twenty evenings',
  description: 'An e-book with recordings',
  image_url: 'https://pay.example.org/demo/images/swahili-ebook.svg',
  amount: 25000,
  min_amount: null,
  max_amount: null,
  suggested_amounts: [],
  currency: 'UGX',
  methods: [
    {
      type: 'mobile_money',
      country: 'UG',
      networks: [
        { id: 'mtn', name: 'MTN MoMo', healthy: true },
        { id: 'airtel', name: 'Airtel Money', healthy: false },
      ],
    },
    { type: 'card', publishable_key: 'pk_live_abc' },
  ],
  is_test: false,
  app: { slug: 'duka', name: 'Duka la Vitabu' },
};

const status = {
  reference: 'dgw_abc123xyz',
  status: 'pending',
  amount: 25000,
  currency: 'UGX',
  provider: 'iotec',
  network: 'mtn',
  failure_code: '',
  failure_reason: '',
  is_test: false,
  item: { slug: 'swahili-ebook', name: 'Swahili in twenty evenings' },
  created_at: '2026-03-14T10:00:00.000Z',
  expires_at: '2026-03-14T14:00:00.000Z',
  completed_at: null,
};

const completed = { ...status, status: 'completed', completed_at: '2026-03-14T10:00:21.000Z' };

const session = {
  id: 7,
  slug: 'cs-9f3k2m1qv8x7t5w4z6y0a1b2c3',
  url: 'https://pay.example.org/pay/cs-9f3k2m1qv8x7t5w4z6y0a1b2c3',
  status: 'open',
  reference: null,
  amount: 50000,
  currency: 'UGX',
  description: 'Order #1234',
  metadata: { order_id: '1234' },
  is_test: false,
  created_at: '2026-03-14T10:00:00.000Z',
  expires_at: '2026-03-15T10:00:00.000Z',
};

export const checkout: OperationTexts = {
  'POST /v1/checkout/sessions': {
    id: 'createCheckoutSession',
    description:
      'Something your own server sells once, at a price of its own: send the buyer to `url`, or put `<pay-button item="slug">` on your page. It is sold in the mode of the key. ' +
      'While a payment of it waits, whoever asks for another is answered with that one; when one has completed, it is for sale no more. (A payment that failed, and is completed late by its network after another one was made, is real money all the same: both are told with the session’s `metadata`, and `malipo review list` shows that it was paid twice, for you to refund one.) Its `metadata` comes with the payment and in its webhooks. Whoever knows the slug can pay, and read on its page the phone number of `customer`.',
    codes: ['INVALID_PHONE', 'INVALID_CURRENCY', 'PROVIDER_ERROR'],
    request: {
      order: example('An order', {
        amount: 50000,
        currency: 'UGX',
        description: 'Order #1234',
        customer: { name: 'Jane Doe', email: 'jane@example.com', phone_number: '256771234567' },
        metadata: { order_id: '1234' },
        success_url: 'https://myapp.com/thanks',
        cancel_url: 'https://myapp.com/cart',
      }),
    },
    answer: { session: example('Ready to be paid', { data: session, message: 'Checkout session created' }) },
  },
  'GET /v1/checkout/sessions/{id}': {
    id: 'getCheckoutSession',
    description: 'How a checkout session stands. `completed` means that the payment of that `reference` has.',
    codes: ['NOT_FOUND'],
    answer: { session: example('Paid', { data: { ...session, status: 'completed', reference: 'dgw_abc123xyz' } }) },
  },
  'GET /api/store/shop/{appSlug}': {
    id: 'getShop',
    codes: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED'],
    answer: { shop: example('A shop with one item', { data: { app: { slug: 'duka', name: 'Duka la Vitabu', logo_url: '', theme: {} }, items: [book] } }) },
  },
  'GET /api/store/{slug}': {
    id: 'getItem',
    description: 'Anything that can be bought by its slug: a product, a payment link, a checkout session that can still be paid. `amount` is null where the buyer chooses it, between `min_amount` and `max_amount`.',
    codes: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED'],
    answer: { item: example('A product', { data: book }) },
  },
  'POST /api/store/{slug}/pay': {
    id: 'payForItem',
    description:
      'The price is the server’s: an `amount` is taken only where the buyer chooses it. A checkout session that waits for a payment answers with that one, and a card left for a phone is ended first. Make one `Idempotency-Key` for each attempt, before the first request, and repeat it with every retry. ' +
      'A card payment is finished in the browser with its `client_secret`: the same request with the same key answers it again while the payment waits, also where the provider was too slow to be in the first answer.',
    codes: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED', 'INVALID_PHONE', 'INVALID_CURRENCY', 'INVALID_PROVIDER', 'PROVIDER_ERROR', 'PROVIDER_LINE_DOWN', 'TEST_NUMBER_ON_LIVE_KEY'],
    request: {
      mobile_money: example('By mobile money', { phone_number: '0772123456', customer_name: 'Jane Doe', customer_email: 'jane@example.com' }),
      card: example('By card', { method: 'card', customer_email: 'jane@example.com' }),
    },
    answer: {
      mobile_money: example('The prompt is on its way to the phone', {
        data: {
          reference: 'dgw_abc123xyz',
          status: 'pending',
          amount: 25000,
          currency: 'UGX',
          provider: 'iotec',
          network: 'mtn',
          expires_at: '2026-03-14T14:00:00.000Z',
          client_secret: '',
          stripe_publishable_key: '',
        },
        message: 'Payment started',
      }),
    },
  },
  'GET /api/store/status/{reference}': {
    id: 'getPaymentStatus',
    description:
      'The payment as JSON, or as a stream with `Accept: text/event-stream`: every event is this whole document again, with a rising id; ' +
      'a heartbeat comes every 15 seconds; the stream ends after a terminal status. Shows no phone number and no secret. ' +
      'With `fresh=true` the provider is asked, at most every two seconds about one payment: for a buyer who has just paid, or comes back to look. The JSON waits for its answer, up to six seconds; the stream tells it when it comes. A provider that is asked enough, or is slow, is not asked for it: the answer is then the status as it stands.',
    codes: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED'],
    answer: { pending: example('Waiting for the phone', { data: status }), completed: example('Paid', { data: completed }) },
    stream: `retry: 2000\n\nid: 1\ndata: ${JSON.stringify({ data: status })}\n\nevent: heartbeat\ndata: {}\n\nid: 2\ndata: ${JSON.stringify({ data: completed })}\n\n`,
  },
};
