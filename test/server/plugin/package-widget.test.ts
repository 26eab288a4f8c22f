/** The widget out of the package for sites: the recipes compile in every framework, mistakes do not, and servers import it safely. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recipes } from '../../../server/http/docs/widget/recipes.ts';
import { VERSION } from '../../../server/version.ts';
import { installPackedForSites, ROOT, run } from './packed.ts';

/** Two compilers' worth of work on a machine that does much else. */
const PATIENCE_MS = 600_000;

const LIBRARIES = Object.fromEntries(['react', 'react-dom', '@types/react', 'vue', 'svelte', 'typescript'].map((name) => [name, name]));

const examples = new Map(recipes({ baseUrl: 'https://pay.example.org', pinned: null }).flatMap((block) => ('code' in block ? [[block.file ?? '', block.code] as const] : [])));

const OPTIONS = {
  strict: true,
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  noEmit: true,
  types: [],
};

/** Vue's own types do not hold under the second. */
const STRICTER = { jsx: 'react-jsx', exactOptionalPropertyTypes: true };

/** A file, and what somebody might get wrong in it: each must be refused. */
interface Sample {
  file: string;
  mistakes: readonly [right: string, wrong: string][];
}

const NO_SUCH_PROP: Sample['mistakes'][number] = ['item="swahili-ebook"', 'itm="swahili-ebook"'];
const NO_SUCH_MODE: Sample['mistakes'][number] = ['item="swahili-ebook"', 'mode="popup"'];
const NOT_A_TEXT: Sample['mistakes'][number] = ['event.detail.reference', 'event.detail.amount'];

const CHECKERS: Readonly<Record<string, { command: (folder: string) => string[]; samples: Sample[] }>> = {
  tsc: {
    command: (folder) => [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder],
    samples: [
      { file: 'checkout.ts', mistakes: [["button.item = 'swahili-ebook'", 'button.item = 5'], ['detail.reference', 'detail.referense'], ["'pay-success'", "'pay-succes'"]] },
      { file: 'Book.tsx', mistakes: [NO_SUCH_PROP, NO_SUCH_MODE, NOT_A_TEXT] },
      { file: 'Ticket.tsx', mistakes: [NO_SUCH_PROP, NO_SUCH_MODE, NOT_A_TEXT, ['onPaySuccess', 'onPaySucces'], ['.open()', '.opens()']] },
    ],
  },
  'vue-tsc': {
    command: (folder) => [join(ROOT, 'node_modules/vue-tsc/bin/vue-tsc.js'), '-p', folder],
    samples: [{ file: 'Book.vue', mistakes: [NO_SUCH_PROP, NO_SUCH_MODE, NOT_A_TEXT, ['@pay-success', '@pay-succes']] }],
  },
  'svelte-check': {
    command: (folder) => [join(ROOT, 'node_modules/svelte-check/bin/svelte-check'), '--workspace', folder, '--tsconfig', join(folder, 'tsconfig.json'), '--output', 'machine'],
    samples: [{ file: 'Book.svelte', mistakes: [NO_SUCH_PROP, NO_SUCH_MODE, NOT_A_TEXT] }],
  },
};

let home: string;
let project: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'malipo-test-'));
  project = await installPackedForSites(home, LIBRARIES);
}, PATIENCE_MS);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.each(Object.entries(CHECKERS))('under %s the recipes compile, and no mistake in them does', async (name, { command, samples }) => {
  // All at once: a compiler takes far longer to start than to read one more file.
  const folder = join(project, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: name === 'tsc' ? { ...OPTIONS, ...STRICTER } : OPTIONS, include: ['*'], vueCompilerOptions: { strictTemplates: true } }));
  const wrong = new Map<string, string>();
  for (const { file, mistakes } of samples) {
    const code = examples.get(file)!;
    writeFileSync(join(folder, file), code);
    for (const [index, [right, mistake]] of mistakes.entries()) {
      expect(code).toContain(right);
      const name = `Wrong${String(index)}${file}`;
      wrong.set(name, mistake);
      writeFileSync(join(folder, name), code.replace(right, mistake));
    }
  }
  const { stdout } = await run(process.execPath, command(folder), { cwd: folder }).catch((failure: { stdout: string }) => failure);
  const complaints = stdout.split('\n').filter((line) => /error/i.test(line) && /\.(ts|tsx|vue|svelte)\b/.test(line));
  expect(complaints.filter((line) => !line.includes('Wrong'))).toEqual([]);
  expect([...wrong].filter(([name]) => !complaints.some((line) => line.includes(name)))).toEqual([]);
}, PATIENCE_MS);

test('every entry is imported on a server, and nothing is registered twice', async () => {
  const script = `
    const { PayButton } = await import('malipo/widget');
    const again = await import('malipo/widget/class');
    const { PayButton: Component } = await import('malipo/react');
    for (const entry of ['jsx', 'vue', 'svelte']) await import('malipo/widget/' + entry);
    await import('malipo/pay-button.js');
    const { createElement } = await import('react');
    const { renderToString } = await import('react-dom/server');
    const html = renderToString(createElement(Component, { item: 'book', customerName: 'Asha', required: true, disabled: false, amount: 5000, onPaySuccess() {} }, createElement('a', { href: '/pay/book' }, 'Buy')));
    console.log(JSON.stringify({ isOne: PayButton === again.PayButton, version: PayButton.version, document: typeof document, html }));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({
    isOne: true,
    version: VERSION,
    document: 'undefined',
    html: '<pay-button item="book" amount="5000" customer-name="Asha" required=""><a href="/pay/book">Buy</a></pay-button>',
  });
});

test('a site’s own server calls ours with the client, and the server is not among what a site installs', async () => {
  const script = `
    const { createMalipo, verifyWebhook } = await import('malipo/client');
    const { dependencies, exports } = (await import('malipo/package.json', { with: { type: 'json' } })).default;
    console.log(JSON.stringify({ are: [typeof createMalipo, typeof verifyWebhook], libraries: Object.keys(dependencies), hasServer: './server' in exports }));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
  expect(JSON.parse(stdout)).toEqual({ are: ['function', 'function'], libraries: ['@stripe/stripe-js', 'lit', 'openapi-fetch'], hasServer: false });
});

test('the manifest is where tools look for it', async () => {
  const script = `
    import manifest from 'malipo/package.json' with { type: 'json' };
    import elements from 'malipo/custom-elements.json' with { type: 'json' };
    console.log(manifest.customElements, elements.modules.flatMap(({ declarations }) => declarations).find(({ tagName }) => tagName === 'pay-button').name);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
  expect(stdout.trim()).toBe('widget/custom-elements.json PayButton');
});
