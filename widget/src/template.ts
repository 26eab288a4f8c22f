import type { html as Html, nothing as Nothing } from 'lit';

/**
 * Lit's tags as the panel uses them. The button hands them over when it has loaded the panel's script, which
 * therefore carries no second Lit.
 */
export let html: typeof Html;
export let nothing: typeof Nothing;

export function useLit(tags: { html: typeof Html; nothing: typeof Nothing }): void {
  ({ html, nothing } = tags);
}
