import { css } from 'lit';

/**
 * Dark follows the page's own `color-scheme`, through `light-dark()`: a page that stays light under a dark
 * system gets a light panel. Browsers before 2024 keep the light colours.
 */
export const styles = css`
  :host {
    --_accent: var(--pay-accent, #0b7a53);
    --_on-accent: var(--pay-on-accent, #fff);
    --_background: var(--pay-background, #fff);
    --_text: var(--pay-text, #14211c);
    --_quiet: #55635d;
    --_line: #d5dcd8;
    --_line-strong: #87938d;
    --_soft: #f3f6f4;
    --_danger: var(--pay-danger, #b3261e);
    --_notice: #fff4d6;
    --_on-notice: #573f00;
    --_radius: var(--pay-radius, 12px);
    display: inline-block;
    font-family: var(--pay-font, inherit);
  }

  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_accent: var(--pay-accent, light-dark(#0b7a53, #4cd49b));
      --_on-accent: var(--pay-on-accent, light-dark(#fff, #05261a));
      --_background: var(--pay-background, light-dark(#fff, #17201c));
      --_text: var(--pay-text, light-dark(#14211c, #ecf3ef));
      --_quiet: light-dark(#55635d, #a5b4ad);
      --_line: light-dark(#d5dcd8, #33403a);
      --_line-strong: light-dark(#87938d, #74837b);
      --_soft: light-dark(#f3f6f4, #202b26);
      --_danger: var(--pay-danger, light-dark(#b3261e, #ff9a90));
      --_notice: light-dark(#fff4d6, #3b3010);
      --_on-notice: light-dark(#573f00, #ffe2a0);
    }
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
  }

  button,
  input {
    font: inherit;
    color: inherit;
  }

  button,
  a.primary,
  .chip {
    min-height: 44px;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }

  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  h2:focus {
    outline: none;
  }

  .primary,
  .secondary {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.6em;
    padding: 0.65em 1.4em;
    font-weight: 600;
    line-height: 1.3;
    text-align: center;
    text-decoration: none;
    transition: filter 0.15s;
  }

  .primary {
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .secondary {
    background: none;
    border-color: var(--_line-strong);
  }

  .primary:hover,
  .secondary:hover {
    filter: brightness(1.08);
  }

  .primary:active {
    filter: brightness(0.94);
  }

  button:disabled,
  [aria-disabled='true'] {
    cursor: default;
  }

  button:disabled {
    opacity: 0.55;
  }

  dialog {
    width: min(var(--pay-width, 400px), 100vw - 24px);
    max-width: none;
    max-height: calc(100dvh - 24px);
    margin: auto;
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.6);
    background: none;
    color: inherit;
    box-shadow: 0 24px 64px rgb(8 24 16 / 0.28);
    overflow: auto;
    overscroll-behavior: contain;
  }

  dialog::backdrop {
    background: rgb(8 20 14 / 0.5);
  }

  .panel {
    position: relative;
    background: var(--_background);
    color: var(--_text);
    font-size: 1rem;
    font-weight: 400;
    line-height: 1.5;
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    white-space: normal;
    overflow-wrap: anywhere;
  }

  section .panel {
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) * 1.6);
    overflow: hidden;
  }

  .step {
    display: flex;
    flex-direction: column;
    gap: 14px;
    padding: 26px 24px 24px;
  }

  .step > .sign ~ * {
    text-align: center;
  }

  .step > .sign ~ .primary,
  .step > .sign ~ .secondary {
    margin-top: 6px;
  }

  header {
    padding-inline-end: 36px;
  }

  p,
  h2,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }

  h2 {
    font-size: 1.2rem;
    font-weight: 650;
    line-height: 1.3;
    letter-spacing: -0.01em;
  }

  .price {
    margin-top: 2px;
    font-size: 1.75rem;
    font-weight: 700;
    line-height: 1.25;
    letter-spacing: -0.02em;
    font-variant-numeric: tabular-nums;
  }

  .lead {
    font-size: 1.05rem;
    font-weight: 600;
  }

  .hint,
  .reference,
  .quiet {
    color: var(--_quiet);
    font-size: 0.875rem;
    font-weight: 400;
  }

  .centred {
    text-align: center;
  }

  .ribbon {
    padding: 10px 56px 10px 24px;
    background: var(--_notice);
    color: var(--_on-notice);
    font-size: 0.8125rem;
    line-height: 1.4;
  }

  .close {
    position: absolute;
    top: 8px;
    inset-inline-end: 8px;
    display: grid;
    place-items: center;
    width: 44px;
    padding: 0;
    background: none;
    color: var(--_quiet);
  }

  .ribbon ~ .close {
    top: 4px;
    color: var(--_on-notice);
  }

  .icon {
    width: 20px;
    height: 20px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  form {
    display: flex;
    flex-direction: column;
    gap: 18px;
  }

  form[aria-busy='true'] .field {
    opacity: 0.6;
    pointer-events: none;
  }

  label,
  legend {
    padding: 0;
    font-size: 0.875rem;
    font-weight: 600;
  }

  .box {
    display: flex;
    align-items: center;
    min-height: 50px;
    margin-top: 6px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius);
    background: var(--_background);
    transition: box-shadow 0.15s;
  }

  .box:focus-within {
    border-color: var(--_accent);
    box-shadow: 0 0 0 1px var(--_accent);
  }

  .box:has([aria-invalid='true']) {
    border-color: var(--_danger);
  }

  .prefix {
    padding-inline-start: 14px;
    color: var(--_quiet);
  }

  .box input {
    flex: 1;
    min-width: 0;
    height: 48px;
    padding: 0 14px 0 10px;
    border: 0;
    border-radius: inherit;
    background: none;
    /* Below 16 px, iOS zooms into a focused field and stays there. */
    font-size: max(1rem, 16px);
    font-variant-numeric: tabular-nums;
    outline: none;
  }

  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 8px;
  }

  .chip {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding: 0 14px;
    border-color: var(--_line);
    background: var(--_background);
    font-size: 0.9375rem;
    font-weight: 500;
  }

  .chip:has(:checked),
  .chip[aria-pressed='true'] {
    border-color: var(--_accent);
    box-shadow: 0 0 0 1px var(--_accent);
  }

  .chip:has(:focus-visible) {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  .chip input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }

  .dot {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--_quiet);
  }

  .mtn,
  .yas {
    background: #ffcb05;
  }

  .airtel,
  .vodacom {
    background: #e4002b;
  }

  .safaricom {
    background: #43b02a;
  }

  .halotel {
    background: #f58220;
  }

  .telkom,
  .ttcl {
    background: #0091d0;
  }

  .error,
  .warning {
    font-size: 0.875rem;
  }

  .error {
    color: var(--_danger);
  }

  .warning {
    color: var(--_on-notice);
  }

  .field .error:not(:empty),
  .field .hint,
  .warning:not(:empty) {
    margin-top: 6px;
  }

  .warning:not(:empty) {
    padding: 8px 12px;
    border-radius: calc(var(--_radius) / 1.5);
    background: var(--_notice);
  }

  #refusal:empty {
    margin-bottom: -18px;
  }

  .sign {
    display: grid;
    place-items: center;
    align-self: center;
    width: 64px;
    height: 64px;
    margin: 8px 0 2px;
    border-radius: 50%;
    background: var(--_soft);
    color: var(--_quiet);
  }

  .sign .icon {
    width: 30px;
    height: 30px;
    stroke-width: 1.75;
  }

  .good,
  .pulse {
    color: var(--_accent);
  }

  .bad {
    color: var(--_danger);
  }

  .pulse {
    animation: pulse 1.8s ease-out infinite;
  }

  .countdown {
    display: flex;
    justify-content: space-between;
    padding: 10px 14px;
    border-radius: var(--_radius);
    background: var(--_soft);
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }

  .reference {
    font-size: 0.75rem;
  }

  .code {
    font-family: ui-monospace, monospace;
    user-select: all;
  }

  .spinner {
    width: 1em;
    height: 1em;
    flex: none;
    border: 2px solid;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }

  .sign .spinner {
    font-size: 1.6rem;
  }

  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  @keyframes pulse {
    from {
      box-shadow: 0 0 0 0 color-mix(in srgb, var(--_accent) 40%, transparent);
    }
    to {
      box-shadow: 0 0 0 18px transparent;
    }
  }

  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(12px);
    }
  }

  dialog[open] {
    animation: rise 0.22s ease-out;
  }

  @media (max-width: 480px) {
    dialog {
      width: 100vw;
      margin-bottom: 0;
      border-width: 1px 0 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }

    .step {
      padding: 24px 18px calc(22px + env(safe-area-inset-bottom, 0px));
    }

    .ribbon {
      padding-inline-start: 18px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    dialog[open],
    .pulse {
      animation: none;
    }

    .spinner {
      animation-duration: 3s;
    }
  }

  @media (forced-colors: active) {
    .primary,
    .chip:has(:checked),
    .chip[aria-pressed='true'] {
      border-color: Highlight;
      outline: 1px solid Highlight;
    }

    .dot {
      display: none;
    }
  }
`;
