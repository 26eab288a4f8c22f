import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { CheckoutState } from '../machine.ts';
import { BUTTON_EN, BUTTON_MESSAGES, type Language } from '../messages/button.ts';
import { fill, type MessageKey, type Messages, type ValuesOf } from '../messages/messages.ts';
import { loadPart } from '../parts.ts';

/** What the locale needs to know of its element. */
export interface LocaleHost extends ReactiveControllerHost, HTMLElement {
  readonly locale: string;
  readonly state: CheckoutState;
  /** The site's own words, in place of ours. */
  readonly messages: Partial<Messages> | null;
}

/** What languages say beyond the button's first words, for all buttons of the page. */
const learned: Partial<Record<Language, Partial<Messages>>> = {};

/** English comes with the panel, and with the card step. */
export function learnEnglish(messages: Partial<Messages>): void {
  learned.en = { ...learned.en, ...messages };
}

/**
 * The language to speak: the `locale` attribute, else the closest `lang`, else the browser's. Followed live,
 * because language switches change `<html lang>` without a reload.
 */
export class LocaleController implements ReactiveController {
  readonly #host: LocaleHost;
  #observer: MutationObserver | undefined;
  /** The language whose words were last asked for. */
  #asked: Language = 'en';
  language: Language = 'en';
  /** For `Intl`, which passes over what it does not know: a BCP 47 tag, its language, English. */
  tags: readonly string[] = ['en'];

  constructor(host: LocaleHost) {
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
    const { language, tag } = this.#wanted;
    if ((learned.en ?? this.#host.state !== 'idle') && !learned[language] && this.#asked !== language) {
      void this.prepare();
      // A panel that speaks goes on in its language until the words of the other are here, or did not come.
      if (learned.en) return;
    }
    this.language = language;
    this.tags = isForIntl(tag) ? [tag, language, 'en'] : [language, 'en'];
  }

  /** Fetches what there is to say in the language of the page. Where it does not come, English is spoken. */
  async prepare(): Promise<void> {
    const { language } = this.#wanted;
    this.#asked = language;
    if (language === 'en' || learned[language]) return;
    try {
      learned[language] = (await loadPart(language)).messages;
    } catch {
      // Asked for again when the panel is opened again; browsers report it themselves.
    }
    this.#host.requestUpdate();
  }

  /** A sentence in the language of the page, or in the site's own words. */
  say<Key extends MessageKey>(key: Key, ...[values]: ValuesOf<Key>): string {
    return fill(this.find(key), values);
  }

  /** The sentence for a code that a server said, '' when there is none. */
  find(code: string): string {
    const { language } = this;
    for (const texts of [this.#host.messages, learned[language], BUTTON_MESSAGES[language], learned.en, BUTTON_EN]) {
      const text = texts && Object.hasOwn(texts, code) && (texts as Readonly<Record<string, unknown>>)[code];
      if (typeof text === 'string') return text;
    }
    return '';
  }

  get #wanted(): { language: Language; tag: string | undefined } {
    for (const tag of [this.#host.locale, closestLang(this.#host), ...navigator.languages]) {
      const language = languageOf(tag);
      if (Object.hasOwn(BUTTON_MESSAGES, language)) return { language: language as Language, tag };
    }
    return { language: 'en', tag: 'en' };
  }
}

/** `sw-TZ` speaks `sw`. */
export function languageOf(tag: string | undefined): string {
  return tag?.toLowerCase().split(/[-_]/)[0] ?? '';
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
