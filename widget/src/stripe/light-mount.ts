/** Each of the slots on the way out of nested shadow roots needs a name that nobody else there has. */
let passages = 0;

/**
 * A place in the document for what cannot live in a shadow root: one child of the button, shown through its slot
 * `card`. Where the button itself is inside other shadow roots, that child is a slot again, and so on up to the
 * document. All of it is taken away at the end.
 */
export class LightMount {
  /** Where to mount. */
  readonly node: HTMLElement = document.createElement('div');
  readonly #added: Element[] = [];
  readonly #observer: MutationObserver;

  /** `onGone`: a framework that renders the page anew, or the site, has taken something of it away. */
  constructor(host: Element, onGone: () => void) {
    this.#observer = new MutationObserver(() => {
      if (!this.#added.every(({ isConnected }) => isConnected)) onGone();
    });
    let [holder, slot] = [host, 'card'];
    for (let root = holder.getRootNode(); root instanceof ShadowRoot; root = holder.getRootNode()) {
      const passage = document.createElement('slot');
      passage.name = `pay-button-card-${String(++passages)}`;
      this.#add(holder, passage, slot);
      [holder, slot] = [root.host, passage.name];
    }
    this.#add(holder, this.node, slot);
  }

  remove(): void {
    this.#observer.disconnect();
    for (const each of this.#added) each.remove();
  }

  #add(holder: Element, child: Element, slot: string): void {
    child.slot = slot;
    holder.append(child);
    this.#added.push(child);
    this.#observer.observe(holder, { childList: true });
  }
}
