/** The bank's question in Stripe's test mode: two buttons, with the names that test pages of Stripe's give them. */
import { ask, idIn } from '../wire.ts';
import { tell } from './to-page.ts';

const params = new URLSearchParams(location.search);
const clientSecret = params.get('client_secret') ?? '';
/** Set on the bank's own page, to which the browser goes back from there. */
const returnUrl = params.get('return_url');

function button(id: string, words: string, isRight: boolean): HTMLButtonElement {
  const made = document.createElement('button');
  made.id = id;
  made.textContent = words;
  made.addEventListener('click', () => void answer(isRight));
  return made;
}

async function answer(isRight: boolean): Promise<void> {
  await ask('POST', `/v1/payment_intents/${idIn(clientSecret)}/answer_challenge`, { key: params.get('key') ?? '', client_secret: clientSecret, right: String(isRight) });
  if (returnUrl === null) return tell({ kind: 'challenged' });
  const url = new URL(returnUrl);
  url.searchParams.set('payment_intent', idIn(clientSecret));
  url.searchParams.set('payment_intent_client_secret', clientSecret);
  url.searchParams.set('redirect_status', isRight ? 'succeeded' : 'failed');
  location.assign(url);
}

const question = document.createElement('h1');
question.textContent = returnUrl === null ? '3D Secure 2 Test Page' : 'Test payment page';
document.body.append(
  question,
  button('test-source-authorize-3ds', returnUrl === null ? 'Complete' : 'Authorize test payment', true),
  button('test-source-fail-3ds', returnUrl === null ? 'Fail' : 'Fail test payment', false),
);
