import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type Rolldown, type UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/**
 * Whether the panel is a script of its own, `pay-button/<build>/panel.js`, fetched when somebody is about to press the
 * button; the server has to serve it then. Measured 2026-11-22, gzip -9: apart 13.6 kB for the button and 8.0 kB
 * for the panel; in one file 20.9 kB. Lit with @lit/task alone is 6.4 kB.
 */
const PANEL_IS_APART = true;

/** The minifier leaves the text of templates alone; there, indentation and CSS comments are a tenth of the file. */
function minifyTemplates(): Plugin {
  return {
    name: 'minify-templates',
    transform(code, id) {
      return id.endsWith('.styles.ts') ? { code: code.replace(/`[^`]*`/g, minifyCss), map: null } : null;
    },
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        // After minification the only line breaks left are those inside templates, where one space does the same.
        if (chunk.type === 'chunk') chunk.code = chunk.code.trim().replace(/\n\s*/g, ' ');
      }
    },
  };
}

function minifyCss(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]|: ) ?/g, (_match, mark: string) => mark.trim())
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

/** Builds the panel's script beside the button's: in a build of its own, because a shared file would be a third request. */
function panelApart(): Plugin {
  return {
    name: 'panel-apart',
    async generateBundle() {
      const config = widgetConfig({ entry: 'panel.ts', isPanelApart: false });
      // It is a part of the build that is being made, and gets that build's name.
      const part = { ...config, plugins: [minifyTemplates()] };
      const { output } = (await build({ ...part, configFile: false, logLevel: 'error' })) as Rolldown.RolldownOutput;
      this.emitFile({ type: 'asset', fileName: 'pay-button/panel.js', source: output[0].code });
    },
  };
}

/** The build of one entry; tests build both ways. */
export function widgetConfig({ entry, isPanelApart }: { entry: string; isPanelApart: boolean }): UserConfig {
  return {
    root: here('.'),
    define: { __MALIPO_BUILD__: JSON.stringify(UNNAMED), __PANEL_IS_APART__: String(isPanelApart) },
    plugins: [minifyTemplates(), ...(isPanelApart ? [panelApart()] : []), nameBuild()],
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

const config = widgetConfig({ entry: 'pay-button.ts', isPanelApart: PANEL_IS_APART });

export default defineConfig({ ...config, build: { ...config.build, write: true } });
