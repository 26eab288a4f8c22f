'use client';
/**
 * `malipo/react`: `<PayButton>` as a component of React 17, 18 and 19. The older ones write every prop of a custom
 * element as an attribute and hear none of its events; here attributes carry what can be rendered on a server, and
 * listeners are added once the element is there.
 */
import {
  createElement,
  type CSSProperties,
  type ForwardedRef,
  forwardRef,
  type ForwardRefExoticComponent,
  type ReactNode,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react';
import type { PayButton as PayButtonElement } from '../src/pay-button.ts';
import '../src/pay-button.ts';
import { ATTRIBUTE_OF, EVENT_NAMES, type PayButtonAttributes, type PayButtonProperties } from './attributes.ts';
import type { PayButtonHandlers } from './handlers.ts';

export type { PayButtonHandlers };

type Named = { [Name in keyof PayButtonProperties]?: PayButtonProperties[Name] | undefined };

export interface PayButtonProps extends Omit<Named, 'mode'>, PayButtonHandlers {
  mode?: PayButtonAttributes['mode'];
  id?: string | undefined;
  className?: string | undefined;
  style?: CSSProperties | undefined;
  hidden?: boolean | undefined;
  slot?: string | undefined;
  /** A plain link to the item's hosted page, for before and without JavaScript. */
  children?: ReactNode;
}

/** The ref is the element itself, with `open()`, `close()`, `check()` and `state`. */
export const PayButton: ForwardRefExoticComponent<PayButtonProps & RefAttributes<PayButtonElement>> = forwardRef(function PayButton(
  props: PayButtonProps,
  ref: ForwardedRef<PayButtonElement>,
) {
  const element = useRef<PayButtonElement>(null);
  const latest = useRef(props);
  useImperativeHandle(ref, () => element.current as PayButtonElement, []);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const button = element.current;
    if (!button) return;
    const pass = (event: Event): void => {
      // Those of a button inside it bubble through as well.
      if (event.target === button) latest.current[handlerOf(event.type)]?.(event as never);
    };
    for (const name of EVENT_NAMES) button.addEventListener(name, pass);
    return () => {
      for (const name of EVENT_NAMES) button.removeEventListener(name, pass);
    };
  }, []);
  return createElement('pay-button', { ...attributesOf(props), ref: element }, props.children);
});

function handlerOf(type: string): keyof PayButtonHandlers {
  return `on${type.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase())}` as keyof PayButtonHandlers;
}

/** As an older React writes them: text, '' for true, nothing for false, `class` by its own name. */
function attributesOf(props: PayButtonProps): Record<string, unknown> {
  const { id, className, style, hidden, slot } = props;
  const attributes: Record<string, unknown> = { id, style, slot, class: className, hidden: written(hidden) };
  for (const [property, attribute] of Object.entries(ATTRIBUTE_OF)) attributes[attribute] = written(props[property as keyof PayButtonProperties]);
  return attributes;
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (value === true) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
}
