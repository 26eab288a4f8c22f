/** Writes `frameworks/attributes.ts`: what every framework's types are made from. */
import type { Attribute, ElementDoc } from './manifest.ts';

export function attributesModule(element: ElementDoc): string {
  const { name: className, attributes, events, members } = element;
  const own = members.filter(({ kind, readonly, static: isStatic }) => kind === 'field' && !readonly && !isStatic);
  const eventTypes = [...new Set(events.map(({ type }) => type?.text ?? 'Event'))];
  return `/** Made from the sources by \`npm run manifest\`: do not edit. */
import type {
${eventTypes.map((type) => `  ${type},\n`).join('')}} from '../src/events.ts';
import type { ${className} } from '../src/pay-button.element.ts';

/** The attributes of \`<pay-button>\`, by the names they have in HTML. */
export interface PayButtonAttributes {
${attributes.map((attribute) => `  /** ${attribute.description ?? ''} */\n  ${key(attribute.name)}?: ${attributeType(attribute, className)} | undefined;\n`).join('')}}

/** Its properties that can be set, by the names they have in JavaScript. */
export type PayButtonProperties = Partial<Pick<${className}, ${own.map(({ name }) => `'${name}'`).join(' | ')}>>;

/** Its events; each bubbles. */
export interface PayButtonEvents {
${events.map(({ name, description, type }) => `  /** ${description ?? ''} */\n  '${name}': ${type?.text ?? 'Event'};\n`).join('')}}

/** The attribute of each property that has one. */
export const ATTRIBUTE_OF = {
${own.flatMap(({ name, attribute }) => (attribute ? [`  ${name}: '${attribute}',\n`] : [])).join('')}} as const;

export const EVENT_NAMES = [
${events.map(({ name }) => `  '${name}',\n`).join('')}] as const satisfies readonly (keyof PayButtonEvents)[];
`;
}

function key(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`;
}

/** What one may write: numbers as text too, a bare name for true, an object where a framework sets the property. */
function attributeType({ type, fieldName }: Attribute, className: string): string {
  switch (type?.text) {
    case 'string':
      return 'string';
    case 'number':
      return 'number | string';
    case 'boolean':
      return "boolean | ''";
    default:
      return type?.text.startsWith("'") ? type.text : `string | ${className}['${fieldName ?? ''}']`;
  }
}
