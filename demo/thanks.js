/**
 * Where `success-url` leads. The address is only a greeting: anybody can type it, so a real shop hands over
 * goods when its server hears of the payment, never because this page was opened.
 */
import { speak, storedLanguage } from './language.js';

const reference = new URLSearchParams(location.search).get('reference');
if (reference) {
  document.getElementById('reference').textContent = reference;
  document.querySelector('.reference').hidden = false;
}
speak(storedLanguage());
