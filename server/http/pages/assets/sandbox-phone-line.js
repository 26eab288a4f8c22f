/**
 * The handset's line to the network: asks the server which prompts are open for the payments (or the phone
 * number) it was told to watch, and carries the person's answer back. Knows nothing about the screen.
 */

/** Relative to /sandbox/phone, so that a server mounted under a prefix works too. */
const PROMPTS_URL = new URL('phone/prompts', document.baseURI);

const POLL_MS = 1000;
/** Nothing is open and nothing was asked for by number: only a reference told later could matter. */
const POLL_QUIET_MS = 5000;
const POLL_OFFLINE_MAX_MS = 15000;
/** A demo page is paid on again and again: the last few payments are enough for one screen. */
const MAX_REFERENCES = 4;

const REFERENCE = /^[A-Za-z0-9_-]{1,64}$/;

export class SandboxLine extends EventTarget {
  /** Newest first, as the server answers. @type {Array<Record<string, any>>} */
  prompts = [];
  online = true;
  phone = '';
  #references = [];
  #timer = 0;
  #failures = 0;
  /** Counts the answers sent: a poll that began before one would show the screen of the past. */
  #answers = 0;

  constructor() {
    super();
    document.addEventListener('visibilitychange', () => this.#schedule(0));
  }

  /** Watches one payment. Unknown references are harmless: the server answers an empty list. */
  watchReference(reference) {
    if (typeof reference !== 'string' || !REFERENCE.test(reference)) return;
    this.#references = [reference, ...this.#references.filter((known) => known !== reference)].slice(0, MAX_REFERENCES);
    this.#schedule(0);
  }

  /** Watches every payment asked of this number (digits with the calling code). */
  watchPhone(digits) {
    this.phone = digits;
    this.#schedule(0);
  }

  /** Sends hold, approve, decline or ignore. Throws an Error whose message can be shown to a person. */
  async answer(reference, action, pin) {
    this.#answers++;
    const answered = await ask(`${PROMPTS_URL}/${encodeURIComponent(reference)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pin ? { action, pin } : { action }),
    });
    this.#answers++;
    this.prompts = this.prompts.map((prompt) => (prompt.reference === reference ? answered : prompt));
    this.#changed();
    return answered;
  }

  #schedule(delayMs) {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.#timer = setTimeout(() => this.#poll(), delayMs);
  }

  async #poll() {
    if (this.#references.length === 0 && !this.phone) return;
    const answersBefore = this.#answers;
    try {
      const lists = await Promise.all(this.#queries().map((query) => ask(`${PROMPTS_URL}?${query}`)));
      this.#failures = 0;
      this.online = true;
      if (answersBefore === this.#answers) this.prompts = newestFirst(lists.flat());
    } catch {
      this.#failures++;
      this.online = false;
    }
    this.#changed();
    this.#schedule(this.#delay());
  }

  #queries() {
    const queries = this.#references.map((reference) => new URLSearchParams({ reference }));
    if (this.phone) queries.push(new URLSearchParams({ phone: this.phone }));
    return queries;
  }

  #delay() {
    if (this.#failures > 0) return Math.min(POLL_MS * 2 ** this.#failures, POLL_OFFLINE_MAX_MS);
    const expecting = this.phone || this.prompts.some((prompt) => prompt.status === 'waiting');
    return expecting ? POLL_MS : POLL_QUIET_MS;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** One prompt may come by its reference and by its number: the first one, newest list first, stands. */
function newestFirst(prompts) {
  return [...new Map(prompts.toReversed().map((prompt) => [prompt.reference, prompt])).values()].toReversed();
}

async function ask(url, options = {}) {
  const response = await fetch(url, { cache: 'no-store', ...options });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.message ?? 'The sandbox did not answer. Try again.');
  return body.data;
}
