import { html } from './html.ts';

/** The shell of the server's own pages for buyers, one folder below its root: one card, or a shop of many. `head` and `content` are HTML, in the language. */
export function quietPage(title: string, { head = '', content, layout = 'card', language = 'en' }: { head?: string; content: string; layout?: 'card' | 'whole-shop'; language?: string }): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="../assets/hosted-page.css">
` + head + html`
</head>
<body class="page">
<main class="${layout}">
` + content + `
</main>
</body>
</html>
`;
}
