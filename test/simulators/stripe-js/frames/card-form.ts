/** The Payment Element's inside: on Stripe's origin, so that the page around it never sees the card. */
import { ask, type Asked, CHANNEL, type Failure, idIn, type PaymentIntent, type Result, retrieve } from '../wire.ts';
import { type Card, type Field, mistakeIn, monthAndYear } from './card.ts';
import { tell } from './to-page.ts';

const FIELDS: Readonly<Record<Field, { label: string; placeholder: string; autocomplete: string }>> = {
  number: { label: 'Card number', placeholder: '1234 1234 1234 1234', autocomplete: 'cc-number' },
  expiry: { label: 'Expiration date', placeholder: 'MM / YY', autocomplete: 'cc-exp' },
  cvc: { label: 'Security code', placeholder: 'CVC', autocomplete: 'cc-csc' },
};

/** The words of methods that Stripe’s dashboard can switch on beside cards; each leaves the page for the bank’s. */
const METHODS: Readonly<Record<string, string>> = { card: 'Card', pay_by_bank: 'Pay by bank' };

const TERMINAL = ['succeeded', 'canceled'];

let key = '';
const inputs = {} as Record<Field, HTMLInputElement>;
const complaint = document.createElement('p');
const chosen = { method: 'card' };

function card(): Card {
  return { number: inputs.number.value, expiry: inputs.expiry.value, cvc: inputs.cvc.value };
}

async function init(theKey: string, clientSecret: string): Promise<void> {
  key = theKey;
  tell({ kind: 'loaderstart' });
  const found = await retrieve(key, clientSecret);
  if ('error' in found) return tell({ kind: 'loaderror', error: found.error });
  const { status } = found.paymentIntent;
  if (TERMINAL.includes(status)) return tell({ kind: 'loaderror', error: { type: 'invalid_request_error', message: 'This PaymentIntent is in a terminal state and cannot be used to initialize Elements.' } });
  render(methodsOf(found.paymentIntent));
  tell({ kind: 'height', px: Math.ceil(document.body.getBoundingClientRect().height) });
  tell({ kind: 'ready' });
}

function methodsOf(intent: PaymentIntent & { payment_method_types?: string[] }): string[] {
  return (intent.payment_method_types ?? ['card']).filter((type) => type in METHODS);
}

function render(methods: string[]): void {
  const form = document.createElement('form');
  form.noValidate = true;
  if (methods.length > 1) form.append(...methods.map(choice));
  for (const field of Object.keys(FIELDS) as Field[]) form.append(labelled(field));
  complaint.setAttribute('role', 'alert');
  form.append(complaint);
  form.addEventListener('submit', (event) => event.preventDefault());
  document.body.append(form);
  let said = '';
  form.addEventListener('input', () => {
    const state = stateOf();
    if (JSON.stringify(state) !== said) tell({ kind: 'change', state });
    said = JSON.stringify(state);
  });
  form.addEventListener('focusin', () => tell({ kind: 'focus' }));
  form.addEventListener('focusout', () => tell({ kind: 'blur' }));
  form.addEventListener('keydown', ({ key: pressed }) => pressed === 'Escape' && tell({ kind: 'escape' }));
}

function choice(method: string): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = METHODS[method]!;
  button.addEventListener('click', () => {
    chosen.method = method;
    for (const field of document.querySelectorAll<HTMLElement>('.card')) field.hidden = method !== 'card';
    tell({ kind: 'change', state: stateOf() });
  });
  return button;
}

function labelled(field: Field): HTMLElement {
  const { label, placeholder, autocomplete } = FIELDS[field];
  const box = document.createElement('label');
  box.className = 'card';
  const input = document.createElement('input');
  Object.assign(input, { name: field, placeholder, autocomplete, inputMode: 'numeric' });
  inputs[field] = input;
  box.append(label, input);
  return box;
}

function stateOf() {
  if (chosen.method !== 'card') return { empty: false, complete: true, value: { type: chosen.method } };
  const typed = card();
  return { empty: Object.values(typed).every((text) => text === ''), complete: mistakeIn(typed) === null, value: { type: 'card' } };
}

/** Shows what is wrong, at its field. */
function submit(): { error?: Failure } {
  const mistake = chosen.method === 'card' ? mistakeIn(card()) : null;
  complaint.textContent = mistake?.error.message ?? '';
  for (const [field, input] of Object.entries(inputs)) input.setAttribute('aria-invalid', String(mistake?.field === field));
  if (mistake === null) return {};
  inputs[mistake.field].focus();
  return { error: mistake.error };
}

async function confirm(clientSecret: string, returnUrl: string | undefined): Promise<Result> {
  const { error } = submit();
  if (error !== undefined) return { error };
  const result = await ask('POST', `/v1/payment_intents/${idIn(clientSecret)}/confirm`, {
    key,
    client_secret: clientSecret,
    use_stripe_sdk: 'true',
    ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
    ...methodData(),
  });
  if ('error' in result && result.error.type === 'card_error') complaint.textContent = result.error.message;
  return result;
}

function methodData(): Record<string, string> {
  if (chosen.method !== 'card') return { 'payment_method_data[type]': chosen.method };
  const { number, expiry, cvc } = card();
  const [month, year] = monthAndYear(expiry);
  return {
    'payment_method_data[type]': 'card',
    'payment_method_data[card][number]': number.replaceAll(/\D/g, ''),
    'payment_method_data[card][exp_month]': String(month),
    'payment_method_data[card][exp_year]': String(year),
    'payment_method_data[card][cvc]': cvc,
  };
}

async function answer(asked: Asked): Promise<void> {
  switch (asked.kind) {
    case 'init':
      return init(asked.key, asked.clientSecret);
    case 'focus':
      return inputs.number?.focus();
    case 'blur':
      return (document.activeElement as HTMLElement | null)?.blur();
    case 'clear':
      for (const input of Object.values(inputs)) input.value = '';
      return;
    case 'submit':
      return tell({ kind: 'reply', call: asked.call, reply: submit() });
    case 'confirm':
      return tell({ kind: 'reply', call: asked.call, reply: await confirm(asked.clientSecret, asked.returnUrl) });
  }
}

addEventListener('message', ({ source, data }: MessageEvent<Asked & { channel?: string }>) => {
  if (source === parent && data.channel === CHANNEL) void answer(data);
});
tell({ kind: 'hello' });
