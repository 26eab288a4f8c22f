/**
 * `/llms.txt`: the whole API as one text for assistants. Endpoints come from the document, codes, limits, numbers
 * and providers from the tables the server itself works with, so that it cannot say anything else.
 */
import { type ErrorCode, ERRORS } from '../../core/errors.ts';
import { CURRENCIES, takesWholeUnitsOnly } from '../../core/money.ts';
import { COUNTRIES, NUMBER_PLANS } from '../../core/number-plans.ts';
import { PROVIDERS } from '../../providers/capabilities.ts';
import { outcomeOf, type SandboxOutcome } from '../../providers/sandbox/numbers.ts';
import { PER_MINUTE } from '../rate-limits.ts';
import { METADATA_BYTES_MAX } from '../validation.ts';
import type { Document, Operation } from './document.ts';
import { DELIVERY_HEADERS, EVENTS } from './webhook-events.ts';
import { markdownOf } from './widget/blocks.ts';
import { reference } from './widget/reference.ts';

export function llmsText(document: Document, baseUrl: string): string {
  return [
    introduction(baseUrl),
    section('Authentication', AUTHENTICATION),
    section('Rules that keep money safe', RULES),
    section('Providers and currencies', providers()),
    section('Phone numbers', phoneNumbers()),
    section('Sandbox numbers', sandboxNumbers()),
    section('Endpoints', quickReference(document)),
    section('Endpoint details', details(document)),
    section('Webhooks to your server', webhooks()),
    section('Errors', errors()),
    section('Rate limits', rateLimits()),
    section('The pay button', payButton(baseUrl)),
    section('Links', links(baseUrl)),
  ].join('\n\n');
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function introduction(baseUrl: string): string {
  return `# Malipo

> Takes mobile money and card payments in Uganda, Kenya, Tanzania and Rwanda: one API key, one request format, one
> answer, whichever provider carries the payment. Existing DGateway and Dukuzi clients work with the base URL changed.

Base URL: ${baseUrl}

Requests and answers are JSON. Amounts are in major units (5000 is five thousand shillings, never cents);
${CURRENCIES.filter(takesWholeUnitsOnly).join(' and ')} take whole units only. Times are ISO 8601 in UTC unless said otherwise.`;
}

const AUTHENTICATION = `Send the key in a header: \`X-Api-Key: dgw_test_…\`

- \`dgw_test_…\`: the sandbox. No real money; use the sandbox numbers below. Withdrawals are not available, nor the providers marked "live only".
- \`dgw_live_…\`: real money.

A key is a secret of your server. Never put one into a page, an app or a repository: pages use \`<pay-button>\`, which needs none.
The checkout endpoints (\`/api/store/…\`) and \`/api/provider-health\` take no key.`;

const RULES = `- A payment is \`pending\` until the customer has approved it on the phone. Deliver nothing before it is \`completed\`.
- Learn the outcome by webhook, and by \`POST /v1/webhooks/verify\` when a customer is waiting or a webhook is late.
- \`pending\` after a long time, a timeout or a 5xx means "not known yet". It is not a failure: never collect again because of it.
- Send \`Idempotency-Key\` (a UUID for each order, kept with the order) on every POST that creates something. Repeating the request
  with the same key and body answers the first answer again, with \`Idempotent-Replayed: true\`, and charges nobody twice.
- A failed or expired payment may still complete when the customer approved late; a completed one never changes back.
- Decide prices on your server. Verify that \`amount\` and \`currency\` of a completed payment are those of the order.
- \`metadata\` is a JSON object of at most ${METADATA_BYTES_MAX} bytes, returned with the payment and in its webhooks.`;

function providers(): string {
  const rows = Object.entries(PROVIDERS).map(([slug, facts]) => {
    const list = (currencies: readonly string[]) => currencies.join(', ') || 'no';
    return [slug, list(facts.mobileMoney), list(facts.card), facts.disburses ? 'yes' : 'no', slug === 'sandbox' ? 'test only' : facts.testable ? 'live and test' : 'live only'];
  });
  return `${table(['provider', 'mobile money', 'card', 'pays out', 'keys'], rows)}

Leave \`provider\` out to have the first chosen that takes the currency and the amount.`;
}

function phoneNumbers(): string {
  const rows = COUNTRIES.map((country) => {
    const { callingCode, currency, networks } = NUMBER_PLANS[country];
    return [country, currency, `${callingCode}XXXXXXXXX`, networks.map(({ id, name }) => `${id} (${name})`).join(', ')];
  });
  return `International or local form (\`0XXXXXXXXX\`, in the currency's country); a leading \`+\` is taken off. Anything else is \`INVALID_PHONE\`.

${table(['country', 'currency', 'number', 'networks'], rows)}`;
}

const OUTCOMES: Readonly<Record<SandboxOutcome, string>> = {
  approves: 'the customer approves: completed',
  no_funds: 'failed: insufficient funds',
  declines: 'failed: declined by the customer',
  never_answers: 'stays pending, then expires after four hours',
  times_out: 'the provider times out, then it completes',
  approves_after_expiry: 'expires, then completes late',
  noisy_callbacks: 'completes, with duplicated and reordered callbacks',
  fails: 'failed',
  sent_to_vendor: 'sent to the operator first, completes within a minute',
};

function sandboxNumbers(): string {
  const { callingCode } = NUMBER_PLANS.UG;
  const endings = ['00001', '00002', '00003', '00004', '00005', '00006', '00007'].map((ending) => {
    const number = `${callingCode}7721${ending}`;
    return [`…${ending}`, number, OUTCOMES[outcomeOf(number)]];
  });
  const iotec = ['111777770', '111777990', '111777780', '111777790'].map((national) => {
    const number = callingCode + national;
    return [`0${national.slice(0, 8)}x`, number, OUTCOMES[outcomeOf(number)]];
  });
  return `With a test key, in every country, by the end of the number; any other valid number approves after a few seconds. With a live key these are \`TEST_NUMBER_ON_LIVE_KEY\`.

${table(['number', 'for example', 'what happens'], [...endings, ...iotec])}`;
}

function operations(document: Document): [name: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
  );
}

function quickReference(document: Document): string {
  const byTag = Map.groupBy(operations(document), ([, operation]) => operation.tags?.[0] ?? '');
  return [...byTag].map(([tag, list]) => `### ${tag}\n\n${list.map(([name, { summary }]) => `- \`${name}\`: ${summary}`).join('\n')}`).join('\n\n');
}

function details(document: Document): string {
  return operations(document)
    .map(([name, operation]) => detail(name, operation))
    .join('\n\n');
}

function detail(name: string, operation: Operation): string {
  const parts = [`### ${name}`, operation.description ?? `${operation.summary}.`];
  const query = operation.parameters?.filter((parameter) => parameter.in === 'query') ?? [];
  if (query.length > 0) parts.push(`Query: ${query.map(({ name, description }) => `\`${name}\`${description === undefined ? '' : ` (${description})`}`).join(', ')}.`);
  const body = operation.requestBody?.content['application/json'];
  if (body !== undefined) parts.push(fields(body.schema), ...samples('Request', body.examples));
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) parts.push(...samples(`Answer (${status})`, answer.content?.['application/json']?.examples));
  }
  const codes = Object.values(operation.responses).flatMap(({ content }) => Object.keys(content?.['application/json']?.examples ?? {}).filter((code) => code in ERRORS));
  parts.push(`Errors: ${codes.join(', ')}`);
  return parts.filter((part) => part !== '').join('\n\n');
}

interface FieldSchema {
  description?: string;
}

function fields(schema: object): string {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, FieldSchema>; required?: string[] };
  return Object.entries(properties)
    .map(([name, { description }]) => `- \`${name}\`: ${required.includes(name) ? 'required' : 'optional'}${description === undefined ? '' : `. ${description}`}`)
    .join('\n');
}

function samples(title: string, examples: Readonly<Record<string, { summary: string; value: unknown }>> = {}): string[] {
  return Object.values(examples).map(({ summary, value }) => `${title}, ${summary}:\n\n${json(value)}`);
}

function webhooks(): string {
  const headers = Object.entries(DELIVERY_HEADERS).map(([name, about]) => `- \`${name}\`: ${about}`);
  const events = Object.entries(EVENTS).map(([name, { summary, examples }]) => `### ${name}\n\n${summary}.\n\n${json(Object.values(examples)[0]!.value)}`);
  return `Sent to the app's webhook URL, or to the payment's own \`callback_url\`. ${Object.values(EVENTS)[0]!.description}

${headers.join('\n')}

${events.join('\n\n')}`;
}

function errors(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => [code, String(ERRORS[code].status), ERRORS[code].message]);
  return `${json({ error: { code: 'INVALID_PHONE', message: ERRORS.INVALID_PHONE.message }, message: ERRORS.INVALID_PHONE.message })}

${table(['code', 'HTTP', 'meaning'], rows)}

A success has no \`error\` key. The Dukuzi endpoints answer \`{"error": "…"}\` instead, and 502 where the provider is at fault.`;
}

function rateLimits(): string {
  const about: Readonly<Record<keyof typeof PER_MINUTE, string>> = {
    default: 'every other endpoint with a key',
    collect: 'POST /v1/payments/collect, POST /create-payment',
    disburse: 'POST /v1/payments/disburse',
    verify: 'POST /v1/webhooks/verify, GET /transaction/{id}',
    publicRead: 'GET /api/store/…, GET /api/provider-health, and the pages of the server’s own',
    publicPay: 'POST /api/store/{slug}/pay',
  };
  const rows = (Object.keys(PER_MINUTE) as (keyof typeof PER_MINUTE)[]).map((name) => [about[name], String(PER_MINUTE[name])]);
  return `For each key and address, unless the operator chose others. A 429 says in \`Retry-After\` how many seconds to wait.

${table(['endpoint', 'requests a minute'], rows)}`;
}

function payButton(baseUrl: string): string {
  return `\`\`\`html
<script type="module" src="${baseUrl}/pay-button.js"></script>
<pay-button item="swahili-ebook"></pay-button>
\`\`\`

\`item\` is the slug of a product, a payment link or a checkout session. The element does the whole checkout; it sends the bubbling events \`pay-success\`,
\`pay-failure\`, \`pay-expire\` and others with \`detail: {reference, status, amount, currency}\`. Deliver by webhook or verify, never by a browser event alone.
The same item has a page of its own at ${baseUrl}/pay/swahili-ebook; ${baseUrl}/shop/<app slug> shows all that an app sells. ${baseUrl}/docs/widget.md has recipes (React, Vue, Svelte, WordPress,
site builders, Content-Security-Policy, a script pinned by its hash); this is all the element has:

${markdownOf(reference().slice(2)).trim()}`;
}

function links(baseUrl: string): string {
  return [
    ['OpenAPI 3.1 document', '/openapi.json'],
    ['Documentation to read and try', '/docs/'],
    ['A skill file for assistants', '/skill/SKILL.md'],
    ['The pay button: recipes and reference', '/docs/widget'],
    ['The sandbox phone, where test prompts can be answered by hand', '/sandbox/phone'],
  ]
    .map(([text, path]) => `- [${text}](${baseUrl}${path})`)
    .join('\n');
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
