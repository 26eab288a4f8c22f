/** What a site pastes, as it is shown wherever it is shown. */
import { html } from './html.ts';

/** The script of every release, or one build that the browser checks by its hash. */
export function scriptTag(baseUrl: string, pinned: { path: string; integrity: string } | null): string {
  if (pinned === null) return html`<script type="module" src="${baseUrl}/pay-button.js"></script>`;
  return html`<script type="module" crossorigin="anonymous"
  src="${baseUrl}${pinned.path}"
  integrity="${pinned.integrity}"></script>`;
}

/** The element, with the plain link that people get before and without JavaScript. */
export function elementTag(baseUrl: string, { slug, words }: { slug: string; words: string }): string {
  return html`<pay-button item="${slug}">
  <a href="${baseUrl}/pay/${encodeURIComponent(slug)}">${words}</a>
</pay-button>`;
}
