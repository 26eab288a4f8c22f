/**
 * Puts every page of the runner under the strictest policy a site can have, and serves a page of a site with the
 * widget as it is built. `world.ts` fails any test during which the runner's page is told of a violation; what
 * happens on the site's own page is reported to its world.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { widgetConfig } from '../../../widget/vite.config.ts';

/** What a site has to allow for Malipo, whose server its own origin stands for. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html";

/** And for Stripe's card form. */
const CARD_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' https://js.stripe.com")
  .replace("connect-src 'self'", "connect-src 'self' https://api.stripe.com")
  .replace('; trusted-types lit-html', "; trusted-types lit-html malipo; frame-src 'self' https://js.stripe.com https://hooks.stripe.com");

const SITE = `<!doctype html><html lang="en"><title>A site</title>
<script type="module" src="pay-button.js"></script>
<script type="module" src="pay-button.js"></script>
<pay-button item="book"><a href="/pay/book">Buy</a></pay-button></html>`;

const PAGES: Readonly<Record<string, string>> = {
  'site.html': SITE,
  // The same under the policy of a site that takes cards.
  'card-site.html': SITE,
  // What the guard must notice.
  'careless.html': SITE.replace('<pay-button', '<p style="color: red">Careless</p><pay-button'),
  'empty.html': '<!doctype html><html lang="en"><title>Empty</title></html>',
};

interface Context {
  path: string;
  type: string;
  body: unknown;
  status: number;
  req: IncomingMessage;
  set(header: string, value: string): void;
}

/**
 * The widget as built, by file name. The ending of a world's name says what becomes of its panel: it is lost the first
 * time (`-shy`) or always (`-lost`), or comes from another release the first time (`-stale`) or always (`-upgraded`);
 * or its card step is lost until `mend` is asked for (`-cardless`). The words of Luganda are never answered for.
 */
let built: Promise<Record<string, string>> | undefined;

async function buildFiles(): Promise<Record<string, string>> {
  const config = widgetConfig({ entry: 'pay-button.ts', arePartsApart: true });
  const { output } = (await build({ ...config, configFile: false, logLevel: 'error' })) as Rolldown.RolldownOutput;
  return Object.fromEntries(output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)]));
}

/** How often the panel's script was asked for, by world. */
const panelRequests = new Map<string, number>();

/** The worlds whose card step comes again. */
const mended = new Set<string>();

const reports = new Map<string, string[]>();

export async function strictPages(context: Context, next: () => Promise<void>): Promise<void> {
  const [, world = '', fate, file = ''] = /^\/play\/([^/]+?(-shy|-lost|-stale|-upgraded|-cardless)?)\/(pay-button\/[\w.-]+\/\w+\.js|[\w-]+(?:\.\w+)?)$/.exec(context.path) ?? [];
  const page = PAGES[file];
  if (page) {
    context.type = 'text/html';
    context.body = page;
    // The empty page lets the test add scripts, and two releases make a Trusted Types policy each.
    const policy = file === 'empty.html' ? POLICY.replace(/; require-trusted-types.*/, '') : file === 'card-site.html' ? CARD_POLICY : POLICY;
    context.set('Content-Security-Policy', `${policy}; report-uri reports`);
  } else if (file.startsWith('pay-button')) {
    const files = await (built ??= buildFiles());
    let isOtherRelease = file === 'pay-button-old.js';
    if (file.endsWith('/panel.js')) {
      const times = panelRequests.get(world) ?? 0;
      panelRequests.set(world, times + 1);
      const isFirst = times === 0;
      if (fate === '-lost' || (fate === '-shy' && isFirst)) {
        context.status = 503;
        return;
      }
      isOtherRelease = fate === '-upgraded' || (fate === '-stale' && isFirst);
    }
    if (file.endsWith('/card.js') && fate === '-cardless' && !mended.has(world)) {
      context.status = 503;
      return;
    }
    if (file.endsWith('/lg.js')) await new Promise(() => undefined);
    context.type = 'text/javascript';
    const code = files[file === 'pay-button-old.js' ? 'pay-button.js' : file];
    context.body = isOtherRelease ? code?.replaceAll(/`0\.1\.0-\w+`/g, '`0.0.1`') : code;
  } else if (file === 'mend') {
    mended.add(world);
    context.status = 204;
  } else if (file === 'sizes') {
    const files = await (built ??= buildFiles());
    context.type = 'application/json';
    context.body = JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, code]) => [name, gzipSync(code, { level: 9 }).length])));
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
  context.set('Content-Security-Policy', CARD_POLICY.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`));
}
