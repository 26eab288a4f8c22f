const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A template tag that escapes every value: the only way text gets into a page. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((page, part, index) => page + escape(String(values[index - 1])) + part);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
