/** The snippet builder: asks what the button should be, shows it, and writes the tag that makes it. */
import { allowCopying } from './copying.js';
import { rulesText, tagText } from './tag.js';

const MALIPO = 'http://localhost:3000';
const SHOP = 'duka-la-vitabu';

const form = document.querySelector('.choices');
const itemField = form.querySelector('[name=item]');
const preview = document.querySelector('.preview');
const tag = document.getElementById('tag');
const rules = document.getElementById('rules');
const trouble = document.querySelector('.trouble');

/** What this server sells, by slug. @type {Map<string, { slug: string, name: string, amount: number | null, currency: string, min_amount: number | null, max_amount: number | null, methods: { type: string }[] }>} */
const items = new Map();
/** @type {{ path: string, integrity: string } | null} */
let pinned = null;
/** The tag that the preview shows. */
let shown = '';

async function read(path) {
  const response = await fetch(MALIPO + path);
  if (!response.ok) throw new Error(`${path} answers ${String(response.status)}`);
  return (await response.json()).data;
}

async function begin() {
  try {
    const [shop, script] = await Promise.all([read(`/api/store/shop/${SHOP}`), read('/pay-button.json')]);
    pinned = script;
    for (const item of shop.items) {
      items.set(item.slug, item);
      itemField.add(new Option(item.name, item.slug));
    }
    form.addEventListener('input', show);
    form.addEventListener('reset', () => setTimeout(show));
    show();
  } catch (error) {
    console.warn(error);
    trouble.hidden = false;
  }
}

/** What the form says, as attributes and properties that differ from the defaults. */
function choices() {
  const { amount, quantity, mode, locale, methods, label, successUrl, own, pin } = form.elements;
  const wanted = {
    amount: numberIn(amount),
    quantity: numberIn(quantity).replace(/^1$/, ''),
    mode: mode.value,
    locale: locale.value,
    methods: methods.value,
    label: label.value.trim(),
    'success-url': successUrl.value.trim(),
  };
  const colours = own.checked ? [...form.querySelectorAll('[data-property]')] : [];
  return {
    item: items.get(itemField.value),
    attributes: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '')),
    colours: Object.fromEntries(colours.map(({ dataset, value }) => [dataset.property, value + (dataset.unit ?? '')])),
    pinned: pin.checked ? pinned : null,
  };
}

/** '' where nothing is asked, or what the server would not sell. */
function numberIn({ value, validity, disabled }) {
  return validity.valid && !disabled ? value : '';
}

function show() {
  const { own } = form.elements;
  form.querySelector('.colours').disabled = !own.checked;
  offerWhatFits(items.get(itemField.value));
  const chosen = choices();
  tag.firstElementChild.textContent = tagText(MALIPO, chosen);
  rules.firstElementChild.textContent = rulesText(chosen);
  document.querySelector('.rules').hidden = rules.textContent === '';
  showButton(chosen);
}

/** What goes with one item does not with another: neither its methods, nor its amounts, nor that one can buy many. */
function offerWhatFits({ amount: price, currency, min_amount, max_amount, methods: taken }) {
  const { amount, quantity, methods } = form.elements;
  const offered = new Set(taken.map(({ type }) => type));
  for (const option of methods.options) option.disabled = option.value !== '' && !offered.has(option.value);
  // What was chosen for another item goes back to all.
  if (methods.selectedOptions[0].disabled) methods.value = '';

  amount.min = min_amount ?? 0;
  amount.max = max_amount ?? '';
  const words = (number) => `${currency} ${number.toLocaleString('en')}`;
  const range = [min_amount && `from ${words(min_amount)}`, max_amount && `up to ${words(max_amount)}`].filter(Boolean).join(' ');
  document.getElementById('amount-range').textContent = range ? `The buyer may give ${range}.` : `In ${currency}.`;
  for (const [field, fits] of [[amount, price === null], [quantity, price !== null]]) {
    field.disabled = !fits;
    field.parentElement.hidden = !fits;
  }
}

/**
 * The colours change in place; anything else is another tag, and makes another button as a page would. It leads nowhere
 * else: what was chosen here would be gone.
 */
function showButton({ item, attributes, colours }) {
  const wanted = { item: item.slug, ...attributes };
  delete wanted['success-url'];
  if (JSON.stringify(wanted) !== shown) {
    const button = document.createElement('pay-button');
    for (const [name, value] of Object.entries(wanted)) button.setAttribute(name, value);
    preview.replaceChildren(button);
    shown = JSON.stringify(wanted);
  }
  const { style } = preview.firstElementChild;
  for (const { dataset } of form.querySelectorAll('[data-property]')) {
    if (colours[dataset.property] === undefined) style.removeProperty(dataset.property);
    else style.setProperty(dataset.property, colours[dataset.property]);
  }
}

allowCopying(document.querySelector('.copied'));
await begin();
