import type { ReactiveControllerHost, TemplateResult } from 'lit';
import { html } from '../template.ts';

/**
 * The one polite live region, to be rendered inside the dialog: what lies outside a modal dialog is inert and
 * screen readers pass over it. The text stays until the next one replaces it.
 */
export class Announcer {
  readonly #host: ReactiveControllerHost;
  #text = '';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  say(text: string): void {
    // The same words again count as a change only when something differs: a no-break space, which nobody reads out.
    this.#text = text === this.#text ? `${text}\u00a0` : text;
    this.#host.requestUpdate();
  }

  render(): TemplateResult {
    return html`<p class="spoken" role="status">${this.#text}</p>`;
  }
}
