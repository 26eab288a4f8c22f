/** What every payment of the bench is of, in UGX, as its provider says it. */
export const AMOUNT = 50_000;

/** A payment as `insertPayment` takes it, but for its reference, app, mode and times. */
export const PAYMENT = {
  direction: 'collect',
  method: 'mobile_money',
  provider: 'iotec',
  network: 'mtn',
  amountMinor: AMOUNT * 100,
  feeMinor: AMOUNT * 8,
  currency: 'UGX',
  phone: '256771234567',
  description: 'Order #1234',
  callbackUrl: '',
  metadata: '{"order_id":"1234"}',
  customerName: '',
  customerEmail: '',
  itemId: null,
  quantity: 1,
} as const;
