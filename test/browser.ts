/**
 * Finds the browser every test uses: `CHROME_PATH`, else an installed Chrome or Chromium, else the one packed in
 * `@sparticuz/chromium`, which needs no system package.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface Chrome {
  executablePath: string;
  args: string[];
}

const run = promisify(execFile);

const INSTALLED_NAMES = ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser'];

const INSTALLED_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
];

/** Root may not use Chromium's sandbox, and containers seldom have the user namespaces it needs. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];

/** The browser and the flags to start it with; headless and the profile are left to the caller's driver. */
export async function findChrome(): Promise<Chrome> {
  const executablePath = process.env.CHROME_PATH ?? (await installedChrome()) ?? (await packedChrome());
  return { executablePath, args: [...ARGS] };
}

async function installedChrome(): Promise<string | undefined> {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => INSTALLED_NAMES.map((name) => join(folder, name)));
  for (const path of [...onPath, ...INSTALLED_PATHS]) {
    if (isAllowed(path, constants.X_OK) && (await starts(path))) return path;
  }
  return undefined;
}

/** Ubuntu installs a `chromium-browser` that only asks for a snap. (Windows' chrome.exe has no answer to --version.) */
async function starts(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return run(path, ['--version']).then(
    () => true,
    () => false,
  );
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * Unpacks the npm package's Chromium into a folder of its own version, once.
 * The package itself unpacks in place under fixed names in the temporary folder, so that two test runs starting
 * together see each other's half-written binary; here the folder appears whole, by a rename.
 */
async function packedChrome(): Promise<string> {
  const packageEntry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const packageJson = JSON.parse(await readFile(join(dirname(packageEntry), '..', 'package.json'), 'utf8')) as { version: string };
  const home = join(tmpdir(), `malipo-chromium-${packageJson.version}-${String(process.getuid?.() ?? 0)}`);
  const launcher = join(home, 'chrome');
  if (isAllowed(launcher, constants.X_OK)) return launcher;

  const staging = await mkdtemp(join(tmpdir(), 'malipo-chromium-'));
  // The execution environment makes the package unpack its own copies of NSS as well, for machines without them.
  await run(process.execPath, ['--input-type=module', '-e', UNPACK], {
    cwd: dirname(packageEntry),
    env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  await writeFile(join(staging, 'fonts.conf'), `<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/font-cache</cachedir></fontconfig>\n`);
  await writeFile(join(staging, 'chrome'), await launcherScript(staging, home));
  await chmod(join(staging, 'chrome'), 0o755);
  try {
    await rename(staging, home);
  } catch (error) {
    // Another run finished first: use its copy.
    await rm(staging, { recursive: true, force: true });
    if (!isAllowed(launcher, constants.X_OK)) throw error;
  }
  return launcher;
}

const UNPACK = `const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath();`;

/** Lends Chromium the packed libraries and fonts only where the machine has none: its own fit it better. */
async function launcherScript(staging: string, home: string): Promise<string> {
  const lines = ['#!/bin/sh'];
  if (!(await starts(join(staging, 'chromium')))) lines.push(`export LD_LIBRARY_PATH="${home}/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`);
  if (!isAllowed('/etc/fonts/fonts.conf', constants.R_OK)) lines.push(`export FONTCONFIG_FILE="${home}/fonts.conf"`);
  lines.push(`exec "${home}/chromium" "$@"`, '');
  return lines.join('\n');
}
