/**
 * `import 'malipo/widget/vue'`: the element itself, and its types for Vue's templates. Tell the compiler that it is
 * no component: `isCustomElement: (tag) => tag === 'pay-button'`.
 */
import type { HTMLAttributes, PublicProps } from 'vue';
import type { PayButton } from '../src/pay-button.ts';
import type { ATTRIBUTE_OF, PayButtonAttributes } from './attributes.ts';
import type { PayButtonHandlers } from './handlers.ts';

export { PayButton } from '../src/pay-button.ts';

/** Vue's compiler looks up `base-url` as `baseUrl` too. */
type CamelCased = { [Name in keyof typeof ATTRIBUTE_OF]?: PayButtonAttributes[(typeof ATTRIBUTE_OF)[Name]] };

export type PayButtonComponent = new () => PayButton & {
  /** Vue's own name for what a template may write. @deprecated Use the element's properties in scripts. */
  $props: Omit<HTMLAttributes, keyof PayButtonAttributes> & PayButtonAttributes & CamelCased & PayButtonHandlers & PublicProps;
};

declare module 'vue' {
  interface GlobalComponents {
    'pay-button': PayButtonComponent;
  }
}
