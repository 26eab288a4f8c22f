/** What a page's policy lets in where Stripe's card form is shown. From Stripe's own list for Stripe.js (docs.stripe.com/security/guide, Content Security Policy). */
export const STRIPE = { script: 'https://js.stripe.com', api: 'https://api.stripe.com', hooks: 'https://hooks.stripe.com' };
