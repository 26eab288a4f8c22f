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

/** What this server sells, by slug. @type {Map<string, { slug: string, name: string, methods: { type: string }[] }>} */
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
  const { mode, locale, methods, label, own, pin } = form.elements;
  const wanted = { mode: mode.value, locale: locale.value, methods: methods.value, label: label.value.trim() };
  const colours = own.checked ? [...form.querySelectorAll('[data-property]')] : [];
  return {
    item: items.get(itemField.value),
    attributes: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '')),
    colours: Object.fromEntries(colours.map(({ dataset, value }) => [dataset.property, value + (dataset.unit ?? '')])),
    pinned: pin.checked ? pinned : null,
  };
}

function show() {
  const { own, methods } = form.elements;
  form.querySelector('.colours').disabled = !own.checked;
  const chosen = choices();
  const offered = new Set(chosen.item.methods.map(({ type }) => type));
  // What the item does not take cannot be asked for; what was chosen for another item goes back to all.
  for (const option of methods.options) option.disabled = option.value !== '' && !offered.has(option.value);
  if (methods.selectedOptions[0].disabled) {
    methods.value = '';
    delete chosen.attributes.methods;
  }
  tag.firstElementChild.textContent = tagText(MALIPO, chosen);
  rules.firstElementChild.textContent = rulesText(chosen);
  document.querySelector('.rules').hidden = rules.textContent === '';
  showButton(chosen);
}

/** The colours change in place; anything else is another tag, and makes another button as a page would. */
function showButton({ item, attributes, colours }) {
  const wanted = JSON.stringify({ item: item.slug, ...attributes });
  if (wanted !== shown) {
    const button = document.createElement('pay-button');
    for (const [name, value] of Object.entries({ item: item.slug, ...attributes })) button.setAttribute(name, value);
    preview.replaceChildren(button);
    shown = wanted;
  }
  const { style } = preview.firstElementChild;
  for (const { dataset } of form.querySelectorAll('[data-property]')) {
    if (colours[dataset.property] === undefined) style.removeProperty(dataset.property);
    else style.setProperty(dataset.property, colours[dataset.property]);
  }
}

allowCopying(document.querySelector('.copied'));
await begin();
