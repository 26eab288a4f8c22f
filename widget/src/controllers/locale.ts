import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { messagesFor } from '../messages/catalogue.ts';
import { en, type Messages } from '../messages/en.ts';

/**
 * The language to speak: the `locale` attribute, else the closest `lang`, else the browser's. Followed live,
 * because language switches change `<html lang>` without a reload.
 */
export class LocaleController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement & { locale?: string };
  #observer: MutationObserver | undefined;
  /** A BCP 47 tag, for `Intl`. */
  tag = 'en';
  messages: Messages = en;

  constructor(host: ReactiveControllerHost & HTMLElement & { locale?: string }) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new MutationObserver(() => {
      this.#host.requestUpdate();
    });
    this.#observer.observe(document.documentElement, { attributeFilter: ['lang'], subtree: true });
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
  }

  hostUpdate(): void {
    const wanted = [this.#host.locale, closestLang(this.#host), ...navigator.languages];
    for (const tag of wanted) {
      const messages = tag && messagesFor(tag);
      if (!messages) continue;
      this.tag = tag;
      this.messages = messages;
      return;
    }
  }
}

/** The `lang` around an element, looking out through shadow roots up to the document. */
function closestLang(element: Element): string | undefined {
  const holder = element.closest<HTMLElement>('[lang]:not([lang=""])');
  if (holder) return holder.lang;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? closestLang(root.host) : undefined;
}
