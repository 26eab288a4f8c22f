/**
 * The test phone on the page: a frame around Malipo's sandbox phone.
 *
 * The pay dialog is modal, and a modal dialog makes everything outside it inert: a phone that merely lies on
 * the page could be seen behind the dialog but not touched. Only another modal dialog goes above a modal
 * dialog, so the handset is a dialog itself. It lies open on the page; when it rings and cannot be touched
 * where it lies (covered, or scrolled away on a small screen), it is picked up with showModal(), and put
 * down again when it was answered, when the payment ended, or when nobody touched it.
 */

/** Longer than the sandbox's own approval (3 s): a phone that nobody answers must not keep the dialog covered. */
const UNTOUCHED_MS = 7000;
/** Time to read "You approved …" on the phone before it goes. */
const READ_MS = 1300;

export class Handset {
  #dialog;
  #frame;
  #origin;
  #ownWindow = null;
  #reference = '';
  /** Whether the payment was started on this page just now, and not resumed after a reload. */
  #mayPickUp = false;
  #timer = 0;

  /** @param {HTMLDialogElement} dialog @param {HTMLAnchorElement} ownWindowLink */
  constructor(dialog, ownWindowLink) {
    this.#dialog = dialog;
    this.#frame = dialog.querySelector('iframe');
    this.#origin = new URL(this.#frame.src).origin;
    dialog.querySelector('.put-down').addEventListener('click', () => this.putDown());
    // A click on the backdrop lands on the dialog itself, since its content fills it.
    dialog.addEventListener('click', (event) => event.target === dialog && this.putDown());
    dialog.addEventListener('close', () => this.#layOnPage());
    // Focus that moves into the frame is the one sign of a touch that a page gets from another origin.
    window.addEventListener('blur', () => document.activeElement === this.#frame && clearTimeout(this.#timer));
    window.addEventListener('message', (event) => this.#hear(event));
    ownWindowLink.addEventListener('click', (event) => this.#openOwnWindow(event, ownWindowLink));
  }

  /** A payment waits for approval: tells the phone, which says so when a prompt has arrived. */
  ring(reference, { mayPickUp }) {
    this.#reference = reference;
    this.#mayPickUp = mayPickUp;
    this.#tell(this.#frame.contentWindow);
    this.#tell(this.#ownWindow);
  }

  putDown() {
    if (this.#isPickedUp()) this.#dialog.close();
  }

  putDownSoon() {
    if (this.#isPickedUp()) this.#after(READ_MS);
  }

  #show(reference) {
    if (!this.#mayPickUp || reference !== this.#reference) return;
    this.#mayPickUp = false;
    const isInHand = this.#ownWindow && !this.#ownWindow.closed;
    if (!isInHand && !this.#canBeTouched()) this.#pickUp();
  }

  #pickUp() {
    if (this.#isPickedUp()) return;
    // Not close(): nothing was decided, the phone only changes from lying on the page to lying above it.
    this.#dialog.removeAttribute('open');
    this.#dialog.showModal();
    this.#after(UNTOUCHED_MS);
  }

  /** By attribute, because show() would move the focus and scroll the page to the phone. */
  #layOnPage() {
    clearTimeout(this.#timer);
    this.#dialog.setAttribute('open', '');
  }

  #isPickedUp() {
    return this.#dialog.matches(':modal');
  }

  /** Whether the middle and the buttons of the phone are on the screen with nothing above them. */
  #canBeTouched() {
    const box = this.#frame.getBoundingClientRect();
    const x = box.left + box.width / 2;
    return [0.5, 0.85].every((share) => document.elementFromPoint(x, box.top + box.height * share) === this.#frame);
  }

  #after(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.putDown(), ms);
  }

  #tell(phone) {
    if (this.#reference) phone?.postMessage({ type: 'malipo-sandbox', reference: this.#reference }, this.#origin);
  }

  #hear(event) {
    if (event.origin !== this.#origin) return;
    switch (event.data?.type) {
      case 'malipo-sandbox-ready':
        // Also when it was told before: that message came before its page could listen.
        this.#tell(event.source);
        break;
      case 'malipo-sandbox-prompt':
        if (event.source === this.#frame.contentWindow) this.#show(event.data.reference);
        break;
      case 'malipo-sandbox-answered':
        this.putDownSoon();
        break;
      case 'malipo-sandbox-escape':
        // Keys pressed inside the frame do not reach this page's dialog.
        this.putDown();
        break;
    }
  }

  #openOwnWindow(event, link) {
    this.#ownWindow = window.open(link.href, link.target, 'popup,width=380,height=720');
    // Blocked: let the link open a tab as it would without this script.
    if (this.#ownWindow) event.preventDefault();
  }
}
