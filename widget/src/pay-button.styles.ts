import { css } from 'lit';

/**
 * Colours come from the page's own `color-scheme` through the system colours: a page that stays light under a
 * dark system gets a light panel, and forced colours are right without another rule.
 */
export const styles = css`
  :host {
    --b: var(--pay-background, Canvas);
    --t: var(--pay-text, CanvasText);
    --a: var(--pay-accent, #0b7a53);
    --r: var(--pay-radius, 12px);
    --line: color-mix(in srgb, var(--t) 22%, var(--b));
    --quiet: color-mix(in srgb, var(--t) 68%, var(--b));
    --soft: color-mix(in srgb, var(--t) 7%, var(--b));
    --bad: var(--pay-danger, color-mix(in srgb, #e00 62%, var(--t)));
    display: inline-block;
    font-family: var(--pay-font, inherit);
  }

  :host([hidden]) {
    display: none;
  }

  :host([mode='inline']) {
    display: block;
    max-width: var(--pay-width, 400px);
  }

  * {
    box-sizing: border-box;
    margin: 0;
  }

  button,
  input {
    font: inherit;
    color: inherit;
  }

  .primary,
  .chip,
  .close {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    min-height: 44px;
    padding: 10px 22px;
    border: 1px solid transparent;
    border-radius: var(--r);
    background: var(--a);
    color: var(--pay-on-accent, #fff);
    font-weight: 600;
    text-decoration: none;
    cursor: pointer;
  }

  .primary:hover {
    background: color-mix(in srgb, var(--a) 88%, #000);
  }

  .primary:disabled,
  [aria-busy='true'] > :not(.primary) {
    opacity: 0.6;
    pointer-events: none;
  }

  :focus-visible,
  .box:focus-within,
  .chip:focus-within {
    outline: 2px solid var(--a);
    outline-offset: 2px;
  }

  h2,
  .box input {
    outline: none;
  }

  dialog {
    width: 100%;
    max-width: var(--pay-width, 400px);
    max-height: 100%;
    margin: auto;
    padding: 0;
    border: 0;
    border-radius: calc(var(--r) * 1.6);
    background: var(--b);
    box-shadow: 0 24px 64px #0006;
    overscroll-behavior: contain;
  }

  dialog::backdrop {
    background: #000a;
  }

  .panel {
    position: relative;
    background: var(--b);
    color: var(--t);
    font-size: 1rem;
    font-weight: 400;
    line-height: 1.5;
    text-align: start;
    overflow-wrap: anywhere;
  }

  section {
    border: 1px solid var(--line);
    border-radius: var(--r);
    overflow: hidden;
  }

  .step {
    padding: 24px;
  }

  form,
  .sign ~ * {
    margin-top: 14px;
    text-align: center;
  }

  form {
    display: grid;
    gap: 12px;
    text-align: start;
  }

  h2 {
    margin-inline-end: 28px;
    font-size: 1.2rem;
    line-height: 1.3;
  }

  .sign ~ h2 {
    margin-inline-end: 0;
  }

  .price {
    font-size: 1.7rem;
    font-weight: 700;
    letter-spacing: -0.02em;
  }

  .hint {
    color: var(--quiet);
    font-size: 0.875rem;
  }

  .notice {
    padding: 10px 24px;
    background: color-mix(in srgb, #fb0 24%, var(--b));
    font-size: 0.875rem;
  }

  form .notice {
    padding: 10px 14px;
    border-radius: var(--r);
  }

  [part='ribbon'] {
    padding-inline-end: 52px;
  }

  .close {
    position: absolute;
    top: 4px;
    inset-inline-end: 4px;
    padding: 10px;
    background: none;
    color: inherit;
  }

  svg {
    width: 22px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  label {
    font-size: 0.875rem;
    font-weight: 600;
  }

  .box {
    display: flex;
    align-items: center;
    margin-top: 4px;
    padding-inline-start: 14px;
    border: 1px solid var(--quiet);
    border-radius: var(--r);
    color: var(--quiet);
  }

  .box input {
    flex: 1;
    min-width: 0;
    padding: 12px 10px;
    border: 0;
    background: none;
    color: var(--t);
    /* Below 16 px, iOS zooms into a focused field and stays there. */
    font-size: max(1rem, 16px);
  }

  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .chip {
    padding: 8px 14px;
    border-color: var(--line);
    background: none;
    color: inherit;
    font-weight: 400;
  }

  .chip:has(:checked),
  [aria-pressed='true'] {
    border-color: var(--a);
    background: color-mix(in srgb, var(--a) 12%, var(--b));
  }

  .chip input {
    margin: 0;
    accent-color: var(--a);
  }

  .error {
    color: var(--bad);
    font-size: 0.875rem;
  }

  form > :empty {
    display: none;
  }

  .sign {
    display: grid;
    place-items: center;
    width: 60px;
    height: 60px;
    margin: 4px auto 0;
    border-radius: 50%;
    background: var(--soft);
  }

  .waiting,
  .succeeded {
    color: var(--a);
  }

  .failed {
    color: var(--bad);
  }

  i {
    width: 1em;
    height: 1em;
    border: 2px solid;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }

  .spoken {
    position: absolute;
    clip-path: inset(50%);
  }

  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  @keyframes pulse {
    from {
      box-shadow: 0 0 0 0 var(--a);
    }
    to {
      box-shadow: 0 0 0 18px transparent;
    }
  }

  .waiting {
    animation: pulse 2s infinite;
  }

  @media (max-width: 480px) {
    dialog {
      max-width: 100%;
      margin-bottom: 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none;
    }
  }
`;
