import { html, type TemplateResult } from 'lit';

/** Line icons on a 24-unit grid, decorative: the words beside them say the same. */
function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

export const phoneIcon = icon('M7 2h10v20H7zM11 18h2');
export const tickIcon = icon('m5 13 4 4L19 7');
export const crossIcon = icon('m6 6 12 12m0-12L6 18');
export const doubtIcon = icon('M12 5v8m0 5v.1');
