/** What stands in the panel. Plain text: it is adopted beside the button's sheet when the panel arrives. */
export const PANEL_CSS = `
  :host {
    --line: color-mix(in srgb, var(--t) 25%, var(--b));
    --quiet: color-mix(in srgb, var(--t) 68%, var(--b));
    --bad: var(--pay-danger, color-mix(in srgb, #e00 62%, var(--t)));
  }

  :host([mode='inline']) {
    display: block;
    max-width: var(--pay-width, 400px);
  }

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
    font-size: 1rem;
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
    padding: 24px;
  }

  .step button {
    padding-inline: 12px;
  }

  h2 {
    margin: -8px 28px -8px 0;
    font-size: 1.2rem;
    line-height: 1.3;
    outline: none;
  }

  @media (max-width: 480px) {
    dialog {
      max-width: 100%;
      margin-bottom: 0;
      border-end-start-radius: 0;
      border-end-end-radius: 0;
    }
  }

  .box:focus-within,
  .chip:focus-within {
    outline: 2px solid var(--mark);
    outline-offset: 2px;
  }

  .step,
  form {
    display: grid;
    gap: 14px;
  }

  .sign ~ * {
    text-align: center;
  }

  .sign ~ h2 {
    margin: 0;
  }

  .price {
    font-size: 1.7rem;
    font-weight: 700;
    line-height: 1.2;
  }

  .hint,
  .error,
  .notice,
  label {
    font-size: 0.875rem;
  }

  .hint::first-letter {
    text-transform: uppercase;
  }

  .hint,
  .box {
    color: var(--quiet);
  }

  .error {
    color: var(--bad);
  }

  .notice {
    padding: 10px 52px 10px 24px;
    background: color-mix(in srgb, #fb0 24%, var(--b));
  }

  form .notice {
    padding: 10px 14px;
    border-radius: var(--r);
  }

  label {
    font-weight: 600;
  }

  .box {
    display: flex;
    align-items: center;
    margin: 4px 0;
    padding-inline-start: 14px;
    border: 1px solid;
    border-radius: var(--r);
  }

  .box input {
    flex: 1;
    min-width: 0;
    padding: 12px 10px;
    border: 0;
    background: none;
    color: var(--t);
    font: inherit;
    /* Below 16 px, iOS zooms into a focused field and stays there. */
    font-size: max(1rem, 16px);
    outline: none;
  }

  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }

  .chips .chip {
    width: auto;
    padding: 8px 14px;
    border-color: var(--line);
    background: none;
    color: inherit;
    font-weight: 400;
  }

  /* Borders and not shadows, which forced colours take away; what gets wider inwards moves nothing. */
  .chips .chip:has(:checked),
  .chips [aria-pressed='true'],
  .chips[aria-invalid='true'] .chip {
    padding: 7px 13px;
    border: 2px solid var(--mark);
  }

  .chips[aria-invalid='true'] .chip,
  .box:has([aria-invalid='true']) {
    border: 2px solid var(--bad);
  }

  .box:has([aria-invalid='true']) {
    margin: 3px 0;
    padding-inline: 13px;
  }

  .box:has([aria-invalid='true'])::after {
    content: '!' / '';
    color: var(--bad);
    font-weight: 700;
  }

  .chip input {
    accent-color: var(--a);
  }

  form > :empty {
    display: none;
  }

  .sign {
    display: grid;
    place-items: center;
    width: 60px;
    height: 60px;
    margin: 0 auto;
    border-radius: 50%;
    background: color-mix(in srgb, currentColor 12%, var(--b));
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
`;
