import type { Appearance } from '@stripe/stripe-js';

/**
 * The panel's own look for Stripe's form, read from what the panel has come to be: custom properties, colour scheme and
 * the page's font are all in it. Stripe takes no `color-mix`, so every colour is written out.
 */
export function appearanceOf(root: ShadowRoot): Appearance {
  const styleOf = (selector: string): CSSStyleDeclaration => getComputedStyle(root.querySelector(selector) ?? root.host);
  const panel = styleOf('.panel');
  const button = styleOf('[part=submit]');
  const background = rgbOf(panel.backgroundColor);
  return {
    theme: isDark(background) ? 'night' : 'stripe',
    variables: {
      colorBackground: written(background),
      colorText: written(rgbOf(panel.color)),
      colorPrimary: written(rgbOf(button.backgroundColor)),
      colorDanger: written(rgbOf(styleOf('.error').color)),
      borderRadius: button.borderRadius,
      fontFamily: panel.fontFamily,
      fontSizeBase: panel.fontSize,
    },
    disableAnimations: matchMedia('(prefers-reduced-motion)').matches,
  };
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Of a computed colour: `rgb(12, 34, 56)`, or `color(srgb 0.1 0.2 0.3)` where it was mixed. */
export function rgbOf(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = color.replace(/^color\(\w+ /, '').match(/[\d.]+(e-\d+)?/g)?.map(Number) ?? [];
  return color.startsWith('color(') ? [red * 255, green * 255, blue * 255] : [red, green, blue];
}

function written(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** By how bright it seems (ITU-R BT.601). */
function isDark([red, green, blue]: Rgb): boolean {
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}
