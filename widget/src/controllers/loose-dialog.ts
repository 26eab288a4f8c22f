import type { ReactiveController } from 'lit';
import { type DialogHost, focusFirst } from './dialog.ts';

/** What can be the first or the last stop of Tab in the dialog; a form of Stripe's lies between. */
const STOPS = 'button, a[href], input, summary';

/** A scroll bar, or the bar of a phone's browser that is just going away. */
const SLACK_PX = 60;

/**
 * What a modal dialog does by itself, for the one around the card form, which is not modal: Escape closes it, Tab stays
 * in it, and no ancestor holds it in a box of its own. A window that a bank opens in the page's body is not hindered.
 */
export class LooseDialog implements ReactiveController {
  readonly #host: DialogHost;
  readonly #isBankNear: () => boolean;

  /** `isBankNear` while a bank may open its window, which nothing may lie above. */
  constructor(host: DialogHost, isBankNear: () => boolean) {
    this.#host = host;
    this.#isBankNear = isBankNear;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.shadowRoot?.addEventListener('keydown', this.#onKey);
  }

  hostDisconnected(): void {
    this.#host.shadowRoot?.removeEventListener('keydown', this.#onKey);
  }

  /** Before what has the focus is gone: only from inside does a dialog that is not modal give the focus back. */
  hostUpdate(): void {
    const dialog = this.#dialog;
    if (!dialog || (this.#host.isOpen && this.#host.state === 'card')) return;
    dialog.popover = null;
    dialog.close();
  }

  /**
   * An ancestor with a transform, a filter or containment would hold it, and cut it off: only what is in the top layer
   * is free of that. There it is while a card is typed, without being modal, and not while a bank may ask. Taking it out
   * and back again loads nothing anew in Stripe's frame.
   */
  hostUpdated(): void {
    const dialog = this.#dialog;
    if (!dialog) return;
    if (!this.#isBankNear()) {
      if (!dialog.popover && isHeld(dialog)) raise(dialog);
    } else if (dialog.popover) {
      dialog.popover = null;
      layAnew(dialog);
    }
  }

  get #dialog(): HTMLDialogElement | null | undefined {
    return this.#host.shadowRoot?.querySelector<HTMLDialogElement>('dialog[open]:not(:modal)');
  }

  readonly #onKey = (event: Event): void => {
    const { key, shiftKey } = event as KeyboardEvent;
    const dialog = this.#dialog;
    if (!dialog) return;
    if (key === 'Escape') {
      this.#host.close();
    } else if (key === 'Tab') {
      const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.getClientRects().length > 0);
      const [from, to] = shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
      if (this.#host.shadowRoot?.activeElement !== from) return;
      to?.focus();
    } else {
      return;
    }
    event.preventDefault();
  };
}

/** Whether what should lie over the whole window does not. */
function isHeld(dialog: HTMLDialogElement): boolean {
  const { left = 0, top = 0, right = innerWidth, bottom = innerHeight } = dialog.querySelector('.backdrop')?.getBoundingClientRect() ?? {};
  return [left, top, right - innerWidth, bottom - innerHeight].some((gap) => Math.abs(gap) > SLACK_PX);
}

/**
 * Showing it would put the focus on its first button. The buyer is elsewhere in it, or a step has just put them there; or
 * what had the focus went with the step before, and they begin where this one does.
 */
function raise(dialog: HTMLDialogElement): void {
  const root = dialog.getRootNode() as ShadowRoot;
  const focused = (root.activeElement ?? document.activeElement) as HTMLElement | null;
  dialog.popover = 'manual';
  try {
    dialog.showPopover();
    layAnew(dialog);
    if (focused === document.body) focusFirst(root.host);
    else focused?.focus({ preventScroll: true });
  } catch {
    // Older browsers take no open dialog there: it stays where the page holds it.
    dialog.popover = null;
  }
}

/** WebKit leaves what is fixed where it lay before it came into the top layer or went out of it, until its position changes (2.50, 2026). */
function layAnew(dialog: HTMLDialogElement): void {
  const fixed = [dialog, ...dialog.querySelectorAll<HTMLElement>('.backdrop')];
  for (const { style } of fixed) style.position = 'absolute';
  dialog.getBoundingClientRect();
  for (const { style } of fixed) style.position = '';
}
