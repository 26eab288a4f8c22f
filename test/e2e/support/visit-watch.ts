/** Everything that must not happen on any journey, noted while it happens. */
import type { BrowserContext, Page } from 'playwright-core';

export class VisitWatch {
  /** Errors in the console, uncaught exceptions, policy violations, requests to strangers. */
  readonly complaints: string[] = [];
  readonly #homes: readonly string[];

  private constructor(homes: readonly string[]) {
    this.#homes = homes;
  }

  /** `homes`: the only origins that anything may be asked of. */
  static async over(context: BrowserContext, homes: readonly string[]): Promise<VisitWatch> {
    const watch = new VisitWatch(homes);
    context.on('console', (message) => {
      if (message.type() === 'error') watch.complaints.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => watch.complaints.push(`uncaught: ${error.error().message}`));
    context.on('request', (request) => watch.#onRequest(request.url()));
    context.on('page', (page) => watch.#onPage(page));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
        console.error(`policy: ${violatedDirective} kept ${blockedURI} out, asked by ${sourceFile}`);
      });
    });
    return watch;
  }

  #onRequest(url: string): void {
    if (/^(data|blob):/.test(url) || this.#homes.includes(new URL(url).origin)) return;
    this.complaints.push(`a stranger was asked: ${url}`);
  }

  #onPage(page: Page): void {
    page.on('crash', () => this.complaints.push('the page crashed'));
  }
}
