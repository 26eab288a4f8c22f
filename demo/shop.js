/** The shop's own script: a page that uses `<pay-button>` exactly as a customer's would. */
import { allowCopying } from './copying.js';
import { EventLog } from './event-log.js';
import { Handset } from './handset.js';
import { offerLanguages } from './language.js';

const PAY_EVENTS = [
  'pay-open', 'pay-start', 'pay-pending', 'pay-success', 'pay-failure', 'pay-expire', 'pay-close', 'pay-statechange',
];

const log = new EventLog(document.querySelector('.log'), document.querySelector('.clear-log'));
const handset = new Handset(document.querySelector('.handset'), document.querySelector('.own-window'));

// The events bubble out of the widget, so one listener on the document hears every button on the page.
for (const type of PAY_EVENTS) document.addEventListener(type, (event) => log.add(event));

/** Buttons pressed since this page was opened: a payment resumed after a reload is told, but nothing pops up. */
const pressed = new WeakSet();
document.addEventListener('pay-start', (event) => pressed.add(event.target));
document.addEventListener('pay-pending', (event) => {
  handset.ring(event.detail.reference, { mayPickUp: pressed.has(event.target) });
});
for (const end of ['pay-success', 'pay-failure', 'pay-expire', 'pay-close']) {
  document.addEventListener(end, () => handset.putDownSoon());
}

/** A suggested amount on the card is the widget's own API: fill in the amount, open the panel. */
const fund = document.querySelector('pay-button[item="library-fund"]');
for (const button of document.querySelectorAll('[data-amount]')) {
  button.addEventListener('click', () => {
    fund.setAttribute('amount', button.dataset.amount);
    fund.open();
  });
}

offerLanguages();
allowCopying(document.querySelector('.copied'));
