/** A page in a real browser that notes whatever a careful site would not allow it. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findChrome } from '../../browser.ts';

export interface Visit {
  page: Page;
  /** Refused by the page's policy, thrown, failed, or asked of another server: nothing, while all is well. */
  complaints: string[];
}

/** One browser for the running test. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch(await findChrome());
  onTestFinished(() => browser.close());
  return browser;
}

export async function visit(browser: Browser, url: string, viewport = { width: 1_280, height: 800 }): Promise<Visit> {
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  const origin = new URL(url).origin;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A page that has seen the end of a payment closes its stream: that is no failure.
    const isClosed = request.resourceType() === 'eventsource' || request.failure()?.errorText === 'net::ERR_ABORTED';
    if (!isClosed) complaints.push(`failed: ${request.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) complaints.push(`foreign: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
