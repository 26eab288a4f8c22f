import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Buyer, EBOOK, LIBRARY_FUND } from './support/buyer.ts';
import { NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// Whatever the buyer's eyes are: the operating system says, and the button does as it says.
const shop = openShop({ approvalMs: NEVER_MS });

/** A page with nothing but the button: what it looks like is its own doing. */
async function visit(options: VisitOptions, item = EBOOK, rootStyle = ''): Promise<Buyer> {
  const site = await serveSite({
    '/plain.html': `<!doctype html><html lang="en" style="${rootStyle}"><meta name="viewport" content="width=device-width"><title>Plain</title>
      <script type="module" src="${shop.server.url}/pay-button.js"></script><pay-button item="${item}"></pay-button></html>`,
  });
  const buyer = await shop.stranger({ ...options, homes: [site] });
  buyer.item = item;
  await buyer.page.goto(`${site}/plain.html`);
  await buyer.payButton.waitFor();
  return buyer;
}

/** Goes through everything a buyer may see and calls `look` at each stop. */
async function journey(buyer: Buyer, look: (where: string) => Promise<void>): Promise<void> {
  await look('the button');
  await buyer.openPayButton();
  await buyer.phoneField.waitFor();
  await look('the form');
  await buyer.typePhone('0772 12');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).not.toBe('');
  await look('what is wrong');
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  const reference = await buyer.seesWaiting();
  await look('the wait');
  await buyer.closeDialog();
  await look('the button that waits');
  await buyer.openPayButton();
  await shop.backOffice.declineElsewhere(reference);
  await buyer.seesTitle(/did not go through|failed|declined|not paid/i);
  await look('the failure');
  await buyer.tryAgain();
  await buyer.pay();
  await shop.backOffice.approveElsewhere(await buyer.seesWaiting());
  await buyer.seesSuccess();
  await look('the success');
}

/** Texts and lines of the button and its panel whose colours are none of the system's, or cannot be told from what is behind them. */
function unreadable(page: Page): Promise<string[]> {
  return page.locator('pay-button').evaluate((element) => {
    const SYSTEM = ['AccentColor', 'ButtonBorder', 'ButtonFace', 'ButtonText', 'Canvas', 'CanvasText', 'Field', 'FieldText', 'GrayText', 'Highlight', 'HighlightText', 'LinkText', 'Mark', 'MarkText'];
    const probe = document.body.appendChild(document.createElement('i'));
    const colourOf = (name: string) => {
      probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
      return getComputedStyle(probe).color;
    };
    const system = new Set(SYSTEM.map(colourOf));
    const canvas = colourOf('Canvas');
    probe.remove();
    const behind = (node: Element | null): string => {
      const colour = node ? getComputedStyle(node).backgroundColor : canvas;
      return node && /^rgba\(.*, 0\)$/.test(colour) ? behind(node.parentElement) : colour;
    };
    return [...element.shadowRoot!.querySelectorAll('*')].flatMap((each) => {
      if (!each.checkVisibility({ opacityProperty: true }) || each.matches('[role=status], style')) return [];
      const style = getComputedStyle(each);
      const hasText = [...each.childNodes].some((node) => node instanceof Text && node.data.trim() !== '') || each.matches('input, svg');
      const lines = ['top', 'right', 'bottom', 'left'].filter((side) => style.getPropertyValue(`border-${side}-style`) !== 'none' && style.getPropertyValue(`border-${side}-width`) !== '0px');
      const colours = [...(hasText ? [style.color] : []), ...lines.map((side) => style.getPropertyValue(`border-${side}-color`))];
      const name = `<${each.localName} class="${each.getAttribute('class') ?? ''}">`;
      return colours.filter((colour) => !system.has(colour) || colour === behind(each)).map((colour) => `${name} has ${colour} on ${behind(each)}`);
    });
  });
}

test.for(['light', 'dark'] as const)('forced colours: every text and line has a colour of the system, on another one, when it is %s', async (colorScheme) => {
  const buyer = await visit({ forcedColors: 'active', colorScheme });
  await journey(buyer, async (where) => {
    expect(await unreadable(buyer.page), where).toEqual([]);
  });
});

/** What moves now, by the part or class that does. */
function moving(page: Page): Promise<string[]> {
  return page.locator('pay-button').evaluate((element) =>
    element.shadowRoot!.getAnimations().flatMap(({ playState, effect }) => {
      const { target } = effect as KeyframeEffect;
      return playState === 'running' && target ? [target.className || target.localName] : [];
    }),
  );
}

test('reduced motion: nothing moves, at no step', async () => {
  const buyer = await visit({ reducedMotion: 'reduce' });
  await journey(buyer, async (where) => expect(await moving(buyer.page), where).toEqual([]));
});

test('with no such wish the wait moves, on the button and in the panel', async () => {
  const buyer = await visit({ reducedMotion: 'no-preference' });
  await buyer.startPaying('0772 123 456');
  // What only comes and goes has come to rest by then.
  await expect.poll(async () => (await moving(buyer.page)).sort()).toEqual(['i', 'sign waiting']);
});

/** The contrast of a colour with white: that of the page and the panel here. */
function contrastWithWhite(colour: string): number {
  const [r, g, b] = /color\(srgb/.test(colour) ? colour.match(/[\d.]+/g)!.map(Number) : colour.match(/[\d.]+/g)!.map((part) => Number(part) / 255);
  const [red, green, blue] = [r!, g!, b!].map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 1.05 / (0.2126 * red! + 0.7152 * green! + 0.0722 * blue! + 0.05);
}

test('more contrast: quiet words and thin lines are as dark as the rest', async () => {
  const buyer = await visit({ contrast: 'more' }, LIBRARY_FUND);
  await buyer.openPayButton();
  await buyer.phoneField.waitFor();
  const styles = (selector: string, property: string) =>
    buyer.panel.locator(selector).evaluateAll((elements, name) => elements.filter((each) => each.checkVisibility()).map((each) => getComputedStyle(each).getPropertyValue(name)), property);
  const [words, lines] = [await styles('.hint, small', 'color'), await styles('.chip, .box', 'border-top-color')];
  expect(words.length).toBeGreaterThan(0);
  expect(lines.length).toBeGreaterThan(3);
  // WCAG 2.2: 7 for words of level AAA.
  for (const colour of [...words, ...lines]) expect(contrastWithWhite(colour), colour).toBeGreaterThan(7);
});

test('a theme that makes 1rem ten pixels, as those of Shopify do, makes no word too small to read', async () => {
  const buyer = await visit({ viewport: { width: 360, height: 740 } }, LIBRARY_FUND, 'font-size: 62.5%');
  await buyer.openPayButton();
  await buyer.phoneField.waitFor();
  const sizes = await buyer.panel.evaluate((panel) =>
    [...panel.querySelectorAll('*')].filter((each) => [...each.childNodes].some((node) => node instanceof Text && node.data.trim() !== '')).map((each) => parseFloat(getComputedStyle(each).fontSize)),
  );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
  expect(await buyer.phoneField.evaluate((input) => parseFloat(getComputedStyle(input).fontSize))).toBeGreaterThanOrEqual(16);
});
