/**
 * How the button gets into all kinds of sites. The examples are compiled or run by tests as they stand here, so that
 * what is pasted works.
 */
import { VERSION } from '../../../version.ts';
import { elementTag, scriptTag } from '../../pages/pasteable-tag.ts';
import type { Block } from './blocks.ts';
import { directives, policyText } from './policy.ts';

export interface Here {
  /** Where browsers reach this server. */
  baseUrl: string;
  /** The script that never changes; null where no server speaks, as in the repository. */
  pinned: { path: string; integrity: string } | null;
}

export function recipes({ baseUrl, pinned }: Here): Block[] {
  return [
    { heading: 'Recipes', level: 2 },
    { heading: 'A plain page', level: 3 },
    { text: 'The script once, a `<pay-button>` wherever something is sold. The link inside is what people get before and without JavaScript.' },
    {
      language: 'html',
      file: 'page.html',
      code: `${scriptTag(baseUrl, null)}\n\n${elementTag(baseUrl, { slug: 'swahili-ebook', words: 'Buy the book' })}`,
    },
    { text: 'The page hears what happens; deliver by webhook, never by what a browser says.' },
    {
      language: 'js',
      file: 'shop.js',
      code: `document.addEventListener('pay-success', (event) => {
  console.log('paid', event.detail.reference);
});`,
    },
    { heading: 'A script that never changes', level: 3 },
    { text: '`/pay-button.js` follows every release of the server. A site that wants to have looked at what it runs names one build by its content and has the browser check its hash (PCI DSS 6.4.3 asks for the like). `/pay-button.json` gives both. What that script fetches later carries its build’s name. A build that this server has served once it serves for ever, also after upgrades: change the line when you have looked at another.' },
    { language: 'html', file: 'pinned.html', code: scriptTag(baseUrl, pinned ?? { path: '/pay-button/BUILD.js', integrity: 'sha384-…' }) },
    { heading: 'Content-Security-Policy', level: 3 },
    { text: 'Nothing inline, no nonce, no `unsafe-…`. The button styles itself through constructed style sheets, which need no `style-src`.' },
    { head: ['Directive', 'Sources', 'For'], rows: directives(baseUrl, { card: false }).map(({ name, sources, about }) => [`\`${name}\``, `\`${sources.join(' ')}\``, about]) },
    { language: 'http', file: 'mobile money', code: `Content-Security-Policy: ${policyText(baseUrl, { card: false })}` },
    { text: 'Where an item can be paid by card, Stripe is let in as well; nothing is asked of it before a buyer chooses card.' },
    { language: 'http', file: 'mobile money and cards', code: `Content-Security-Policy: ${policyText(baseUrl, { card: true })}` },
    { text: 'Under `require-trusted-types-for \'script\'` nothing more is needed; a site that also lists its policies adds `trusted-types lit-html`, and `malipo` where cards are taken: that policy lets one address through, Stripe’s script.' },
    { heading: 'Cards', level: 3 },
    { text: 'Where the server takes cards for an item, the buyer chooses between mobile money and card; the attribute `methods` narrows that down. The card itself is typed in Stripe’s form, on Stripe’s own origin, and neither the page nor Malipo ever sees it. A declined card is followed by another on the same payment. Whether it succeeded is the server’s word alone, also when a bank has sent the buyer away and back: the page’s address then carries Stripe’s parameters, which nobody needs to read.' },
    { text: 'Without `STRIPE_SECRET_KEY` the server’s sandbox shows a form of its own with three test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0027 6000 3184 has its bank ask first. Nothing can be typed there, so no real card ever comes to it.' },
    { text: 'Stripe’s form cannot live in a shadow root: while a card is typed the button has one child of its own, shown through its slot `card`, and inside other shadow roots a slot in each of them up to the document. All of it is taken away at the end. The dialog is not modal meanwhile, because a bank’s question lies in the page’s body. An ancestor with `transform`, `filter` or `contain` does not hold it, except in older browsers, where `mode="inline"` helps.' },
    { heading: 'Your own look', level: 3 },
    {
      language: 'css',
      file: 'shop.css',
      code: `pay-button {
  --pay-accent: #7a3b0b;
  --pay-on-accent: white;
  --pay-radius: 4px;
}

pay-button::part(button) {
  letter-spacing: 0.02em;
}

pay-button:state(waiting) {
  opacity: 0.8;
}`,
    },
    { text: 'Light and dark follow the page’s own `color-scheme`.' },
    { heading: 'In a form', level: 3 },
    { text: 'The element is a form field: its value is the reference once the payment has succeeded, and with `required` the form is not sent before.' },
    {
      language: 'html',
      file: 'form.html',
      code: `<form action="/orders" method="post">
  <label>Name on the ticket <input name="ticket_name" required></label>
  <pay-button item="swahili-ebook" name="payment_reference" required></pay-button>
  <button>Send the order</button>
</form>`,
    },
    { heading: 'An order of your own', level: 3 },
    { text: 'What only your server knows the price of, a basket or an invoice, it sells by a checkout session: made with a secret key, paid once. The answer has the `slug` for a button and the `url` of a page on the Malipo server that sells the same, and leads on to `success_url`.' },
    {
      language: 'sh',
      file: 'on the shop’s server',
      code: `curl ${baseUrl}/v1/checkout/sessions \\
  -H "X-Api-Key: $MALIPO_KEY" -H "Idempotency-Key: order-1234" -H "Content-Type: application/json" \\
  -d '{"amount": 50000, "currency": "UGX", "description": "Order #1234", "metadata": {"order_id": "1234"}}'`,
    },
    { language: 'html', file: 'order.html', code: `<pay-button item="cs-9f3k2m1qv8x7t5w4z6y0a1b2c3" success-url="/thanks"></pay-button>` },
    { text: 'Once it is paid the button is unavailable: show it for a session that `GET /v1/checkout/sessions/{id}` calls `open`. With a test key it is sold on the sandbox, also where everything else is sold for real.' },
    { heading: 'A bundler, TypeScript', level: 3 },
    { text: 'A site that is built takes the button from this server’s own release. Make the package for sites in its checkout (the button, the client and their three libraries, without the server), and install the file that this makes in the site’s project:' },
    { language: 'sh', file: 'in the checkout', code: 'npm run build\nnpm pack ./dist/site-package' },
    { language: 'sh', file: 'in the site’s project', code: `npm install /path/to/malipo-${VERSION}.tgz` },
    { text: '`malipo/widget` registers the element, `malipo/widget/class` only exports its class. Importing either on a server is safe. A button that comes in a bundle does not know its server: say it in `base-url`.' },
    {
      language: 'ts',
      file: 'checkout.ts',
      code: `import 'malipo/widget';

const button = document.createElement('pay-button');
button.baseUrl = '${baseUrl}';
button.item = 'swahili-ebook';
button.addEventListener('pay-success', ({ detail }) => {
  console.log(detail.reference, detail.amount, detail.currency);
});
document.body.append(button);
button.open();`,
    },
    { heading: 'React 19', level: 3 },
    { text: 'React 19 speaks to custom elements by itself; `malipo/widget/jsx` brings the element and its types. On a page that a server renders use `malipo/react`: of an element that it takes over, React 19.3 hears no events and sets no objects.' },
    {
      language: 'tsx',
      file: 'Book.tsx',
      code: `import 'malipo/widget/jsx';

export function Book({ onPaid }: { onPaid: (reference: string) => void }) {
  return (
    <pay-button
      base-url="${baseUrl}"
      item="swahili-ebook"
      onpay-success={(event) => onPaid(event.detail.reference)}
    >
      <a href="${baseUrl}/pay/swahili-ebook">Buy the book</a>
    </pay-button>
  );
}`,
    },
    { heading: 'React 17 and 18', level: 3 },
    { text: '`malipo/react` is a component with the same properties and with handlers (`onPaySuccess`, …), rendered on servers too; its ref is the element. It works in React 19 as well.' },
    {
      language: 'tsx',
      file: 'Ticket.tsx',
      code: `import { useRef } from 'react';
import { PayButton } from 'malipo/react';
import type { PayButton as PayButtonElement } from 'malipo/widget/class';

export function Ticket({ onPaid }: { onPaid: (reference: string) => void }) {
  const button = useRef<PayButtonElement>(null);
  return (
    <>
      <PayButton
        ref={button}
        baseUrl="${baseUrl}"
        item="swahili-ebook"
        onPaySuccess={(event) => onPaid(event.detail.reference)}
      >
        <a href="${baseUrl}/pay/swahili-ebook">Buy the book</a>
      </PayButton>
      <button type="button" onClick={() => button.current?.open()}>Pay now</button>
    </>
  );
}`,
    },
    { heading: 'Vue', level: 3 },
    {
      language: 'ts',
      file: 'vite.config.ts',
      code: `import vue from '@vitejs/plugin-vue';

export default {
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag: string) => tag === 'pay-button' } } })],
};`,
    },
    // Its copy of an element's props is made line by line, `//` and what follows turned into a comment: read in
    // @vue/language-core 3.3.14, lib/codegen/template/element.js. 3.3.4 does not do so.
    { text: '`malipo/widget/vue` brings the element and the types of its attributes and events. Keep the server’s address in the script, as here: vue-tsc 3.3.14 takes the `//` of an address in the template for a comment, and checks nothing after it.' },
    {
      language: 'vue',
      file: 'Book.vue',
      code: `<script setup lang="ts">
import 'malipo/widget/vue';

const malipo = '${baseUrl}';
const emit = defineEmits<{ paid: [reference: string] }>();
</script>

<template>
  <pay-button
    :base-url="malipo"
    item="swahili-ebook"
    @pay-success="(event) => emit('paid', event.detail.reference)"
  >
    <a :href="\`\${malipo}/pay/swahili-ebook\`">Buy the book</a>
  </pay-button>
</template>`,
    },
    { heading: 'Svelte', level: 3 },
    {
      language: 'svelte',
      file: 'Book.svelte',
      code: `<script lang="ts">
  import 'malipo/widget/svelte';

  let { onpaid }: { onpaid: (reference: string) => void } = $props();
</script>

<pay-button
  base-url="${baseUrl}"
  item="swahili-ebook"
  onpay-success={(event) => onpaid(event.detail.reference)}
>
  <a href="${baseUrl}/pay/swahili-ebook">Buy the book</a>
</pay-button>`,
    },
    { heading: 'WordPress', level: 3 },
    { text: 'Editors without the right to post unfiltered HTML lose the script line, so put both into a shortcode: this file in `wp-content/mu-plugins/`, then `[pay_button item="swahili-ebook"]` in any post (WordPress 6.5 or newer).' },
    {
      language: 'php',
      file: 'malipo.php',
      code: `<?php
const MALIPO_URL = '${baseUrl}';

add_shortcode('pay_button', function ($given) {
    $attributes = shortcode_atts(['item' => '', 'label' => '', 'mode' => 'dialog'], $given);
    wp_enqueue_script_module('malipo', MALIPO_URL . '/pay-button.js', [], null);

    return sprintf(
        '<pay-button item="%s" label="%s" mode="%s"><a href="%s">%s</a></pay-button>',
        esc_attr($attributes['item']),
        esc_attr($attributes['label']),
        esc_attr($attributes['mode']),
        esc_url(MALIPO_URL . '/pay/' . rawurlencode($attributes['item'])),
        esc_html($attributes['label'] ?: 'Pay now')
    );
});`,
    },
    { heading: 'Shopify, Wix, Squarespace, Webflow and other builders', level: 3 },
    {
      list: [
        'Shopify: Online Store → Themes → Customise, add a *Custom Liquid* section. Squarespace: a *Code* block. Webflow: an *Embed* element. Ghost: an *HTML* card. Paste the two lines of the plain page into it.',
        'Wix and others put what is pasted into a frame of their own. There the dialog could cover no more than that frame: use `mode="inline"`, and make the frame about 640 pixels high.',
        'A builder that takes neither scripts nor unknown elements still takes a link: `' + baseUrl + '/pay/swahili-ebook` is the same checkout on a page of its own, and `' + baseUrl + '/shop/your-shop`, by the slug of your app, a page of all that it sells.',
        'The builder’s own cart and checkout are not replaced: sell single items, tickets, fees and donations this way, and learn of payments by webhook.',
      ],
    },
  ];
}
