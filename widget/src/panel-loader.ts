import type * as Panel from './panel.ts';
import { serverOfScript } from './server-address.ts';
import { VERSION } from './version.ts';

declare const __PANEL_IS_APART__: boolean | undefined;

/** How often the panel did not come, for any button of this page. */
export let panelMisses = 0;

/**
 * The panel is needed by those who press the button: its script is fetched then, from where this one came.
 * The build's name keeps caches apart; a failed import is remembered by browsers under its address, so that the
 * next try needs another one.
 */
export async function loadPanel(): Promise<typeof Panel> {
  if (typeof __PANEL_IS_APART__ === 'undefined' || !__PANEL_IS_APART__) return import('./panel.ts');
  let panel: typeof Panel | undefined;
  try {
    panel = (await import(
      /* @vite-ignore */ `${serverOfScript(import.meta.url)}/pay-button/${VERSION}/panel.js${'?'.repeat(panelMisses)}`
    )) as typeof Panel;
  } catch {
    // Counted below; browsers report it themselves.
  }
  // The server may have been upgraded since this script was cached: the two know each other's insides.
  if (panel?.VERSION === VERSION) return panel;
  panelMisses++;
  // What came from a cache is asked for once more; what did not come at all only when somebody presses again.
  if (panel && panelMisses === 1) return loadPanel();
  throw new Error('no panel');
}
