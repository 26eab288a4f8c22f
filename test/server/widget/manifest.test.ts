/** What is made from the widget's sources is what they say, and they say it of everything. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../../widget/manifest/generated-files.ts';
import { analyze, elementOf } from '../../../widget/manifest/manifest.ts';
import { undocumented } from '../../../widget/manifest/undocumented.ts';

const { files, problems } = await generatedFiles();

test.each(Object.keys(files))('%s is what the sources say: npm run manifest', (path) => {
  expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(files[path]);
});

test('every attribute, property, event, slot, part, CSS property and state is documented, and nothing else', () => {
  expect(problems).toEqual([]);
});

test.each([
  ['part', 'html`<p part="price chip ${x}" class="a">`', 'the part "price" is used and not documented'],
  ['slot', 'html`<slot name="receipt"></slot>`', 'the slot "receipt" is used and not documented'],
  ['CSS property', 'css`p { color: var(--pay-ink, #000) }`', 'the CSS property "--pay-ink" is used and not documented'],
  ['state', "type CheckoutState =\n /** Sleeps; or not. */\n | 'asleep';", 'the state "asleep" is used and not documented'],
  ['event', "super('pay-yawn', detail)", 'the event "pay-yawn" is used and not documented'],
])('a new %s without a word about it is noticed', async (_kind, source, problem) => {
  expect(undocumented(elementOf(await analyze()), [source])).toContain(problem);
});

test('a word about what is no longer there, or none about a property, is noticed', async () => {
  const element = elementOf(await analyze());
  element.cssParts.push({ name: 'tassel', description: 'Hangs.' });
  element.attributes.push({ name: 'colour', description: 'Of the tassel.', type: { text: 'string' } });
  element.members.push({ name: 'wag', kind: 'method' });
  expect(undocumented(element)).toEqual([
    'the part "tassel" is documented and not used',
    'the attribute "colour" is documented and no property has it',
    '"wag" has no description',
  ]);
});
