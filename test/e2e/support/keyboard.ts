/** A buyer without a mouse: Tab, Enter, typing, and looking at where the focus is. */
import type { Buyer } from './buyer.ts';

/** More stops than there are on the demo page. */
const STOPS_MAX = 80;

export class Keyboard {
  readonly #buyer: Buyer;

  constructor(buyer: Buyer) {
    this.#buyer = buyer;
  }

  /** Presses Tab until the focus is on what is called this. */
  async tabTo(name: string | RegExp): Promise<void> {
    const passed: string[] = [];
    while (passed.length < STOPS_MAX) {
      await this.press('Tab');
      const stop = await this.focused();
      if (typeof name === 'string' ? stop === name : name.test(stop)) return;
      passed.push(stop);
    }
    throw new Error(`No ${String(name)} among ${passed.join(' | ')}`);
  }

  async press(key: string): Promise<void> {
    await this.#buyer.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.#buyer.page.keyboard.type(text);
  }

  /** What the focused thing is called, in whichever shadow root or frame it is. */
  async focused(): Promise<string> {
    const inFrames = await Promise.all(this.#buyer.page.frames().map((frame) => frame.evaluate(() => {
      let focused = document.hasFocus() ? document.activeElement : null;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      if (!focused || focused === document.body || focused instanceof HTMLIFrameElement) return '';
      const labels = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
      const words = focused.ariaLabel ?? (labels.length > 0 ? labels.map((label) => label.textContent).join(' ') : focused.textContent);
      return words?.trim().replace(/\s+/g, ' ') ?? '';
    })));
    return inFrames.find((name) => name !== '') ?? '';
  }
}
