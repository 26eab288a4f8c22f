import type { PayButtonEvents } from './attributes.ts';

type PascalCase<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${Capitalize<First>}${PascalCase<Rest>}` : Capitalize<Name>;

/** `onPaySuccess` and so on: each gets the DOM event. */
export type PayButtonHandlers = { [Name in keyof PayButtonEvents as `on${PascalCase<Name>}`]?: ((event: PayButtonEvents[Name]) => void) | undefined };
