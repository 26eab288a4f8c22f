/** Scripts as a merchant's own build makes them, with the sources of the packages `malipo/…`. */
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const MALIPO = ['react', 'widget/jsx', 'widget/vue', 'widget/svelte'].map((name) => ({
  find: `malipo/${name}`,
  replacement: here(`../../../widget/frameworks/${basename(name)}.ts`),
}));

export interface BundleOptions {
  /** Other packages than the installed ones by these names. */
  alias?: { find: string | RegExp; replacement: string }[];
  plugins?: Plugin[];
}

/** The script of a page, of an entry below `test/e2e/`, as its developers run it: frameworks complain aloud. */
export async function bundle(entry: string, { alias = [], plugins = [] }: BundleOptions = {}): Promise<string> {
  const input = here(`../${entry}`);
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    root: dirname(input),
    define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true' },
    resolve: { alias: [...MALIPO, ...alias], conditions: ['browser', 'development'] },
    plugins,
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: { write: false, minify: false, rolldownOptions: { input, output: { codeSplitting: false } } },
  })) as Rolldown.RolldownOutput;
  return output[0].code;
}
