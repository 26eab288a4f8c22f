/**
 * The sandbox phone's screen: shows a payment prompt as a handset would, and sends what the person answers.
 * A page that embeds it posts `{type: 'malipo-sandbox', reference}`; it hears back `malipo-sandbox-ready`,
 * `malipo-sandbox-prompt`, `malipo-sandbox-answered` and `malipo-sandbox-escape`.
 */
import { SandboxLine } from './sandbox-phone-line.js';

/** Any PIN will do in the sandbox, but it has the shape of a real one. */
const PIN = /^[0-9]{4,5}$/;
const MESSAGES_SHOWN = 3;
/** A number may answer after hours (00006 waits for the expiry): that is nothing to count down to. */
const COUNTDOWN_MAX_S = 60;

const embedded = window.parent !== window;
const line = new SandboxLine();
const $ = (id) => document.getElementById(id);

/** The prompt on the screen, or null on the home screen. */
let shown = null;
/** References the person has touched: each is held once, which stops the automatic approval. */
const held = new Set();
/** Whoever told us a payment: answers go to that window and origin, nowhere else. */
let teller = null;

// --- what the screen shows -------------------------------------------------------------------------------

function render() {
  const open = line.prompts.find(({ status }) => status === 'waiting') ?? null;
  const arrived = open && open.reference !== shown?.reference;
  if (arrived) layOut(open);
  if (shown && !open) sayHowItEnded(shown.reference);
  shown = open;
  $('prompt').hidden = !open;
  renderHint();
  renderHome();
  const network = open ?? line.prompts[0];
  $('network').textContent = line.online ? (network?.network_name ?? 'Sandbox network') : 'No service';
  if (!arrived) return;
  say(`${open.network_name}: ${question(open)} Enter PIN to approve.`);
  tell({ type: 'malipo-sandbox-prompt', reference: open.reference });
}

/** Also when nobody answered: the sandbox approved by itself, or the shop gave up. */
function sayHowItEnded(reference) {
  const ended = line.prompts.find((prompt) => prompt.reference === reference);
  if (ended) say(outcome(ended));
}

/** Fills the prompt when it arrives, and only then: a poll must not wipe the PIN being typed. */
function layOut(prompt) {
  $('prompt-title').textContent = prompt.network_name;
  $('prompt-ask').textContent = question(prompt);
  $('prompt-about').textContent = [prompt.description, `Ref ${shortReference(prompt)}`].filter(Boolean).join(' · ');
  $('pin').value = '';
  complain('');
}

function renderHint() {
  const approvesAt = shown && !held.has(shown.reference) ? shown.approves_at : null;
  // The server's clock and this one may differ: the count is a hint, the prompt itself comes from the server.
  const seconds = approvesAt ? Math.max(1, Math.ceil((Date.parse(approvesAt) - Date.now()) / 1000)) : 0;
  // "Answers", not "approves": some numbers have no money, or decline.
  $('prompt-hint').textContent = seconds > 0 && seconds <= COUNTDOWN_MAX_S
    ? `Answers by itself in ${seconds} s. Touch to answer yourself.`
    : 'This is the sandbox: any 4 or 5 digits will do.';
}

function renderHome() {
  const past = line.prompts.filter((prompt) => prompt !== shown && prompt.status !== 'waiting').slice(0, MESSAGES_SHOWN);
  const key = past.map((prompt) => prompt.reference + prompt.status).join();
  // Redrawn only when something changed: selected text would be lost and screen readers start over each second.
  if ($('messages').dataset.key !== key) {
    $('messages').dataset.key = key;
    $('messages').replaceChildren(...past.map(message));
  }
  $('home-note').textContent = line.phone ? `No prompts for ${line.phone}. Waiting…` : 'No prompts. Waiting…';
  $('home-note').hidden = past.length > 0 && !line.phone;
}

function message(prompt) {
  const item = document.createElement('li');
  const from = document.createElement('strong');
  from.textContent = prompt.network_name;
  item.append(from, outcome(prompt));
  return item;
}

function question(prompt) {
  return `Pay ${money(prompt)} to ${prompt.merchant}?`;
}

function outcome(prompt) {
  const payment = `${money(prompt)} to ${prompt.merchant}`;
  switch (prompt.status) {
    case 'approved':
      return `You approved ${payment}. Ref ${shortReference(prompt)}.`;
    case 'declined':
      return `You declined ${payment}. Nothing was taken.`;
    case 'ignored':
      return `You ignored ${payment}. The shop waits until it expires.`;
    default:
      return `The request to pay ${payment} is over.`;
  }
}

function money({ amount, currency }) {
  return `${currency} ${amount.toLocaleString('en', { maximumFractionDigits: 2 })}`;
}

function shortReference({ reference }) {
  return reference.length > 14 ? `${reference.slice(0, 4)}…${reference.slice(-6)}` : reference;
}

function say(text) {
  $('announcement').textContent = text;
}

function complain(text) {
  $('prompt-error').textContent = text;
  $('pin').toggleAttribute('aria-invalid', text !== '');
}

function tick() {
  const now = new Date();
  const time = now.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  $('clock').textContent = time;
  $('home-clock').textContent = time;
  $('home-date').textContent = now.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
  renderHint();
}

// --- what the person does --------------------------------------------------------------------------------

/** The first touch is "I will answer myself": the sandbox stops its automatic approval. */
function hold() {
  if (!shown || held.has(shown.reference)) return;
  held.add(shown.reference);
  renderHint();
  // A hold that comes too late is no error for the person: the next poll shows what happened instead.
  line.answer(shown.reference, 'hold').catch(() => {});
}

async function answer(action) {
  const { reference } = shown;
  const pin = $('pin').value.trim();
  if (action === 'approve' && !PIN.test(pin)) {
    complain('Enter 4 or 5 digits.');
    $('pin').focus();
    return;
  }
  complain('');
  held.add(reference);
  const buttons = $('prompt').querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    const prompt = await line.answer(reference, action, action === 'approve' ? pin : '');
    tell({ type: 'malipo-sandbox-answered', reference, status: prompt.status });
  } catch (error) {
    complain(error.message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

$('prompt').addEventListener('pointerdown', hold);
$('prompt').addEventListener('focusin', hold);
$('prompt').addEventListener('submit', (event) => {
  event.preventDefault();
  // Enter in the PIN field submits with the first button, which is Approve.
  if (shown) void answer(event.submitter?.value ?? 'approve');
});
$('pin').addEventListener('input', () => {
  $('pin').value = $('pin').value.replace(/\D/g, '');
  complain('');
});

$('number').addEventListener('submit', (event) => {
  event.preventDefault();
  const digits = $('number-field').value.replace(/\D/g, '').replace(/^00/, '').replace(/^0(?=\d{9}$)/, '256');
  // A local number is read as Ugandan, the demo's country; the field shows it in full, to be corrected.
  $('number-field').value = digits;
  if (digits) line.watchPhone(digits);
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tell({ type: 'malipo-sandbox-escape' });
});

// --- who tells this phone what to watch ------------------------------------------------------------------

function tell(note) {
  teller?.window.postMessage(note, teller.origin);
}

window.addEventListener('message', (event) => {
  if (event.data?.type !== 'malipo-sandbox') return;
  teller = { window: event.source, origin: event.origin };
  line.watchReference(event.data.reference);
});

const asked = new URLSearchParams(location.search);
for (const reference of asked.getAll('reference')) line.watchReference(reference);
const askedPhone = (asked.get('phone') ?? '').replace(/\D/g, '');
if (askedPhone) {
  $('number-field').value = askedPhone;
  line.watchPhone(askedPhone);
}

document.documentElement.classList.toggle('embedded', embedded);
$('number').hidden = embedded;
line.addEventListener('change', render);
tick();
setInterval(tick, 1000);
// "Ready" holds no secret and the embedding page may be any site: it learns only that it may speak now.
(embedded ? window.parent : window.opener)?.postMessage({ type: 'malipo-sandbox-ready' }, '*');
