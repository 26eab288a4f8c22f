import { html, type TemplateResult } from 'lit';

/** Line icons on a 24-unit grid, decorative: the words beside them say the same. */
function icon(path: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

export const phoneIcon = icon('M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5M11 18.5h2');
export const tickIcon = icon('m5 12.5 4.5 4.5L19 7.5');
export const crossIcon = icon('m6.5 6.5 11 11m0-11-11 11');
export const clockIcon = icon('M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18');
export const questionIcon = icon('M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.1');
export const cloudIcon = icon('m4 4 16 16M7 8.5A4 4 0 0 0 7.5 18H17m2.8-2A3.8 3.8 0 0 0 17 10.5 5.5 5.5 0 0 0 10.5 7');
