/** The reference of `<pay-button>`, out of the manifest that is made from its sources. */
import { readFileSync } from 'node:fs';
import type { Block } from './blocks.ts';

const MANIFEST = new URL('../../../../widget/custom-elements.json', import.meta.url);

interface Named {
  name: string;
  description?: string;
  type?: { text: string };
}

interface Member extends Named {
  kind: 'field' | 'method';
  static?: boolean;
  readonly?: boolean;
  attribute?: string;
  reflects?: boolean;
  return?: { type: { text: string } };
  parameters?: Named[];
}

interface Declaration {
  tagName?: string;
  description: string;
  attributes: (Named & { fieldName: string })[];
  members: Member[];
  events: Named[];
  slots: Named[];
  cssParts: Named[];
  cssProperties: Named[];
  cssStates: Named[];
}

export interface Manifest {
  modules: { declarations: { tagName?: string }[] }[];
}

/** As the manifest has it that lies here, or another. */
export function reference(manifest: Manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest): Block[] {
  const element = manifest.modules.flatMap(({ declarations }) => declarations).find(({ tagName }) => tagName === 'pay-button') as Declaration;
  const { attributes, members, events, slots, cssParts, cssProperties, cssStates } = element;
  const named = (list: readonly Named[], first: string, form: (name: string) => string): Block => ({
    head: [first, ''],
    rows: list.map(({ name, description }) => [form(name), description ?? '']),
  });
  const code = (text: string) => `\`${text}\``;
  return [
    { heading: 'Reference', level: 2 },
    { text: element.description },
    { heading: 'Attributes', level: 3 },
    { head: ['Attribute', 'Type', ''], rows: attributes.map(({ name, type, description }) => [code(name), code(type?.text ?? ''), description ?? '']) },
    { heading: 'Properties', level: 3 },
    { text: 'An attribute and its property say the same; a page that is written in JavaScript sets the property.' },
    {
      head: ['Property', 'Type', ''],
      rows: members
        .filter((member) => member.kind === 'field')
        .map((member) => [code((member.static ? 'PayButton.' : '') + member.name), code(member.type?.text ?? 'string'), wordsOf(member)]),
    },
    { heading: 'Methods', level: 3 },
    named(members.filter((member) => member.kind === 'method'), 'Method', (name) => code(`${name}()`)),
    { heading: 'Events', level: 3 },
    { text: 'All bubble and cross shadow roots: one listener on the document hears every button. `event.detail` is `{reference, status, amount, currency}`, that of `pay-statechange` also has `state`.' },
    { head: ['Event', 'Class', ''], rows: events.map(({ name, type, description }) => [code(name), code(type?.text ?? ''), description ?? '']) },
    { heading: 'Slots', level: 3 },
    named(slots, 'Slot', (name) => (name === '' ? 'the default one' : code(name))),
    { heading: 'CSS properties', level: 3 },
    named(cssProperties, 'Property', code),
    { heading: 'Parts', level: 3 },
    named(cssParts, 'Part', (name) => code(`::part(${name})`)),
    { heading: 'States', level: 3 },
    named(cssStates, 'State', (name) => code(`:state(${name})`)),
  ];
}

function wordsOf({ description = '', readonly, attribute, reflects }: Member): string {
  if (readonly) return `${description} Read only.`;
  return attribute === undefined ? description : `${reflects ? 'Reflected to' : 'Attribute'} \`${attribute}\`.`;
}
