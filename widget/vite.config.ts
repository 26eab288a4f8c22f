import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type Rolldown, type UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/**
 * Whether the panel is a script of its own, `pay-button/panel.js`, fetched when somebody is about to press the
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

/** Builds the panel's script beside the button's: in a build of its own, because a shared file would be a third request. */
function panelApart(): Plugin {
  return {
    name: 'panel-apart',
    async generateBundle() {
      const config = widgetConfig({ entry: 'panel.ts', isPanelApart: false });
      const { output } = (await build({ ...config, configFile: false, logLevel: 'error' })) as Rolldown.RolldownOutput;
      this.emitFile({ type: 'asset', fileName: 'pay-button/panel.js', source: output[0].code });
    },
  };
}

/** The build of one entry; tests build both ways. */
export function widgetConfig({ entry, isPanelApart }: { entry: string; isPanelApart: boolean }): UserConfig {
  return {
    root: here('.'),
    define: { __MALIPO_VERSION__: JSON.stringify(version), __PANEL_IS_APART__: String(isPanelApart) },
    plugins: isPanelApart ? [minifyTemplates(), panelApart()] : [minifyTemplates()],
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
