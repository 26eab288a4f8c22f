import { html } from './html.ts';

/** The shell of the server's own pages for buyers, one folder below its root. `head` and `content` are HTML. */
export function quietPage(title: string, { head = '', content }: { head?: string; content: string }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="../assets/hosted-page.css">
` + head + `
</head>
<body class="page">
<main class="card">
` + content + `
</main>
</body>
</html>
`;
}
