/** Fields, and what is chosen by pressing. */
export const FORM_CSS = `
  .box:focus-within,
  .chip:focus-within {
    outline: 2px solid var(--mark);
    outline-offset: 2px;
  }

  label {
    font-weight: 600;
  }

  .box {
    display: flex;
    align-items: center;
    margin: 4px 0 6px;
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
    font-size: var(--u);
    outline: none;
  }

  .chips {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(130px, 100%), 1fr));
    gap: 8px;
  }

  .chips .chip {
    position: relative;
    padding: 8px 11px;
    font-weight: 400;
  }

  label.chip {
    justify-content: flex-start;
    gap: 8px;
    font-size: calc(0.95 * var(--u));
    text-align: start;
  }

  /* Borders and not shadows, which forced colours take away; what gets wider inwards moves nothing. */
  .chips .chip:has(:checked),
  .chips [aria-pressed=true],
  .chips[aria-invalid=true] .chip {
    padding: 7px 10px;
    border: 2px solid var(--mark);
  }

  .chips .chip:has(:checked),
  .chips [aria-pressed=true] {
    background: var(--tint);
  }

  /* In the mark where there is one, else in a room that is kept for it: beside a name it would break that in two, and what
     follows would move. */
  .chip:has(:checked) .mark::before,
  label.chip:not(:has(.mark))::after {
    content: '✓' / '';
  }

  label.chip::after {
    margin-inline-start: auto;
    color: var(--mark);
    font-weight: 700;
  }

  .chip:not(:has(:checked))::after {
    visibility: hidden;
  }

  /* Our own marks: an initial on the colour the network is known by. */
  .mark {
    flex: none;
    display: grid;
    place-items: center;
    width: 24px;
    height: 24px;
    border-radius: 50%;
    background: #1d4f91;
    color: #fff;
    font-size: calc(0.75 * var(--u));
    font-weight: 700;
  }

  .mark::before {
    content: attr(data-initial) / '';
  }

  .mtn {
    background: #ffca28;
    color: #222;
  }

  .airtel,
  .vodacom {
    background: #c8102e;
  }

  .safaricom {
    background: #2e7d32;
  }

  .halotel {
    background: #b34a00;
  }

  .chips[aria-invalid=true] .chip,
  .box:has([aria-invalid=true]) {
    border: 2px solid var(--bad);
  }

  .box:has([aria-invalid=true]) {
    margin: 3px 0 5px;
    padding-inline: 13px;
  }

  .box:has([aria-invalid=true])::after {
    content: '!' / '';
    color: var(--bad);
    font-weight: 700;
  }

  .chip input {
    position: absolute;
    inset: 0;
    opacity: 0;
    cursor: pointer;
  }

  form > :empty {
    display: none;
  }
`;
