import { example, type OperationText, type OperationTexts } from '../operation.ts';

const create: OperationText = {
  id: 'createDukuziPayment',
  description:
    'Asks a phone in Tanzania for the price of a product of yours. A server may name any amount from TZS 100; a request from a browser, which carries an `Origin`, only the product’s price.',
  codes: ['INVALID_PHONE', 'ORIGIN_NOT_ALLOWED', 'PROVIDER_ERROR', 'PROVIDER_LINE_DOWN', 'TEST_NUMBER_ON_LIVE_KEY'],
  request: {
    payment: example('As a form posts it', {
      phone_number: '255712345678',
      amount: 5000,
      product_id: 1,
      customer_name: 'John Doe',
      customer_email: 'john@example.com',
    }),
  },
  answer: {
    started: example('The prompt is on its way to the phone', {
      success: true,
      transaction_id: 123,
      status: 'pending',
      message: 'Payment initiated. Customer will receive USSD push.',
    }),
  },
};

const status: OperationText = {
  id: 'getDukuziTransaction',
  description: 'Times are East Africa Time. A payment that nobody approved within four hours is `expired`.',
  codes: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED'],
  answer: {
    completed: example('Paid', {
      transaction_id: 123,
      status: 'completed',
      amount: 5000,
      currency: 'TZS',
      created_at: '2026-04-07 10:30:00',
      completed_at: '2026-04-07 10:32:00',
    }),
  },
};

const alias = (text: OperationText): OperationText => ({
  ...text,
  id: `${text.id}AtApiProxy`,
  description: `The same under the address that Dukuzi’s own clients use. ${text.description}`,
});

export const dukuzi: OperationTexts = {
  'POST /create-payment': create,
  'GET /transaction/{id}': status,
  'POST /api-proxy.php/create-payment': alias(create),
  'GET /api-proxy.php/transaction/{id}': alias(status),
};
