import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Rolldown } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { widgetConfig } from '../../../widget/vite.config.ts';

test('a server that imports the button for its pages gets nothing, and no error', async () => {
  const config = widgetConfig({ entry: 'pay-button.ts', arePartsApart: true });
  const { output } = (await build({ ...config, configFile: false, logLevel: 'error' })) as Rolldown.RolldownOutput;
  const folder = await mkdtemp(join(tmpdir(), 'malipo-widget-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'pay-button.mjs');
  await writeFile(file, output[0].code);
  const globals = Object.keys(globalThis);
  const imported = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as object;
  expect({ ...imported }).toEqual({ PayButton: undefined });
  expect(Object.keys(globalThis)).toEqual(globals);
});
