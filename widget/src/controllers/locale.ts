import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { BUTTON_MESSAGES, type ButtonMessages, type Language } from '../messages/button.ts';

/**
 * The language to speak: the `locale` attribute, else the closest `lang`, else the browser's. Followed live,
 * because language switches change `<html lang>` without a reload.
 */
export class LocaleController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement & { locale?: string };
  #observer: MutationObserver | undefined;
  /** A BCP 47 tag, for `Intl`. */
  tag = 'en';
  language: Language = 'en';

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
    for (const tag of [this.#host.locale, closestLang(this.#host), ...navigator.languages]) {
      // `sw-TZ` speaks `sw`.
      const language = tag?.toLowerCase().split(/[-_]/)[0] ?? '';
      if (!Object.hasOwn(BUTTON_MESSAGES, language)) continue;
      this.language = language as Language;
      this.tag = isForIntl(tag) ? tag : language;
      return;
    }
  }

  get messages(): ButtonMessages {
    return BUTTON_MESSAGES[this.language];
  }
}

/** Pages say `en_US` and systems `en-US@posix`: `Intl` throws at such tags. */
function isForIntl(tag: string | undefined): tag is string {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** The `lang` around an element, looking out through shadow roots up to the document. */
function closestLang(element: Element): string | undefined {
  const holder = element.closest<HTMLElement>('[lang]:not([lang=""])');
  if (holder) return holder.lang;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? closestLang(root.host) : undefined;
}
