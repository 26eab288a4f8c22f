/** Every state of the button side by side, with a stand-in for the server: nothing here leaves the page. */
import { CUT, SILENCE, stage, STAND_IN } from './stand-in.js';

/** Each state: when a buyer sees it, how the requests go that lead there, and what is pressed on the way. */
const STATES = {
  idle: { when: 'Nothing is going on; the button waits to be pressed.', mode: 'dialog' },
  loading: { when: 'The item is being fetched.', scene: { item: SILENCE } },
  details: { when: 'The buyer types a number.' },
  starting: { when: 'The start is on its way; after half a minute in silence it becomes unknown.', scene: { start: SILENCE }, press: ['submit'] },
  waiting: { when: 'The buyer approves on the phone.', scene: { status: 'pending' }, press: ['submit'] },
  card: { when: 'The buyer types a card; here one of the sandbox’s.', scene: { status: 'pending' }, methods: 'card', press: ['submit'] },
  checking: { when: 'The buyer asked to look now.', scene: { status: 'pending', check: SILENCE }, press: ['submit', 'check'] },
  succeeded: { when: 'The money arrived.', scene: { status: 'completed' }, press: ['submit'] },
  failed: { when: 'The payment failed for certain; here for want of money.', scene: { status: 'failed', failure_code: 'insufficient_funds' }, press: ['submit'] },
  expired: { when: 'Nobody approved in time.', scene: { status: 'expired', failure_code: 'expired' }, press: ['submit'] },
  unknown: { when: 'Money may be moving and nobody has told us.', scene: { start: CUT }, press: ['submit'] },
  offline: { when: 'No network, and nothing begun.', scene: { item: CUT } },
  unavailable: { when: 'This item cannot be bought here.', scene: { item: 'NOT_FOUND' } },
};

const grid = document.querySelector('.states');
const template = document.getElementById('state');
const language = document.getElementById('language');
const scheme = document.getElementById('scheme');

for (const [name, { when }] of Object.entries(STATES)) {
  const card = template.content.cloneNode(true).firstElementChild;
  card.dataset.state = name;
  card.querySelector('h2').textContent = name;
  card.querySelector('p').textContent = when;
  card.querySelector('button').setAttribute('aria-label', `Again: ${name}`);
  card.querySelector('button').addEventListener('click', () => play(card));
  card.addEventListener('pay-statechange', ({ detail }) => (card.querySelector('output').textContent = detail.state));
  grid.append(card);
  play(card);
}

language.addEventListener('change', () => {
  for (const button of grid.querySelectorAll('pay-button')) button.setAttribute('locale', language.value);
});
scheme.addEventListener('change', () => (grid.dataset.scheme = scheme.value));

/** From the beginning to the card's state, as a buyer gets there. */
async function play(card) {
  const name = card.dataset.state;
  const { scene = {}, press = [], mode = 'inline', methods = '' } = STATES[name];
  stage(name, scene);
  const button = document.createElement('pay-button');
  const attributes = { item: name, 'base-url': STAND_IN, mode, methods, locale: language.value, phone: '0772123456' };
  for (const [attribute, value] of Object.entries(attributes)) button.setAttribute(attribute, value);
  card.querySelector('output').textContent = 'idle';
  card.querySelector('.stage').replaceChildren(button);
  for (const part of press) (await appearance(button, part)).click();
}

/** The part of the button, as soon as it is there. */
async function appearance(button, part) {
  await customElements.whenDefined('pay-button');
  await button.updateComplete;
  const find = () => button.shadowRoot.querySelector(`[part=${part}]`);
  return find() ?? new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!find()) return;
      observer.disconnect();
      resolve(find());
    });
    observer.observe(button.shadowRoot, { childList: true, subtree: true });
  });
}
