/** What a site's Content-Security-Policy must let through for the button, and nothing more. */
import { STRIPE } from '../../stripe-hosts.ts';

export interface Directive {
  name: string;
  sources: readonly string[];
  /** What it is for. */
  about: string;
}

/** For a page of another origin than Malipo's, whose address is given; `card` when an item there is paid by card. */
export function directives(malipo: string, { card }: { card: boolean }): Directive[] {
  const { origin } = new URL(malipo);
  const all: Directive[] = [
    { name: 'script-src', sources: [origin, ...(card ? [STRIPE.script] : [])], about: `the button, its panel and its languages${card ? '; Stripe.js' : ''}` },
    { name: 'connect-src', sources: [origin, ...(card ? [STRIPE.api] : [])], about: `the item, the payment and its status${card ? '; Stripe' : ''}` },
    { name: 'img-src', sources: [origin], about: 'pictures of items that lie on the server' },
    { name: 'frame-src', sources: card ? [STRIPE.script, STRIPE.hooks] : [], about: 'the card fields, and the bank’s own page' },
  ];
  return all.filter(({ sources }) => sources.length > 0);
}

export function policyText(malipo: string, options: { card: boolean }): string {
  return directives(malipo, options)
    .map(({ name, sources }) => `${name} 'self' ${sources.join(' ')}`)
    .join('; ');
}
