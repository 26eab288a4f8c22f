/**
 * The scripts a button fetches when somebody is about to press it, each `/pay-button/<build>/<part>.js`: the panel, which
 * speaks English, the card step for those who choose it, and the words of the other languages.
 */
export const WIDGET_PARTS = ['panel', 'card', 'fr', 'lg', 'rw', 'sw'] as const;

export type WidgetPart = (typeof WIDGET_PARTS)[number];
