import { PayButtonElement } from './pay-button.element.ts';

export { PayButtonElement };

// A site that pastes the script twice gets one element and, when the releases differ, a word about it. Defining
// twice would throw and stop the script.
const defined = customElements.get('pay-button') as typeof PayButtonElement | undefined;
if (!defined) {
  customElements.define('pay-button', PayButtonElement);
} else if (defined.version !== PayButtonElement.version) {
  console.warn(`<pay-button> ${defined.version} is already on this page: ${PayButtonElement.version} is not used. Load one script.`);
}
