import { FORM_CSS } from './form.styles.ts';

/** What stands in the panel. Plain text: it is adopted beside the button's sheet when the panel arrives. */
const PANEL_CSS = `
  dialog {
    width: 100%;
    max-width: var(--pay-width, 400px);
    max-height: 100%;
    margin: auto;
    padding: 0;
    border: 0;
    /* Forced colours show it. */
    outline: 1px solid transparent;
    border-radius: calc(var(--r) * 1.6);
    background: var(--b);
    box-shadow: 0 24px 64px #0006;
    overscroll-behavior: contain;
  }

  ::backdrop {
    background: #000a;
  }

  section {
    border: 1px solid var(--line);
    border-radius: var(--r);
    overflow: hidden;
  }

  .panel {
    position: relative;
    background: var(--b);
    color: var(--t);
    font-size: var(--u);
    font-weight: 400;
    line-height: 1.5;
    text-align: start;
    overflow-wrap: anywhere;
  }

  .close {
    position: absolute;
    top: 4px;
    right: 4px;
    width: 44px;
    padding: 0;
    background: none;
    color: inherit;
  }

  svg {
    width: 22px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }

  .step {
    padding: clamp(16px, 6%, 24px);
  }

  .step button {
    padding-inline: 12px;
  }

  header,
  .facts,
  .reference,
  div.notice {
    display: flex;
    align-items: center;
    gap: 14px;
  }

  /* Beside the cross, where no ribbon holds it. */
  .close:first-child + .step header {
    margin-inline-end: 28px;
  }

  img {
    flex: none;
    object-fit: cover;
    border-radius: calc(var(--r) * 0.7);
    background: var(--tint);
  }

  h2 {
    font-size: calc(1.15 * var(--u));
    line-height: 1.3;
    outline: none;
  }

  @media (max-width: 480px) {
    dialog {
      max-width: 100%;
      margin-bottom: 0;
      border-radius: calc(var(--r) * 1.6) calc(var(--r) * 1.6) 0 0;
    }
  }

  .step,
  form {
    display: grid;
    /* Otherwise the longest word would be the width. */
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
  }

  .sign ~ * {
    text-align: center;
    text-wrap: balance;
  }

  .price {
    font-size: min(1.7 * var(--u), 7.2vw);
    font-weight: 700;
    line-height: 1.2;
  }

  .hint,
  .error,
  .notice,
  .quiet,
  label,
  summary,
  ul {
    font-size: calc(0.875 * var(--u));
  }

  .facts,
  .reference,
  div.notice {
    flex-wrap: wrap;
    gap: 0 16px;
  }

  .facts,
  .reference {
    justify-content: center;
  }

  small {
    display: block;
    font-size: calc(0.95 * var(--u));
    font-weight: 400;
  }

  .hint,
  .box,
  small {
    color: var(--quiet);
  }

  .error {
    color: var(--bad);
  }

  /* At the top as high as the cross that stands in it. */
  .notice {
    padding: 15px 52px 15px 24px;
    background: color-mix(in srgb, #fb0 24%, var(--b));
  }

  div.notice details {
    margin: -10px 0;
  }

  details[open] {
    flex-basis: 100%;
  }

  .step .notice {
    padding: 10px 14px;
    border-radius: var(--r);
  }

  .step .second,
  .panel .quiet,
  .chips .chip,
  li a {
    border-color: var(--line);
    background: none;
    color: inherit;
  }

  .panel .quiet {
    width: auto;
    padding: 10px;
    border-color: transparent;
    text-decoration: underline;
    text-underline-offset: 3px;
  }

  .step > .quiet {
    justify-self: center;
  }

  .notice .quiet {
    justify-content: space-between;
    width: 100%;
    padding-inline: 0;
    white-space: nowrap;
    text-decoration: none;
  }

  .notice .quiet span {
    font-weight: 400;
    white-space: normal;
    text-align: end;
  }

  summary {
    padding: 10px 0;
    border-radius: var(--r);
    font-weight: 600;
    line-height: 24px;
    cursor: pointer;
  }

  ul {
    display: grid;
    gap: 8px;
    padding: 0 0 14px 20px;
    text-align: start;
  }

  /* As high for a thumb as a button; in the sentence it takes a line. */
  li a {
    display: inline;
    padding: 14px 0;
    border: 0;
    text-decoration: underline;
  }

  .sign {
    display: grid;
    place-items: center;
    width: 60px;
    height: 60px;
    border-radius: 50%;
    background: color-mix(in srgb, currentColor 12%, var(--b));
    margin: 0 auto;
  }

  .sign svg {
    width: 30px;
  }

  .waiting,
  .succeeded {
    color: var(--mark);
  }

  .failed {
    color: var(--bad);
  }

  .waiting {
    animation: pulse 2s infinite;
  }

  @keyframes pulse {
    from {
      box-shadow: 0 0 0 0 var(--mark);
    }
    to {
      box-shadow: 0 0 0 18px transparent;
    }
  }

  .spoken {
    position: absolute;
    clip-path: inset(50%);
  }

  @media (prefers-reduced-motion) {
    .waiting {
      animation: none;
    }
  }

  @media (prefers-contrast: more) {
    :host {
      --line: var(--t);
      --quiet: var(--t);
    }
  }
`;

export const CSS = PANEL_CSS + FORM_CSS;
