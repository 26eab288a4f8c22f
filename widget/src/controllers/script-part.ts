import { html, nothing, type ReactiveControllerHost } from 'lit';
import { loadPart, type ScriptParts } from '../parts.ts';
import { learnEnglish } from './locale.ts';

/** A script of the button's own that is fetched when it is needed: what it says, looks like and does. */
export class ScriptPart<Name extends keyof ScriptParts> {
  /** What it brought, null before. */
  code: ScriptParts[Name] | null = null;
  /** It did not come when it was last fetched. */
  isLost = false;
  readonly #name: Name;
  readonly #host: ReactiveControllerHost & HTMLElement;
  #coming: Promise<void> | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, name: Name) {
    this.#host = host;
    this.#name = name;
  }

  /** Fetches it, unless it is here or on its way. Resolves once it is known whether it came, before the host shows it. */
  async fetch(): Promise<void> {
    if (!this.code) await (this.#coming ??= this.#load());
  }

  async #load(): Promise<void> {
    this.isLost = false;
    this.#host.requestUpdate();
    try {
      const code = await loadPart(this.#name);
      this.#learn(code);
      this.code = code;
    } catch {
      this.isLost = true;
    }
    this.#coming = null;
  }

  #learn({ messages, CSS, useLit }: Pick<ScriptParts[keyof ScriptParts], 'messages' | 'CSS' | 'useLit'>): void {
    learnEnglish(messages);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.#host.shadowRoot?.adoptedStyleSheets.push(sheet);
    useLit({ html, nothing });
  }
}
