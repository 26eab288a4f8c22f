/** The part of the widget that those get who choose to pay by card. */
export { CSS } from './card.styles.ts';
export { messages } from './messages/card.ts';
export { CardStep } from './steps/card.ts';
export { useLit } from './template.ts';
export { VERSION } from './version.ts';
