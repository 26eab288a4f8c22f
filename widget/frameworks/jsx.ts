/**
 * `import 'malipo/widget/jsx'`: the element itself, and its types for the JSX of React 19, which sets properties and
 * hears events of custom elements by itself: `<pay-button item="book" onpay-success={…} />`.
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { PayButton } from '../src/pay-button.ts';
import type { PayButtonAttributes, PayButtonEvents } from './attributes.ts';

export { PayButton } from '../src/pay-button.ts';

type Handlers = { [Name in keyof PayButtonEvents as `on${Name}`]?: ((event: PayButtonEvents[Name]) => void) | undefined };

export type PayButtonJsx = DetailedHTMLProps<Omit<HTMLAttributes<PayButton>, keyof PayButtonAttributes>, PayButton> & PayButtonAttributes & Handlers;

declare module 'react' {
  // React's own types are extended where they are declared: in a namespace.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      'pay-button': PayButtonJsx;
    }
  }
}
