/** `/`: where a person who opens the server's address finds everything else, first of all what to paste. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { html } from './html.ts';
import { elementTag, scriptTag } from './pasteable-tag.ts';
import type { PinnedButton, WidgetScripts } from './widget-script.ts';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Link = [path: string, name: string, about: string];

const DEMO_LINKS: readonly Link[] = [
  ['/demo/', 'Demo shop', 'a merchant’s page that sells with the pay button'],
  ['/shop/duka-la-vitabu', 'Shop page', 'all that shop sells, for merchants without a site'],
  ['/demo/builder.html', 'Snippet builder', 'choose how the button looks, copy the tag'],
  ['/demo/playground.html', 'Playground', 'every state of the pay button, side by side'],
];

interface HomeServices {
  /** Whether the demo shop is served here. */
  demo: boolean;
  /** Where people reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
  widget: WidgetScripts;
}

export async function homeRoute(app: FastifyInstance, { demo, publicUrl, widget }: HomeServices): Promise<void> {
  const links: Link[] = [
    ...(demo ? DEMO_LINKS : []),
    ['/sandbox/phone', 'Sandbox phone', 'where test payments ask for approval'],
    ['/docs/widget', 'The pay button', 'recipes for every kind of site, and its whole reference'],
    ['/docs/', 'API documentation', 'to read and to try'],
    ['/openapi.json', 'OpenAPI document', 'for generators and tools'],
    ['/llms.txt', 'llms.txt', 'the whole API as one text, for assistants'],
    ['/api/provider-health', 'Provider lines', 'which networks can be reached'],
    ['/readyz', 'Status', 'whether this server is ready'],
  ];
  const sold = demo ? { slug: 'swahili-ebook', words: 'Buy the book' } : { slug: 'your-item', words: 'Buy' };

  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    const address = publicUrl(request);
    // Below a prefix this page may be opened with or without a slash at its end: relative addresses would differ.
    const base = (URL.parse(address)?.pathname ?? '').replace(/\/$/, '');
    const list = links.map(([path, name, about]) => html`<li><a href="${base + path}">${name}</a>: ${about}</li>\n`).join('');
    const floating = figure('floating', 'With every release', `${scriptTag(address, null)}\n\n${elementTag(address, sold)}`);
    return reply
      .header('Content-Security-Policy', PAGE_POLICY)
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(
        html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Malipo</title>
<link rel="stylesheet" href="${base}/assets/hosted-page.css">
<link rel="stylesheet" href="${base}/assets/home.css">
<script type="module" src="${base}/assets/home.js"></script>
</head>
<body class="page">
<main class="card home">
<h1 class="item">Malipo</h1>
<p class="description">A checkout for East Africa: mobile money and cards on any web page. It is running.</p>
<h2>Paste this where you sell</h2>
` + floating + pinnedFigure(address, widget.pinnedNow()) + html`
<p class="copied" role="status"></p>
<h2>Look around</h2>
<ul class="links">
` +
          list +
          html`</ul>
</main>
</body>
</html>
`,
      );
  });
}

/** The script that never changes, or word that it is on its way: the page does not wait for the build, its script does. */
function pinnedFigure(address: string, pinned: PinnedButton | null): string {
  if (pinned === null) return html`<p id="pinned" class="description" data-coming>The tag with a hash is here as soon as the button is built.</p>`;
  return figure('pinned', 'Or only this build, checked by its hash', scriptTag(address, pinned));
}

function figure(id: string, caption: string, tag: string): string {
  return html`<figure id="${id}">
<figcaption>${caption} <button type="button" data-copy="${id}" aria-label="Copy: ${caption}">Copy</button></figcaption>
<pre tabindex="0" role="region" aria-label="${caption}"><code>${tag}</code></pre>
</figure>
`;
}
