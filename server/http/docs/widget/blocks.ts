/** A page of documentation as data, printed as Markdown for repositories and assistants and as HTML for browsers. */
import { html } from '../../pages/html.ts';

/** Texts may carry `code` and [links](address). */
export type Block =
  | { heading: string; level: 1 | 2 | 3 }
  | { text: string }
  | { list: readonly string[] }
  | { code: string; language: string; file?: string }
  | { head: readonly string[]; rows: readonly (readonly string[])[] };

export function markdownOf(blocks: readonly Block[]): string {
  return `${blocks.map(blockAsMarkdown).join('\n\n')}\n`;
}

function blockAsMarkdown(block: Block): string {
  if ('heading' in block) return `${'#'.repeat(block.level)} ${block.heading}`;
  if ('text' in block) return block.text;
  if ('list' in block) return block.list.map((item) => `- ${item}`).join('\n');
  if ('code' in block) return `\`\`\`${block.language}\n${block.code}\n\`\`\``;
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
}

export function htmlOf(blocks: readonly Block[]): string {
  return blocks.map(blockAsHtml).join('\n');
}

function blockAsHtml(block: Block): string {
  if ('heading' in block) {
    const tag = `h${block.level}`;
    return `<${tag} id="${idOf(block.heading)}">${inline(block.heading)}</${tag}>`;
  }
  if ('text' in block) return `<p>${inline(block.text)}</p>`;
  if ('list' in block) return `<ul>${block.list.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
  if ('code' in block) {
    const name = block.file === undefined ? '' : html`<figcaption>${block.file}</figcaption>`;
    return `<figure>${name}${html`<pre tabindex="0" role="region" aria-label="${block.file ?? 'Example'}"><code>${block.code}</code></pre>`}</figure>`;
  }
  const cells = (row: readonly string[], tag: string) => row.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('');
  const rows = block.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="table" tabindex="0" role="region" aria-label="${idOf(block.head[0] ?? '')}"><table><thead><tr>${cells(block.head, 'th scope="col"').replaceAll('</th scope="col">', '</th>')}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** `CSS properties` → `css-properties`, as repositories do it too. */
export function idOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\s-]/g, '').trim().replaceAll(/\s+/g, '-');
}

function inline(text: string): string {
  const parts = text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/);
  return parts.map((part) => {
    const [, code] = /^`(.+)`$/.exec(part) ?? [];
    if (code !== undefined) return html`<code>${code}</code>`;
    const [, words, address] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? [];
    return words === undefined ? html`${part}` : html`<a href="${address!}">${words}</a>`;
  }).join('');
}
