/** An iframe of Stripe's in the page: of another origin, so that the page cannot look into it. */
import { type Asked, CHANNEL, SCRIPT_ORIGIN, type Told } from '../wire.ts';

let frames = 0;

/** `Omit` that keeps a union a union. */
type Unnumbered<Message> = Message extends { call: number } ? Omit<Message, 'call'> : never;

export class Frame {
  readonly iframe: HTMLIFrameElement;
  readonly #origin: string;
  readonly #hear: (told: Told) => void;
  readonly #replies = new Map<number, (reply: unknown) => void>();
  #calls = 0;

  constructor(url: string, title: string, hear: (told: Told) => void) {
    this.#origin = new URL(url).origin;
    this.#hear = hear;
    this.iframe = document.createElement('iframe');
    this.iframe.name = `__privateStripeFrame${++frames}`;
    this.iframe.title = title;
    this.iframe.allow = 'payment *';
    this.iframe.src = url;
    window.addEventListener('message', this.#listen);
  }

  tell(asked: Asked): void {
    this.iframe.contentWindow?.postMessage({ channel: CHANNEL, ...asked }, this.#origin);
  }

  /** Undefined when the frame is not there to answer: it was taken out of the page, or loaded anew. */
  ask<Reply>(asked: Unnumbered<Asked>): Promise<Reply | undefined> {
    if (!this.iframe.isConnected) return Promise.resolve(undefined);
    const call = ++this.#calls;
    this.tell({ ...asked, call } as Asked);
    return new Promise((resolve) => this.#replies.set(call, (reply) => resolve(reply as Reply | undefined)));
  }

  remove(): void {
    window.removeEventListener('message', this.#listen);
    this.iframe.remove();
    this.loseReplies();
  }

  loseReplies(): void {
    for (const resolve of this.#replies.values()) resolve(undefined);
    this.#replies.clear();
  }

  readonly #listen = (event: MessageEvent): void => {
    const told = event.data as (Told & { channel?: string }) | null;
    if (event.source !== this.iframe.contentWindow || event.origin !== this.#origin || told?.channel !== CHANNEL) return;
    if (told.kind !== 'reply') return this.#hear(told);
    this.#replies.get(told.call)?.(told.reply);
    this.#replies.delete(told.call);
  };
}

export function frameUrl(file: string, params: Record<string, string> = {}): string {
  const query = new URLSearchParams(params).toString();
  return `${SCRIPT_ORIGIN}/stand-in/${file}.html${query && `?${query}`}`;
}
