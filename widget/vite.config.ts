import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };

/** The minifier leaves the text of templates alone; there, indentation and CSS comments are a tenth of the file. */
function minifyTemplates(): Plugin {
  return {
    name: 'minify-templates',
    transform(code, id) {
      if (!id.endsWith('.styles.ts')) return null;
      return { code: code.replace(/css`[^`]*`/, minifyCss), map: null };
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

export default defineConfig({
  root: here('.'),
  define: { __MALIPO_VERSION__: JSON.stringify(version) },
  plugins: [minifyTemplates()],
  build: {
    outDir: here('../dist/widget'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: true,
    rolldownOptions: {
      input: here('src/pay-button.ts'),
      // One ES module, built as an application: Vite's library mode leaves whitespace in ES output.
      output: { format: 'es', entryFileNames: 'pay-button.js', comments: false },
      preserveEntrySignatures: 'allow-extension',
    },
  },
});
