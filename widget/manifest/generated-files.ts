/** What is made from the widget's sources, by path in the repository, as it should be now. */
import { widgetMarkdown } from '../../server/http/docs/widget/page.ts';
import { attributesModule } from './attributes.ts';
import { analyze, elementOf } from './manifest.ts';
import { undocumented } from './undocumented.ts';

export async function generatedFiles(): Promise<{ files: Record<string, string>; problems: string[] }> {
  const manifest = await analyze();
  const element = elementOf(manifest);
  return {
    problems: undocumented(element),
    files: {
      'widget/custom-elements.json': `${JSON.stringify(manifest, null, 2)}\n`,
      'widget/frameworks/attributes.ts': attributesModule(element),
      'docs/widget.md': widgetMarkdown({ baseUrl: 'https://pay.example.org', pinned: null }, manifest),
    },
  };
}
