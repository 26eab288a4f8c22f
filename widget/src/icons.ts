import type { TemplateResult } from 'lit';
import { html } from './template.ts';

/** Line icons on a 24-unit grid, decorative: the words beside them say the same. */
function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

export const phoneIcon = (): TemplateResult => icon('M7 2h10v20H7zM11 18h2');
export const tickIcon = (): TemplateResult => icon('m5 13 4 4L19 7');
export const crossIcon = (): TemplateResult => icon('m6 6 12 12m0-12L6 18');
export const doubtIcon = (): TemplateResult => icon('M12 5v8m0 5v.1');
