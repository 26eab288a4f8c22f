/** What a screen reader reads out, in its order: the browser's own accessibility tree, not the page's markup. */
import type { Page } from 'playwright-core';

interface Node {
  nodeId: string;
  ignored: boolean;
  role?: { value?: unknown };
  name?: { value?: unknown };
  description?: { value?: unknown };
  properties?: { name: string; value: { value?: unknown } }[];
  childIds?: string[];
}

/** What is read with its name as one thing, whatever text is inside. */
const READ_WHOLE = ['heading', 'textbox', 'radio', 'radiogroup', 'button', 'link', 'timer', 'DisclosureTriangle', 'dialog', 'status'];

/** Which of these it has is heard as well. */
const SPOKEN_PROPERTIES = ['checked', 'invalid', 'required', 'modal'];

export class ScreenReader {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** One line for each thing in the open dialog: role, name, properties, description. */
  async readsDialog(): Promise<string[]> {
    const session = await this.#page.context().newCDPSession(this.#page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
    await session.detach();
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    // The phone lies open on the page as well, and is heard beside a dialog that is not modal.
    const dialog = nodes.find((node) => text(node.role) === 'dialog' && !node.ignored && text(node.name) !== 'Your test phone');
    return dialog ? linesOf(dialog, byId) : [];
  }
}

function linesOf(node: Node, byId: ReadonlyMap<string, Node>): string[] {
  const role = text(node.role);
  const name = text(node.name);
  const children = (node.childIds ?? []).flatMap((id) => byId.get(id) ?? []);
  const isContainer = ['dialog', 'radiogroup'].includes(role);
  const isAnnounced = ['status', 'timer'].includes(role);
  if (!node.ignored && role === 'StaticText') return name === ':' ? [] : [name];
  if (node.ignored || !READ_WHOLE.includes(role)) return children.flatMap((child) => linesOf(child, byId));
  const properties = (node.properties ?? []).filter(({ name: property, value }) => SPOKEN_PROPERTIES.includes(property) && [true, 'true', 'mixed'].includes(value.value as string)).map(({ name: property }) => property);
  const inside = isAnnounced ? children.flatMap((child) => linesOf(child, byId)).join(' ') : name;
  const line = [`${role}:`, inside, ...properties.map((property) => `(${property})`), text(node.description) && `- ${text(node.description)}`].filter(Boolean).join(' ');
  return isContainer ? [line, ...children.flatMap((child) => linesOf(child, byId))] : [line];
}

function text(value: { value?: unknown } | undefined): string {
  return String(value?.value ?? '').replace(/\s+/g, ' ').trim();
}
