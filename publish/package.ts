/**
 * Makes the package that is published: `npm run build`, then `npm publish dist/package`. The same folders as here, with
 * JavaScript and types in place of TypeScript (Node runs no TypeScript below node_modules), the built widget, and a
 * manifest without what only this repository needs.
 *
 * And, in `dist/site-package`, what a site takes of it that only sells: the same names, without the server. Measured
 * 2026-11-27, installed: 123 packages and 124 MB with it, SQLite's engine to be unpacked or compiled among them; 10 and 9 MB
 * without it. What a bundler makes of either is the same. (Optional dependencies would not do: npm installs them all the
 * same, and keeps silent where it could not, which a server then finds out when it starts.)
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = join(ROOT, 'dist/package');
const SITE_FOLDER = join(ROOT, 'dist/site-package');

/** What stands beside the code, and is read from there when it runs. */
const COPIED = ['server', 'demo', 'client/README.md', 'dist/widget', 'widget/custom-elements.json', 'README.md', 'LICENSE'];

/** What runs in a browser, the client for the site's own server, and what both share with ours. */
const OF_SITES = ['widget', 'client', 'server/core', 'dist/widget/pay-button.js', 'LICENSE'];
const SITE_LIBRARIES = ['@stripe/stripe-js', 'lit', 'openapi-fetch'];

interface Manifest {
  name: string;
  version: string;
  bin: Record<string, string>;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

export async function makePackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  // The widget first: what it shares with the server is written again, for Node.
  for (const config of ['widget.tsconfig.json', 'tsconfig.json']) await compile(config, folder);
  await stampVersion(folder, manifest.version);
  for (const path of COPIED) {
    await cp(join(ROOT, path), join(folder, path), { recursive: true, filter: (source) => extname(source) !== '.ts' });
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
  await chmod(join(folder, 'server/cli.js'), 0o755);
}

/** Makes, of a package that was made, the one for sites. */
export async function makeSitePackage(folder: string, whole: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const path of OF_SITES) await cp(join(whole, path), join(folder, path), { recursive: true });
  const { exports, dependencies, ...rest } = JSON.parse(await readFile(join(whole, 'package.json'), 'utf8')) as Manifest;
  const manifest = {
    ...rest,
    bin: undefined,
    // Of one name and release there is one package in a registry: this is packed.
    private: true,
    exports: Object.fromEntries(Object.entries(exports).filter(([entry]) => entry !== './server')),
    dependencies: Object.fromEntries(SITE_LIBRARIES.map((name) => [name, dependencies[name]!])),
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function compile(name: string, folder: string): Promise<void> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const config = fileURLToPath(new URL(name, import.meta.url));
  await promisify(execFile)(process.execPath, [tsc, '-p', config, '--outDir', folder]);
}

/** Vite names its own build; a site's bundler gets the widget as it is compiled, and must find its release in it. */
async function stampVersion(folder: string, version: string): Promise<void> {
  await writeFile(join(folder, 'widget/src/version.js'), `export const VERSION = ${JSON.stringify(version)};\n`);
}

function published(manifest: Manifest): object {
  const { name, version, dependencies, bin, exports, ...rest } = manifest;
  const { description, license, type, engines, customElements } = rest as Record<string, unknown>;
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, compiled(file)])),
    exports: Object.fromEntries(Object.entries(exports).map(([entry, file]) => [entry, entryOf(file)])),
    customElements,
    dependencies,
    // `malipo/react` is for those who have it.
    peerDependencies: { react: '>=17' },
    peerDependenciesMeta: { react: { optional: true } },
  };
}

function entryOf(file: string): string | object {
  if (!file.endsWith('.ts')) return file;
  return { types: file.replace(/\.ts$/, '.d.ts'), default: compiled(file) };
}

function compiled(file: string): string {
  return file.replace(/\.ts$/, '.js');
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? FOLDER);
  await makePackage(folder);
  if (folder === FOLDER) await makeSitePackage(SITE_FOLDER, folder);
}
