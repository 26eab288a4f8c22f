import type { Words } from './messages/messages.ts';
import type * as Panel from './panel.ts';
import type { WidgetPart } from './part-names.ts';
import { serverOfScript } from './server-address.ts';
import { VERSION } from './version.ts';

declare const __PARTS_ARE_APART__: boolean | undefined;

const ARE_APART = typeof __PARTS_ARE_APART__ !== 'undefined' && __PARTS_ARE_APART__;

/** How often a part did not come, for any button of this page. */
const misses: Partial<Record<WidgetPart, number>> = {};

export function panelMisses(): number {
  return misses.panel ?? 0;
}

/** The panel is needed by those who press the button: its script is fetched then, from where this one came. */
export async function loadPanel(): Promise<typeof Panel> {
  if (!ARE_APART) return import('./panel.ts');
  const panel = await loadPart<typeof Panel>('panel').catch(() => undefined);
  // The server may have been upgraded since this script was cached: the two know each other's insides.
  if (panel?.VERSION === VERSION) return panel;
  misses.panel = panelMisses() + 1;
  // What came from a cache is asked for once more; what did not come at all only when somebody presses again.
  if (panel && misses.panel === 1) return loadPanel();
  throw new Error('no panel');
}

/** The words of a language; English ones come with the button and its panel. */
export async function loadWords(language: Exclude<WidgetPart, 'panel'>): Promise<Words> {
  const { messages } = await (ARE_APART ? loadPart<{ messages: Words }>(language) : SOURCES[language]());
  return messages;
}

const SOURCES = {
  fr: () => import('./messages/fr.ts'),
  lg: () => import('./messages/lg.ts'),
  rw: () => import('./messages/rw.ts'),
  sw: () => import('./messages/sw.ts'),
};

/**
 * The build's name keeps caches apart; a failed import is remembered by browsers under its address, so that the next
 * try needs another one.
 */
async function loadPart<Exports>(part: WidgetPart): Promise<Exports> {
  const again = '?'.repeat(misses[part] ?? 0);
  try {
    return (await import(/* @vite-ignore */ `${serverOfScript(import.meta.url)}/pay-button/${VERSION}/${part}.js${again}`)) as Exports;
  } catch (error) {
    // The panel's own count is kept by who judges its release.
    if (part !== 'panel') misses[part] = (misses[part] ?? 0) + 1;
    throw error;
  }
}
