import type * as Card from './card.ts';
import type * as Language from './messages/fr.ts';
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

/** The parts that do something. */
export interface ScriptParts {
  /** For those who press the button. */
  panel: typeof Panel;
  /** For those who choose to pay by card. */
  card: typeof Card;
}

/** What all of them bring. Each says of which release it is. */
type Parts = ScriptParts & Record<Exclude<WidgetPart, keyof ScriptParts>, typeof Language>;

/** Fetches a part when it is needed, from where this script came. */
export async function loadPart<Name extends WidgetPart>(name: Name): Promise<Parts[Name]> {
  if (!ARE_APART) return SOURCES[name]() as Promise<Parts[Name]>;
  // A failed import is remembered by browsers under its address: the next try needs another one.
  const again = '?'.repeat(misses[name] ?? 0);
  // The build's name keeps caches apart.
  const url = `${serverOfScript(import.meta.url)}/pay-button/${VERSION}/${name}.js${again}`;
  const part = await (import(/* @vite-ignore */ url) as Promise<Parts[Name]>).catch(() => undefined);
  // The server may have been upgraded since this script was cached: the two know each other's insides.
  if (part?.VERSION === VERSION) return part;
  const times = (misses[name] = (misses[name] ?? 0) + 1);
  // What came from a cache is asked for once more; what did not come at all only when somebody presses again.
  if (part && times === 1) return loadPart(name);
  throw new Error(`no ${name}`);
}

const SOURCES = {
  panel: () => import('./panel.ts'),
  card: () => import('./card.ts'),
  fr: () => import('./messages/fr.ts'),
  lg: () => import('./messages/lg.ts'),
  rw: () => import('./messages/rw.ts'),
  sw: () => import('./messages/sw.ts'),
};
