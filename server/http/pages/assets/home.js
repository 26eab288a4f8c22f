/** The first page: copies a tag, and shows the one with a hash as soon as the button is built. */
const SAID_MS = 2000;

let timer = 0;

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  const tag = document.querySelector(`#${button.dataset.copy} code`);
  try {
    await navigator.clipboard.writeText(tag.textContent);
    say('Copied');
  } catch {
    // No clipboard outside secure pages (an address of the local network): selecting is the next best thing.
    getSelection().selectAllChildren(tag);
    say('Selected: press Ctrl+C to copy');
  }
});

function say(words) {
  const status = document.querySelector('.copied');
  status.textContent = words;
  clearTimeout(timer);
  timer = setTimeout(() => (status.textContent = ''), SAID_MS);
}

const coming = document.querySelector('[data-coming]');
if (coming) await showPinned(coming);

/** What answers when the build is done says nothing that this page would not say itself, asked again. */
async function showPinned(place) {
  const { ok } = await fetch(new URL('../pay-button.json', import.meta.url));
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
  const pinned = page.querySelector('figure#pinned');
  if (ok && pinned) place.replaceWith(pinned);
  else place.textContent = 'The button could not be built: the server’s log says why.';
}
