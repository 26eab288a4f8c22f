import { PayButton } from './pay-button.element.ts';

export { PayButton };
export type * from './events.ts';

// A site that pastes the script twice gets one element and, when the releases differ, a word about it. Defining
// twice would throw and stop the script.
const defined = customElements.get('pay-button') as typeof PayButton | undefined;
if (!defined) {
  customElements.define('pay-button', PayButton);
} else if (defined.version !== PayButton.version) {
  console.warn(`<pay-button> ${defined.version} is already on this page: ${PayButton.version} is not used. Load one script.`);
}
