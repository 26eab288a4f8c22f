/** `/`: where a person who opens the server's address finds everything else. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { html } from './html.ts';

const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Link = [path: string, name: string, about: string];

const DEMO_LINKS: readonly Link[] = [
  ['/demo/', 'Demo shop', 'a merchant’s page that sells with the pay button'],
  ['/demo/builder.html', 'Snippet builder', 'choose how the button looks, copy the tag'],
  ['/demo/playground.html', 'Playground', 'every state of the pay button, side by side'],
];

interface HomeServices {
  /** Whether the demo shop is served here. */
  demo: boolean;
  /** Where people reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
}

export async function homeRoute(app: FastifyInstance, { demo, publicUrl }: HomeServices): Promise<void> {
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

  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    // Below a prefix this page may be opened with or without a slash at its end: relative addresses would differ.
    const base = (URL.parse(publicUrl(request))?.pathname ?? '').replace(/\/$/, '');
    const list = links.map(([path, name, about]) => html`<li><a href="${base + path}">${name}</a>: ${about}</li>\n`).join('');
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
</head>
<body class="page">
<main class="card">
<h1 class="item">Malipo</h1>
<p class="description">A checkout for East Africa: mobile money and cards on any web page. It is running.</p>
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
