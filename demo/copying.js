/** Buttons that copy: `data-copy="text"` its value, `data-copy-from="id"` the text of that element. */
import { say } from './language.js';

const SAID_MS = 2000;

/** @param {HTMLElement} status a live region that says what happened */
export function allowCopying(status) {
  let timer = 0;
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy], [data-copy-from]');
    if (!button) return;
    const source = document.getElementById(button.dataset.copyFrom);
    const text = button.dataset.copy ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `${say('copied')} ${source ? '' : text}`;
    } catch {
      // No clipboard outside secure pages (an address of the local network): selecting is the next best thing.
      getSelection().selectAllChildren(source ?? button);
      status.textContent = say('selected');
    }
    clearTimeout(timer);
    timer = setTimeout(() => (status.textContent = ''), SAID_MS);
  });
}
