/** The text that a merchant pastes: made of choices alone, so that the page around it only asks and shows. */

/**
 * @typedef {object} Choices
 * @property {{ slug: string, name: string }} item
 * @property {Record<string, string>} attributes what differs from the button's own defaults, by attribute
 * @property {Record<string, string>} colours the site's own, by custom property
 * @property {{ path: string, integrity: string } | null} pinned the build to pin, null for every release
 */

/** A longer tag has each attribute on a line of its own. */
const LINE_LENGTH = 60;

/**
 * The script and the element, as HTML.
 * @param {string} server the Malipo server, without a slash at its end
 * @param {Choices} choices
 */
export function tagText(server, { item, attributes, pinned }) {
  const written = Object.entries({ item: item.slug, ...attributes }).map(([name, value]) => `${name}="${escaped(value)}"`);
  const line = `<pay-button ${written.join(' ')}>`;
  return `${scriptText(server, pinned)}

${line.length <= LINE_LENGTH ? line : `<pay-button\n  ${written.join('\n  ')}>`}
  <a href="${escaped(`${server}/pay/${encodeURIComponent(item.slug)}`)}">${escaped(`Pay for ${item.name}`)}</a>
</pay-button>`;
}

/** The colours as a rule for the site's style sheet: a `style` attribute would not live under a strict policy. */
export function rulesText({ colours }) {
  const lines = Object.entries(colours).map(([property, value]) => `  ${property}: ${value};\n`);
  return lines.length > 0 ? `pay-button {\n${lines.join('')}}` : '';
}

function scriptText(server, pinned) {
  if (!pinned) return `<script type="module" src="${escaped(server)}/pay-button.js"></script>`;
  return `<script type="module" crossorigin="anonymous"
  src="${escaped(server + pinned.path)}"
  integrity="${escaped(pinned.integrity)}"></script>`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
