/** axe on what is on the screen, in the page and in each frame by itself: they are of different origins. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Before the first page: the pages' own policies keep it out later. */
export async function prepareAudits(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: AXE });
}

/** What is wrong, one line for each element; WCAG 2.2 AA and axe's best practices. */
export async function audit(page: Page): Promise<string[]> {
  const found = await Promise.all(page.frames().map((frame) => frame.evaluate(async () => {
    // What moves is audited at rest; a frame that is scrolled away would never come to rest by itself.
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
    for (const animation of roots.flatMap((root) => root.getAnimations())) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
    const { axe } = globalThis as unknown as { axe: { run(context: Document, options: RunOptions): Promise<AxeResults> } };
    const { violations } = await axe.run(document, { iframes: false, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${location.pathname} ${id} ${JSON.stringify(target)}: ${failureSummary ?? ''}`));
  })));
  return found.flat();
}
