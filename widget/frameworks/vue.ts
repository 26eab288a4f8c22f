/**
 * `import 'malipo/widget/vue'`: the element itself, and its types for Vue's templates. Tell the compiler that it is
 * no component: `isCustomElement: (tag) => tag === 'pay-button'`.
 */
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
import type { PayButton } from '../src/pay-button.ts';
import type { PayButtonAttributes, PayButtonEvents } from './attributes.ts';

export { PayButton } from '../src/pay-button.ts';

export type PayButtonComponent = new () => PayButton & {
  /** Vue's own name for what a template may write. @deprecated Use the element's properties in scripts. */
  $props: Omit<HTMLAttributes, keyof PayButtonAttributes> & PayButtonAttributes & PublicProps;
  /** Vue's own name for what a template may listen to. @deprecated Use `addEventListener` in scripts. */
  $emit: EmitFn<{ [Name in keyof PayButtonEvents]: (event: PayButtonEvents[Name]) => void }>;
};

declare module 'vue' {
  interface GlobalComponents {
    'pay-button': PayButtonComponent;
  }
}
