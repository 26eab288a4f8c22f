import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import { html, nothing } from '../template.ts';

export interface DialogHost extends ReactiveControllerHost, HTMLElement {
  readonly isOpen: boolean;
  close(): void;
}

/**
 * Where reading or typing starts in the step that shows. Not by the `autofocus` attribute, about which browsers complain
 * on the console of a page that has the button in a frame.
 */
export function focusFirst({ shadowRoot }: HTMLElement): void {
  shadowRoot?.querySelector<HTMLElement>('[data-first]')?.focus();
}

/**
 * The dialog around the panel. Modal, because the panel holds no card step yet: what a bank shows lives in the
 * page's body, where a modal dialog would cover it and make it inert.
 */
export class DialogController implements ReactiveController {
  readonly #host: DialogHost;
  /** Where the press that became a click began: dragging out of a field must not close the dialog. */
  #pressed: EventTarget | null = null;

  constructor(host: DialogHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdated(): void {
    const dialog = this.#host.shadowRoot?.querySelector('dialog');
    if (!dialog || dialog.open === this.#host.isOpen) return;
    if (!this.#host.isOpen) {
      dialog.close();
      return;
    }
    dialog.showModal();
    focusFirst(this.#host);
  }

  render(panel: TemplateResult): TemplateResult {
    const host = this.#host;
    return html`<dialog
      part="dialog"
      aria-labelledby="title"
      @close=${() => {
        host.close();
      }}
      @pointerdown=${({ target }: Event) => {
        this.#pressed = target;
      }}
      @click=${({ target, currentTarget }: Event) => {
        // The dialog has no padding of its own: a click on itself is a click on its backdrop.
        if (target === currentTarget && target === this.#pressed) host.close();
      }}
    >
      ${host.isOpen ? panel : nothing}
    </dialog>`;
  }
}
