import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type Rolldown, type UserConfig } from 'vite';
import { WIDGET_PARTS, type WidgetPart } from './src/part-names.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/**
 * Whether the panel and the languages are scripts of their own, `pay-button/<build>/<part>.js`, fetched when somebody
 * is about to press the button; the server has to serve them then.
 *
 * Measured 2026-11-27, gzip -9 (`npm run bench -- widget` measures what the server sends): 14.0 kB for the button, which
 * every visitor of a page gets; 9.9 kB for the panel, which those get who are about to pay; 8.3 kB for the card step, 3.5 kB
 * of it for Stripe's form and its loader, for those who choose card; 2.1 to 2.4 kB for another language.
 * Until card is chosen that is 23.9 kB in English, 21.3 kB in brotli. Lit is 5.0 kB of it, loading, starting and
 * following a payment 4.0 kB, both styles 3.4 kB, English 1.6 kB. Tried: one file for both, 22.9 kB, all of it for
 * every visitor. Without @lit/task 0.6 kB less: done, a flag does its work. All words of the button in every language
 * 0.5 kB more: it has only the first ones. Terser after Vite's minifier, 0.05 to 0.23 kB less for each script, and
 * builds that take nine seconds more: not worth another tool. One template for all buttons of the panel in place of one
 * for each, 0.05 kB more: what repeats itself is what gzip is for. Private names are short already; shortening the
 * eighty that scripts share as well, 0.15 kB less for the button and 0.12 for the panel, and a list to keep. What would
 * bring all of it near 14 kB is a renderer of our own (1 kB) in place of Lit: not worth what it would cost to read.
 */
const PARTS_ARE_APART = true;

/** The minifier leaves the text of templates alone; there, indentation and CSS comments are a tenth of the file. */
function minifyTemplates(): Plugin {
  return {
    name: 'minify-templates',
    transform(code, id) {
      return id.endsWith('.styles.ts') ? { code: code.replace(/`[^`]*`/g, minifyCss), map: null } : null;
    },
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        // After minification the only line breaks left are those inside templates, where one space does the same, and
        // beside a tag none: what is to stand apart there has its space on the line.
        if (chunk.type !== 'chunk') continue;
        chunk.code = chunk.code.trim().replace(/(?<=>)\n\s*|\n\s*(?=[<>])/g, '').replace(/\n\s*/g, ' ');
        // Attributes of one word need no quotes. (Strings have become templates by now: nothing else looks like one.)
        chunk.code = chunk.code.replace(/( [a-z-]+=)"([\w-]+)"(?=[ >])/g, '$1$2');
      }
    },
  };
}

function minifyCss(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]|: ) ?/g, (_match, mark: string) => mark.trim())
    .replace(/ ([*~>]) (?!\{)/g, '$1')
    .replace(/\b0(?=\.\d)/g, '')
    .replace(/;}/g, '}');
}

/** Stands for the build's name until everything that is in the build is known; no other text looks like it. */
const UNNAMED = `${version}-unnamed000`;

/**
 * Names the build by its release and its content, `0.1.0-3f9c2a1b07`: two builds never share a name, so what is under
 * it may be cached for ever and pinned by its hash. (The release alone would not do: who builds from a checkout has
 * many builds of one release.) The button is there twice, floating and under its name; what it fetches later lies in
 * the folder of that name.
 */
function nameBuild(): Plugin {
  return {
    name: 'name-build',
    generateBundle: {
      // After Vite itself, which still has words of its own to replace.
      order: 'post',
      handler(_options, bundle) {
        const files = Object.entries(bundle).map(([name, file]) => [name, file.type === 'chunk' ? file.code : String(file.source)] as const);
        const content = createHash('sha256').update(JSON.stringify(files.toSorted()));
        const build = `${version}-${content.digest('hex').slice(0, 10)}`;
        for (const [name, unnamed] of files) {
          const code = unnamed.replaceAll(UNNAMED, build);
          const file = bundle[name]!;
          if (file.type === 'chunk') {
            file.code = code;
            this.emitFile({ type: 'asset', fileName: `pay-button/${build}.js`, source: code });
          } else {
            delete bundle[name];
            this.emitFile({ type: 'asset', fileName: name.replace('pay-button/', `pay-button/${build}/`), source: code });
          }
        }
      },
    },
  };
}

/** Builds the parts beside the button: each in a build of its own, because a shared file would be one more request. */
function partsApart(): Plugin {
  return {
    name: 'parts-apart',
    async generateBundle() {
      const built = await Promise.all(WIDGET_PARTS.map(async (part) => ({ part, code: await builtPart(part) })));
      for (const { part, code } of built) this.emitFile({ type: 'asset', fileName: `pay-button/${part}.js`, source: code });
    },
  };
}

async function builtPart(part: WidgetPart): Promise<string> {
  const entry = part === 'panel' || part === 'card' ? `${part}.ts` : `messages/${part}.ts`;
  // It is a part of the build that is being made, and gets that build's name.
  const config = { ...widgetConfig({ entry, arePartsApart: false }), plugins: [minifyTemplates()] };
  const { output } = (await build({ ...config, configFile: false, logLevel: 'error' })) as Rolldown.RolldownOutput;
  return output[0].code;
}

/**
 * Tells V8 that what the button has is what the page runs at once (v8.dev/blog/explicit-compile-hints, Chromium 136): it
 * is compiled beside the main thread while it arrives, and not function by function when the button is made. Measured
 * at a 4 × slower CPU: 5 ms of the main thread's time in place of 33.
 */
function compileAhead(): Plugin {
  return {
    name: 'compile-ahead',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
    },
  };
}

/** A server may import the button like anything else of a site: there its one export is nothing at all. */
function emptyOnServers(): Plugin {
  return {
    name: 'empty-on-servers',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') {
          chunk.code = chunk.code.replace(/^([^]*)export{(\S+) as (\w+)};?\s*$/, 'let $$$$;if(globalThis.document){$1$$$$=$2}export{$$$$ as $3};');
        }
      }
    },
  };
}

/** The build of one entry; tests build both ways. */
export function widgetConfig({ entry, arePartsApart }: { entry: string; arePartsApart: boolean }): UserConfig {
  return {
    root: here('.'),
    define: { __MALIPO_BUILD__: JSON.stringify(UNNAMED), __PARTS_ARE_APART__: String(arePartsApart) },
    resolve: { alias: [{ find: './css-tag.js', replacement: here('css-tag.ts') }] },
    plugins: [minifyTemplates(), ...(arePartsApart ? [emptyOnServers(), compileAhead(), partsApart()] : []), nameBuild()],
    build: {
      write: false,
      outDir: here('../dist/widget'),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: here(`src/${entry}`),
        // An ES module, built as an application: Vite's library mode leaves whitespace in ES output.
        output: { format: 'es', entryFileNames: 'pay-button.js', codeSplitting: false, comments: false },
        preserveEntrySignatures: 'strict',
      },
    },
  };
}

const config = widgetConfig({ entry: 'pay-button.ts', arePartsApart: PARTS_ARE_APART });

export default defineConfig({ ...config, build: { ...config.build, write: true } });
