import { html, type TemplateResult } from 'lit';

/** Something is being asked and there is nothing to show of it yet. */
export function loadingStep(text: string): TemplateResult {
  return html`<div class="sign"><span class="spinner"></span></div>
    <h2 id="title" class="quiet" tabindex="-1" autofocus>${text}</h2>`;
}
