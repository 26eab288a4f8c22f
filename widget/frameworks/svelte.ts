/** `import 'malipo/widget/svelte'`: the element itself, and its types for Svelte's templates. */
import type {} from 'svelte/elements';
import type { PayButton } from '../src/pay-button.ts';
import type { PayButtonAttributes, PayButtonEvents } from './attributes.ts';

export { PayButton } from '../src/pay-button.ts';

type Handlers = { [Name in keyof PayButtonEvents as `on${Name}` | `on:${Name}`]?: ((event: PayButtonEvents[Name]) => void) | undefined };

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'pay-button': Omit<HTMLAttributes<PayButton>, keyof PayButtonAttributes> & PayButtonAttributes & Handlers;
  }
}
