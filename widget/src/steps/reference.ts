import { html, nothing } from 'lit';
import { countryOfCurrency, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import type { KnownPayment } from '../controllers/checkout.ts';
import type { Panel } from './panel.ts';

/** What the buyer reads out to support. */
export function referenceLine({ checkout: { payment }, t }: Panel): unknown {
  return payment ? html`<p class="reference" part="reference">${t.reference}: <span class="code">${payment.reference}</span></p>` : nothing;
}

/** The wallet's name as its users say it, which depends on the country: M-Pesa is two networks. */
export function networkName(payment: KnownPayment | null): string {
  const country = payment && countryOfCurrency(payment.currency);
  return (country && NUMBER_PLANS[country].networks.find(({ id }) => id === payment.network)?.name) ?? '';
}
