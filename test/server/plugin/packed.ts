/** The published package as somebody installs it: packed by npm, unpacked beside the libraries it names. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makePackage, makeSitePackage } from '../../../publish/package.ts';
import { builtWidget } from '../../../server/http/pages/widget-build.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const run = promisify(execFile);

/** A project in this folder that has installed the package. */
export async function installPacked(folder: string): Promise<string> {
  const tarball = await pack(await madePackage(folder), folder);
  return unpack(tarball, join(folder, 'project'), { '@types/node': '@types/node' });
}

/** A site's project that has installed what is for sites, and these libraries of ours by the names they have there. */
export async function installPackedForSites(folder: string, libraries: Readonly<Record<string, string>>): Promise<string> {
  const whole = await madePackage(folder);
  const site = join(folder, 'site-package');
  await makeSitePackage(site, whole);
  return unpack(await pack(site, folder), join(folder, 'project'), libraries);
}

async function madePackage(folder: string): Promise<string> {
  await builtWidget();
  const made = join(folder, 'package');
  await makePackage(made);
  return made;
}

async function pack(folder: string, destination: string): Promise<string> {
  const npm = process.env.npm_execpath;
  const args = ['pack', '--json', '--pack-destination', destination];
  const { stdout } = npm === undefined ? await run('npm', args, { cwd: folder }) : await run(process.execPath, [npm, ...args], { cwd: folder });
  return join(destination, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
}

async function unpack(tarball: string, project: string, libraries: Readonly<Record<string, string>>): Promise<string> {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'malipo'), { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', join(modules, 'malipo'), '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(modules, 'malipo/package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const own = Object.fromEntries(Object.keys(dependencies).map((name) => [name, name]));
  for (const [name, ours] of Object.entries({ ...own, ...libraries })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', ours), join(modules, name), 'junction');
  }
  writeFileSync(join(project, 'package.json'), '{"type": "module", "private": true}');
  return project;
}
