/**
 * English and Kiswahili. English is in the HTML itself, so the page reads without this script; the widget
 * follows `<html lang>` by itself.
 */
import { SWAHILI } from './swahili.js';

/** Words that only scripts say. */
const ENGLISH = { copied: 'Copied', selected: 'Selected: copy it with Ctrl+C' };

const STORED_AS = 'duka-language';
/** Where a key's words go: the element's text or an attribute. */
const PLACES = { say: null, sayLabel: 'aria-label', sayTitle: 'title' };

/** The English of each element, kept when it is first replaced. @type {WeakMap<Element, Record<string, string>>} */
const originals = new WeakMap();

/** One phrase in the page's language. */
export function say(key) {
  return (document.documentElement.lang === 'sw' ? SWAHILI[key] : undefined) ?? ENGLISH[key] ?? '';
}

export function storedLanguage() {
  try {
    return localStorage.getItem(STORED_AS) === 'sw' ? 'sw' : 'en';
  } catch {
    return 'en'; // Storage is refused in some private windows and frames.
  }
}

/** Puts the page into `en` or `sw`. */
export function speak(language) {
  document.documentElement.lang = language;
  for (const [place, attribute] of Object.entries(PLACES)) {
    const selector = `[data-${place.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const element of document.querySelectorAll(selector)) translate(element, place, attribute, language);
  }
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
}

/** Wires the language buttons and starts in the language chosen last time. */
export function offerLanguages() {
  for (const button of document.querySelectorAll('[data-language]')) {
    button.addEventListener('click', () => {
      speak(button.dataset.language);
      try {
        localStorage.setItem(STORED_AS, button.dataset.language);
      } catch {
        // Not remembered, and nothing else is lost.
      }
    });
  }
  speak(storedLanguage());
}

function translate(element, place, attribute, language) {
  const read = () => (attribute ? element.getAttribute(attribute) : element.textContent);
  const kept = originals.get(element) ?? {};
  kept[place] ??= read();
  originals.set(element, kept);
  const words = (language === 'sw' ? SWAHILI[element.dataset[place]] : undefined) ?? kept[place];
  if (words === read()) return;
  if (attribute) element.setAttribute(attribute, words);
  else element.textContent = words;
}
