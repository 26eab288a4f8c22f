import { css } from 'lit';

/**
 * The button, and the colours the panel uses too. They are mixed from the page's own
 * `color-scheme` through the system colours: a page that stays light under a dark system gets a light panel, and
 * forced colours are right without another rule.
 */
export const styles = css`
  :host {
    --b: var(--pay-background, Canvas);
    --t: var(--pay-text, CanvasText);
    --a: var(--pay-accent, #0b7a53);
    --r: var(--pay-radius, 12px);
    /* Where a theme makes 1rem ten pixels, as Shopify's and many of WordPress do, words stay large enough to read. */
    --u: max(1rem, 16px);
    --mark: color-mix(in srgb, var(--a) 75%, var(--t));
    --line: color-mix(in srgb, var(--t) 25%, var(--b));
    --quiet: color-mix(in srgb, var(--t) 68%, var(--b));
    --bad: var(--pay-danger, color-mix(in srgb, #e00 62%, var(--t)));
    --tint: color-mix(in srgb, var(--a) 9%, var(--b));
    display: inline-block;
    font-family: var(--pay-font, inherit);
  }

  /* The height on a phone of the form for a fixed price, with two methods to choose from: what follows stays where it is. */
  :host([mode=inline]) {
    display: block;
    max-width: var(--pay-width, 400px);
    min-height: calc(38 * var(--u));
  }

  :host([hidden]) {
    display: none;
  }

  * {
    box-sizing: border-box;
    margin: 0;
  }

  button,
  a,
  .chip {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-height: 44px;
    width: 100%;
    padding: 10px 22px;
    border: 1px solid transparent;
    border-radius: var(--r);
    background: var(--a);
    color: var(--pay-on-accent, #fff);
    font: inherit;
    font-weight: 600;
    text-decoration: none;
    text-align: center;
    text-wrap: balance;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }

  button:hover {
    filter: brightness(0.92);
  }

  button:disabled {
    opacity: 0.6;
    pointer-events: none;
  }

  :focus-visible {
    outline: 2px solid var(--mark);
    outline-offset: 2px;
  }

  i {
    width: 1em;
    height: 1em;
    border: 2px solid;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }

  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  @media (prefers-reduced-motion) {
    i {
      animation: none;
    }
  }
`;
