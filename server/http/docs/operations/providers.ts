import { example, type OperationTexts } from '../operation.ts';

export const providers: OperationTexts = {
  'GET /api/provider-health': {
    id: 'getProviderHealth',
    codes: [],
    answer: {
      lines: example('Airtel is down', {
        data: [
          { provider_slug: 'iotec', vendor: 'mtn', currency: 'UGX', is_healthy: true, last_check_at: '2026-03-25T06:00:00.000Z', last_error: '' },
          {
            provider_slug: 'iotec',
            vendor: 'airtel',
            currency: 'UGX',
            is_healthy: false,
            last_check_at: '2026-03-25T06:00:00.000Z',
            last_error: 'Service temporarily unavailable',
            failing_since: '2026-03-24T16:21:00.000Z',
          },
        ],
      }),
    },
  },
  'POST /v1/webhooks/{provider}': {
    id: 'receiveProviderCallback',
    description:
      'For payment providers alone. A callback is authenticated in its provider’s own way, stored once, and answered at once; what it says is believed only after the provider was asked. Those of `dgateway` and `dukuzi` carry no signature: they are a hint to ask, and one about nothing of ours is answered and forgotten.',
    codes: ['AUTHENTICATION_ERROR', 'NOT_FOUND', 'UNAVAILABLE'],
    answer: { received: example('Stored', { received: true }) },
  },
};
