/**
 * Puts every page of the runner under the strictest policy a site can have, and serves a page of a site with the
 * widget as it is built. `world.ts` fails any test during which the runner's page is told of a violation; what
 * happens on the site's own page is reported to its world.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

/** What a site has to allow for Malipo: its own origin stands for the server's. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html";

const SITE = `<!doctype html><html lang="en"><title>A site</title>
<script type="module" src="pay-button.js"></script>
<script type="module" src="pay-button.js"></script>
<pay-button item="book"><a href="/pay/book">Buy</a></pay-button></html>`;

const PAGES: Readonly<Record<string, string>> = {
  'site.html': SITE,
  // What the guard must notice.
  'careless.html': SITE.replace('<pay-button', '<p style="color: red">Careless</p><pay-button'),
  'empty.html': '<!doctype html><html lang="en"><title>Empty</title></html>',
};

interface Context {
  path: string;
  type: string;
  body: unknown;
  req: IncomingMessage;
  set(header: string, value: string): void;
}

let built: Promise<string> | undefined;

async function buildWidget(): Promise<string> {
  const configFile = fileURLToPath(new URL('../../../widget/vite.config.ts', import.meta.url));
  const { output } = (await build({ configFile, logLevel: 'error', build: { write: false } })) as Rolldown.RolldownOutput;
  return output[0].code;
}

const reports = new Map<string, string[]>();

export async function strictPages(context: Context, next: () => Promise<void>): Promise<void> {
  const [, world = '', file = ''] = /^\/play\/([^/]+)\/([\w-]+(?:\.\w+)?)$/.exec(context.path) ?? [];
  const page = PAGES[file];
  if (page) {
    context.type = 'text/html';
    context.body = page;
    // The empty page lets the test add scripts, and two releases make a Trusted Types policy each.
    const policy = file === 'empty.html' ? POLICY.replace(/; require-trusted-types.*/, '') : POLICY;
    context.set('Content-Security-Policy', `${policy}; report-uri reports`);
  } else if (file.startsWith('pay-button')) {
    const code = await (built ??= buildWidget());
    context.type = 'text/javascript';
    context.body = file === 'pay-button.js' ? code : code.replaceAll('`0.1.0`', '`0.0.1`');
  } else if (file === 'size') {
    context.type = 'application/json';
    context.body = JSON.stringify({ gzip: gzipSync(await (built ??= buildWidget()), { level: 9 }).length });
  } else if (file === 'reports') {
    const received = reports.get(world) ?? [];
    reports.set(world, received);
    let text = '';
    for await (const chunk of context.req) text += String(chunk);
    if (text) received.push(text);
    context.type = 'application/json';
    context.body = JSON.stringify(received);
  } else {
    await next();
    guardRunnerPage(context);
  }
}

function guardRunnerPage(context: Context): void {
  if (typeof context.body !== 'string' || !context.type.includes('html')) return;
  // The runner configures its page by inline scripts: only they are let through, by a nonce.
  const nonce = randomBytes(16).toString('base64');
  context.body = context.body.replaceAll('<script', `<script nonce="${nonce}"`);
  context.set('Content-Security-Policy', `${POLICY.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)}; frame-src 'self'`);
}
