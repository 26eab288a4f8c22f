/** Every sentence of the widget by its key, whatever file it is in. */
import type { BUTTON_EN, ButtonMessages } from './button.ts';
import type { messages as CARD_EN } from './card.ts';
import type { messages } from './en.ts';

type English = typeof BUTTON_EN & typeof messages & typeof CARD_EN;

export type MessageKey = keyof English;

/** All the words of a language, or a site's own in place of some of them. */
export type Messages = Readonly<Record<MessageKey, string>>;

/** What a language's own script says: all but what the button has of it from the start. */
export type Words = Omit<Messages, keyof ButtonMessages>;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What has to be filled into a sentence, by the names in its English braces; nothing where there are none. */
export type ValuesOf<Key extends MessageKey> = [NamesIn<English[Key]>] extends [never] ? [] : [values: Record<NamesIn<English[Key]>, string>];

/** Puts the values in the place of their names in braces. */
export function fill(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (_braces, name: string) => values[name] ?? '');
}
