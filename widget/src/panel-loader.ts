import type * as Panel from './panel.ts';
import { serverOfScript } from './server-address.ts';
import { VERSION } from './version.ts';

declare const __PANEL_IS_APART__: boolean | undefined;

let failures = 0;

/**
 * The panel is needed by those who press the button: its script is fetched then, from where this one came.
 * The version keeps caches apart; a failed import is remembered by browsers under its address, so that the next
 * try needs another one.
 */
export async function loadPanel(): Promise<typeof Panel> {
  if (typeof __PANEL_IS_APART__ === 'undefined' || !__PANEL_IS_APART__) return import('./panel.ts');
  try {
    return (await import(
      /* @vite-ignore */ `${serverOfScript(import.meta.url)}/pay-button/panel.js?v=${VERSION}${'-'.repeat(failures)}`
    )) as typeof Panel;
  } catch (error) {
    failures++;
    throw error;
  }
}
