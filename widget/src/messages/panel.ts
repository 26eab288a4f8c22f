import type { Language } from './button.ts';
import { en, type PanelMessages } from './en.ts';
import { sw } from './sw.ts';

/** The languages of the panel. When there are more, each is loaded when wanted: here is the place. */
export const PANEL_MESSAGES: Readonly<Record<Language, PanelMessages>> = { en, sw };
