/** `/docs/widget`: the button's recipes and reference. */
import { html } from '../../pages/html.ts';
import { type Block, htmlOf, idOf, markdownOf } from './blocks.ts';
import { type Here, recipes } from './recipes.ts';
import { type Manifest, reference } from './reference.ts';

export const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TITLE: Block[] = [
  { heading: 'The pay button', level: 1 },
  { text: 'One script and one element take mobile money and cards on any page. What it costs, in which currency and in which mode is the server’s to say; the page only names the item.' },
];

export function widgetPage(here: Here): string {
  const blocks = [...recipes(here), ...reference()];
  const contents = blocks.flatMap((block) => ('heading' in block ? [html`<li class="level-${block.level}"><a href="#${idOf(block.heading)}">${block.heading}</a></li>`] : []));
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The pay button · Malipo</title>
<link rel="stylesheet" href="../assets/hosted-page.css">
<link rel="stylesheet" href="../assets/docs.css">
</head>
<body class="docs">
<nav aria-label="On this page"><p><a href="../">Malipo</a></p><ul>`}${contents.join('')}</ul></nav>
<main>
${htmlOf([...TITLE, ...blocks])}
</main>
</body>
</html>
`;
}

/** The same as Markdown: `/docs/widget.md`, and `docs/widget.md` in the repository. */
export function widgetMarkdown(here: Here, manifest?: Manifest): string {
  return markdownOf([...TITLE, ...recipes(here), ...reference(manifest)]);
}
