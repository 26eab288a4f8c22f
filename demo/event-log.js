/** The log a developer wants beside a payment button: time, type and detail of each event, newest first. */

/** A page left open for a day must not grow without end. */
const MAX_LINES = 100;

/** To the millisecond: the order and the gaps are what one reads a log for. */
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
});

export class EventLog {
  #lines;
  #empty;

  constructor(element, clearButton) {
    this.#lines = element.querySelector('.log-lines');
    this.#empty = element.querySelector('.log-empty');
    clearButton.addEventListener('click', () => this.clear());
  }

  /** @param {CustomEvent} event one that a `<pay-button>` sent */
  add(event) {
    const line = document.createElement('li');
    line.append(
      piece('time', TIME.format()),
      piece('b', event.type),
      piece('span', event.target.getAttribute?.('item') ?? ''),
      piece('code', JSON.stringify(event.detail ?? null)),
    );
    line.dataset.type = event.type;
    this.#lines.prepend(line);
    while (this.#lines.childElementCount > MAX_LINES) this.#lines.lastElementChild.remove();
    this.#empty.hidden = true;
  }

  clear() {
    this.#lines.replaceChildren();
    this.#empty.hidden = false;
  }
}

function piece(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
