/** What the card step adds to the panel's styles. */
export const CSS = `
  /* Not modal: what a bank asks lies above it, in the page's body. Stripe puts that at the highest z-index there is. */
  dialog:not(:modal) {
    position: fixed;
    inset: 0;
    z-index: 2147483000;
    overflow: auto;
  }

  .backdrop {
    display: none;
  }

  /* One is enough. */
  dialog:popover-open::backdrop {
    display: none;
  }

  /* Below the panel and above everything else of the page: the dialog is a stack of its own. */
  dialog:not(:modal) .backdrop {
    display: block;
    position: fixed;
    inset: 0;
    z-index: -1;
    background: #000a;
  }

  /* Empty as it is. */
  form > slot[name] {
    display: block;
  }

  .cards {
    grid-template-columns: minmax(0, 1fr);
  }

  .cards .chip {
    font-variant-numeric: tabular-nums;
  }

  .bank {
    padding: 14px;
    border: 1px solid var(--line);
    border-radius: var(--r);
    background: var(--tint);
  }

  .backdrop ~ h2 {
    margin-inline-end: 28px;
  }

  .backdrop ~ .reference {
    text-align: center;
  }
`;
