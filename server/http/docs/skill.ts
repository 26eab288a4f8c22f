/** `/skill/SKILL.md`: how to integrate Malipo, as a skill file that assistants load; the details are in `/llms.txt`. */

export function skillText(baseUrl: string): string {
  return `---
name: malipo
description: Integrate Malipo, a self-hosted checkout for East Africa (MTN MoMo, Airtel Money, M-Pesa, Mixx by Yas, Halopesa and cards in UGX, KES, TZS, RWF). Use when a site or server must take, verify, pay out or withdraw money through ${baseUrl}, when replacing DGateway or Dukuzi, or when adding a pay button to a page.
---

# Integrating Malipo

The server is ${baseUrl}. Before writing code, read ${baseUrl}/llms.txt: every endpoint, field, error code and sandbox number is there.
The same as OpenAPI 3.1 is at ${baseUrl}/openapi.json.

## Choose the smallest thing that does the job

1. **A page sells fixed items or takes donations**: two lines of HTML, no server code, no key.
   \`\`\`html
   <script type="module" src="${baseUrl}/pay-button.js"></script>
   <pay-button item="ITEM-SLUG"></pay-button>
   \`\`\`
   In React, Vue, Svelte, WordPress or a site builder: ${baseUrl}/docs/widget.md has the lines to paste, and the CSP header.
   The operator makes items with \`malipo product create\` or \`malipo link create\`. Deliver by webhook.
2. **A server decides the amount**: \`POST ${baseUrl}/v1/payments/collect\`, then a webhook, then \`POST /v1/webhooks/verify\` as a fallback.
3. **A DGateway or Dukuzi client exists**: change its base URL to ${baseUrl} (Dukuzi: also under /api-proxy.php) and its key. Nothing else.
4. **A Node project**: \`import { createMalipo } from 'malipo/client'\`, typed from the OpenAPI document; it adds idempotency keys itself.

## Take a payment

\`\`\`bash
curl -X POST ${baseUrl}/v1/payments/collect \\
  -H "X-Api-Key: $MALIPO_API_KEY" \\
  -H "Idempotency-Key: $ORDER_UUID" \\
  -H "Content-Type: application/json" \\
  -d '{"amount": 50000, "currency": "UGX", "phone_number": "256772100001", "metadata": {"order_id": "123"}}'
\`\`\`

Keep \`data.reference\` with the order. The customer now sees a prompt on the phone.

## Rules

- The key stays on the server, in an environment variable. Begin with \`dgw_test_…\`.
- One \`Idempotency-Key\` for each order, made before the first attempt and repeated with every retry.
- Deliver only what is \`completed\`, and only when amount and currency are the order's.
- A timeout, a 5xx or a long \`pending\` is not a failure: ask \`/v1/webhooks/verify\`, never collect again.
- Branch on \`error.code\`, show \`error.message\`. On 429 and 503 wait for \`Retry-After\`.
- Check webhook signatures over the raw body, answer 2xx at once, and expect the same \`webhook-id\` twice.

## Check the work

With a test key pay from 256772100001 (completes), 256772100002 (insufficient funds), 256772100003 (declined), 256772100004 (stays pending)
and 256772100005 (times out, then completes), and see that each order ends as it should. ${baseUrl}/sandbox/phone shows the prompts.
`;
}
