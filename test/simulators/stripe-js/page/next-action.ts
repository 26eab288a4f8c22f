/** What the bank wants before it pays: its question in a layer over the page, or its own page. */
import { type PaymentIntent, type Result, retrieve } from '../wire.ts';
import { Frame, frameUrl } from './frame.ts';
import { setStyle } from './payment-element.ts';

/** Above everything that a z-index can be put above, and below every modal dialog: stripe/stripe-js#599. */
const ABOVE_THE_PAGE = '2147483647';

export async function takeNextAction(key: string, intent: PaymentIntent): Promise<Result> {
  const action = intent.next_action;
  if (intent.status !== 'requires_action' || action === null) return { paymentIntent: intent };
  if (action.type === 'redirect_to_url') return leaveFor(action.redirect_to_url.url);
  await challenge(key, intent);
  const after = await retrieve(key, intent.client_secret);
  if ('error' in after || after.paymentIntent.status !== 'requires_payment_method') return after;
  const { last_payment_error: error } = after.paymentIntent;
  return { error: { ...error!, message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.', payment_intent: after.paymentIntent } };
}

/** The page is being left: whoever waits for an answer waits until it is gone. */
export function leaveFor(url: string): Promise<never> {
  location.assign(url);
  return new Promise(() => undefined);
}

function challenge(key: string, { client_secret }: PaymentIntent): Promise<void> {
  return new Promise((resolve) => {
    const layer = document.createElement('div');
    const frame = new Frame(frameUrl('challenge', { key, client_secret }), 'Secure 3D Secure authentication frame', ({ kind }) => {
      if (kind !== 'challenged') return;
      frame.remove();
      layer.remove();
      resolve();
    });
    setStyle(layer, { position: 'fixed', inset: '0', 'z-index': ABOVE_THE_PAGE, background: 'rgb(0 0 0 / 50%)' });
    setStyle(frame.iframe, { position: 'absolute', inset: '0', width: '100%', height: '100%', border: '0' });
    layer.append(frame.iframe);
    document.body.prepend(layer);
    frame.iframe.focus();
  });
}
