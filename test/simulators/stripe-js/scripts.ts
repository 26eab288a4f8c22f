/** The scripts and pages of js.stripe.com and hooks.stripe.com, by address, bundled once for each run. */
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

export interface File {
  contentType: string;
  body: string;
}

/** `/v3` is what pages load that do not use @stripe/stripe-js. */
const SCRIPT_PATH = /^\/(endive\/stripe\.js|v3\/?|v3\/stripe\.js)$/;

const FRAMES: Readonly<Record<string, { script: string; title: string }>> = {
  '/stand-in/card-form.html': { script: 'card-form', title: 'Secure payment input frame' },
  '/stand-in/challenge.html': { script: 'challenge', title: '3D Secure' },
  '/redirect/authenticate': { script: 'challenge', title: 'Bank' },
};

const STYLE = 'body{margin:0;font:16px sans-serif;background:#fff;color:#222}label,button,input{display:block;box-sizing:border-box}input{width:100%;min-height:44px}button{min-height:44px;min-width:44px}.card[hidden]{display:none}';

const bundles = new Map<string, Promise<string>>();

/** What is at a path of Stripe's own origins, or null. */
export async function fileAt(path: string): Promise<File | null> {
  if (SCRIPT_PATH.test(path)) return { contentType: 'text/javascript', body: await bundled('page/stripe') };
  const frame = FRAMES[path];
  if (frame === undefined) return null;
  const script = await bundled(`frames/${frame.script}`);
  return { contentType: 'text/html', body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${frame.title}</title><style>${STYLE}</style><body><script>${script}</script></body></html>` };
}

function bundled(entry: string): Promise<string> {
  const earlier = bundles.get(entry);
  if (earlier !== undefined) return earlier;
  const bundle = bundleOf(fileURLToPath(new URL(`${entry}.ts`, import.meta.url)));
  bundles.set(entry, bundle);
  return bundle;
}

async function bundleOf(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'stripeStandIn' } },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  return output[0].code;
}
