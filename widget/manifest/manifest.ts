/** The custom-elements manifest (schemaVersion 1): what the sources say about `<pay-button>`, for editors, frameworks and our own docs. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as TypeScript from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where a site's code meets the widget; the rest of the sources is nobody's business. */
const MODULES = ['widget/src/pay-button.ts', 'widget/src/pay-button.element.ts', 'widget/src/events.ts'];

interface Typed {
  type?: { text: string };
}

interface Described {
  name: string;
  description?: string;
}

export type Attribute = Described & Typed & { fieldName?: string };
export type Member = Described & Typed & { kind: 'field' | 'method'; static?: boolean; readonly?: boolean; privacy?: string; attribute?: string; reflects?: boolean; default?: string };
export type EventDoc = Described & Typed;

/** The element, as its class declares it. */
export interface ElementDoc extends Described {
  summary?: string;
  tagName: string;
  attributes: Attribute[];
  members: Member[];
  events: EventDoc[];
  slots: Described[];
  cssParts: Described[];
  cssProperties: Described[];
  cssStates: Described[];
}

interface Module {
  path: string;
  declarations: { name: string; kind: string; tagName?: string }[];
}

export interface Manifest {
  schemaVersion: string;
  modules: Module[];
}

/** The analyzer's own parser, of its own TypeScript; its types leave out what its index exports. */
interface Analyzer {
  create(options: { modules: unknown[]; plugins: unknown[]; context: object }): Manifest;
  ts: typeof TypeScript;
}

/** Reads the sources. */
export async function analyze(): Promise<Manifest> {
  const { create, ts } = (await import('@custom-elements-manifest/analyzer/index.js' as string)) as Analyzer;
  const { litPlugin } = (await import('@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js' as string)) as { litPlugin: () => unknown[] };
  const sources = MODULES.map((path) => [path, readFileSync(ROOT + path, 'utf8')] as const);
  const modules = sources.map(([path, source]) => ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true));
  const manifest = create({ modules, plugins: litPlugin(), context: { dev: false } });
  tidy(elementOf(manifest), sources.map(([, source]) => source).join('\n'));
  return manifest;
}

export function elementOf(manifest: Manifest): ElementDoc {
  const declarations = manifest.modules.flatMap(({ declarations }) => declarations);
  return declarations.find(({ tagName }) => tagName === 'pay-button') as unknown as ElementDoc;
}

/**
 * What is private stays out; a dispatch without a name in sight is documented by its tag; an attribute takes what its
 * tag says, of which the analyzer keeps only the property's type; and its words are its property's too.
 */
function tidy(element: ElementDoc, source: string): void {
  const isPublic = ({ name, privacy }: Member): boolean => !name.startsWith('#') && privacy !== 'private' && privacy !== 'protected';
  element.members = element.members.filter(isPublic);
  element.events = element.events.filter(({ name }) => name);
  const types = new Map([...source.matchAll(/@attr \{([^}]+)\} ([\w-]+)/g)].map(([, type = '', name = '']) => [name, type]));
  for (const attribute of element.attributes) {
    const type = types.get(attribute.name);
    if (type === undefined) delete attribute.type;
    else attribute.type = { text: type.replaceAll('|', ' | ').replaceAll(/\s+/g, ' ') };
    const member = element.members.find((each) => each.attribute === attribute.name);
    if (member && attribute.description) member.description ??= attribute.description;
  }
}
