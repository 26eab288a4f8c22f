/**
 * What the sources use and the element's JSDoc does not tell, or the other way round. The sources are read as text:
 * parts, slots and CSS properties stand inside templates and style sheets, where no analyzer looks.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ElementDoc } from './manifest.ts';

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

/** Every name of each kind in a text of source code. */
const USED: Readonly<Record<'part' | 'slot' | 'CSS property' | 'state' | 'event', (source: string) => string[]>> = {
  // `part="chip ${…}"`: what a template fills in is made of names that stand elsewhere.
  part: (source) => matches(source, /\bpart=(?:"([^"]*)"|'([^']*)'|([\w-]+))/g).flatMap((names) => names.replace(/\$\{[^}]*\}/g, ' ').split(/\s+/)).filter(Boolean),
  slot: (source) => [...source.matchAll(/<slot\b([^>]*)>/g)].map(([, attributes = '']) => /name=["']?([\w-]+)/.exec(attributes)?.[1] ?? ''),
  'CSS property': (source) => matches(source, /var\((--pay-[\w-]+)/g),
  state: (source) => [...matches(/type CheckoutState =([^;]*);/.exec(source)?.[1] ?? '', /'(\w+)'/g), ...matches(source, /states\??\.add\('([\w-]+)'\)/g)],
  event: (source) => matches(source, /\bsuper\('(pay-[\w-]+)'/g),
};

/** The problems, a line each; none when everything is documented and nothing else is. */
export function undocumented(element: ElementDoc, sources: readonly string[] = readSources()): string[] {
  const documented: Record<keyof typeof USED, { name: string; description?: string }[]> = {
    part: element.cssParts,
    slot: element.slots,
    'CSS property': element.cssProperties,
    state: element.cssStates,
    event: element.events,
  };
  const code = sources.map((source) => source.replaceAll(/\/\*[^]*?\*\//g, ''));
  const compared = (Object.keys(USED) as (keyof typeof USED)[]).flatMap((kind) => {
    const used = new Set(code.flatMap((source) => USED[kind](source)));
    const told = new Set(documented[kind].map(({ name }) => name));
    // What stands in the element is shown before and without JavaScript, whether or not it is slotted afterwards.
    if (kind === 'slot') used.add('');
    return [
      ...[...used].filter((name) => !told.has(name)).map((name) => `the ${kind} "${name}" is used and not documented`),
      ...[...told].filter((name) => !used.has(name)).map((name) => `the ${kind} "${name}" is documented and not used`),
    ];
  });
  const properties = new Set(element.members.map(({ attribute }) => attribute));
  return [
    ...compared,
    ...element.attributes.filter(({ name }) => !properties.has(name)).map(({ name }) => `the attribute "${name}" is documented and no property has it`),
    ...element.attributes.filter(({ type }) => !type).map(({ name }) => `the attribute "${name}" has no type`),
    ...[...Object.values(documented).flat(), ...element.attributes, ...element.members]
      .filter(({ description }) => !description)
      .map(({ name }) => `"${name}" has no description`),
  ];
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, ...groups]) => groups.find((group) => group !== undefined) ?? '');
}

function readSources(): string[] {
  const entries = readdirSync(SOURCES, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
