import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import type { CheckoutState } from '../machine.ts';
import { html, nothing } from '../template.ts';

export interface DialogHost extends ReactiveControllerHost, HTMLElement {
  readonly isOpen: boolean;
  readonly state: CheckoutState;
  close(): void;
}

/**
 * Where reading or typing starts in the step that shows. Not by the `autofocus` attribute, about which browsers complain
 * on the console of a page that has the button in a frame.
 */
export function focusFirst({ shadowRoot }: Element): void {
  shadowRoot?.querySelector<HTMLElement>('[data-first]')?.focus();
}

/**
 * The dialog around the panel. Modal but for the card form: what a bank asks lies in the page's body, where a modal
 * dialog would cover it and make it inert.
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
    const { isOpen, shadowRoot, state } = this.#host;
    const dialog = shadowRoot?.querySelector('dialog');
    const isModal = state !== 'card';
    if (!dialog || (dialog.open === isOpen && (!isOpen || dialog.matches(':modal') === isModal))) return;
    dialog.close();
    if (!isOpen) return;
    if (isModal) dialog.showModal();
    else dialog.show();
    focusFirst(this.#host);
  }

  render(panel: TemplateResult): TemplateResult {
    const host = this.#host;
    return html`<dialog
      part="dialog"
      aria-labelledby="title"
      @close=${({ currentTarget }: Event) => {
        // Told late: it may have been opened again in the other way.
        if (!(currentTarget as HTMLDialogElement).open) host.close();
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
