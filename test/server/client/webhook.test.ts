/** Only what our own signature makes is believed: checked against the reference library and the server's own signer. */
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { verifyWebhook, WebhookError } from '../../../client/client.ts';
import { signatureHeaders } from '../../../server/webhooks/signatures.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const BODY = JSON.stringify({ event: 'transaction.completed', data: { reference: 'dgw_1', status: 'completed', description: 'Chai ☕' } });

function signed({ secrets = [SECRET], at = Date.now(), body = BODY } = {}): Record<string, string> {
  return signatureHeaders({ id: 'evt_1', at, body }, { secrets, form: 'hex' });
}

test('an event that the server signed is believed, as text and as bytes, with headers of either kind', async () => {
  const event: unknown = JSON.parse(BODY);
  expect(await verifyWebhook(BODY, signed(), SECRET)).toEqual(event);
  expect(await verifyWebhook(Buffer.from(BODY), new Headers(signed()), SECRET)).toEqual(event);
});

test('an event that the reference library signed is believed', async () => {
  const at = new Date();
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(SECRET).sign('evt_1', at, BODY),
  };
  expect(await verifyWebhook(BODY, headers, SECRET)).toEqual(JSON.parse(BODY));
});

test('while a secret is changed, receivers with the old and with the new one both believe', async () => {
  const headers = signed({ secrets: [OTHER, SECRET] });
  for (const secret of [SECRET, OTHER]) await expect(verifyWebhook(BODY, headers, secret)).resolves.toBeDefined();
});

const MINUTE_MS = 60_000;

test.each([
  ['a changed body', `${BODY} `, signed(), SECRET],
  ['another secret', BODY, signed(), OTHER],
  ['another id', BODY, { ...signed(), 'webhook-id': 'evt_2' }, SECRET],
  ['a time that was moved', BODY, { ...signed(), 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) + 1) }, SECRET],
  ['an old request', BODY, signed({ at: Date.now() - 6 * MINUTE_MS }), SECRET],
  ['a request from the future', BODY, signed({ at: Date.now() + 6 * MINUTE_MS }), SECRET],
  ['no time', BODY, { ...signed(), 'webhook-timestamp': 'soon' }, SECRET],
  ['no signature', BODY, { ...signed(), 'webhook-signature': '' }, SECRET],
  ['a signature of another version', BODY, { ...signed(), 'webhook-signature': signed()['webhook-signature']!.replace('v1,', 'v2,') }, SECRET],
  ['nonsense for a signature', BODY, { ...signed(), 'webhook-signature': 'v1,%%% v1 ,' }, SECRET],
  ['no headers', BODY, {}, SECRET],
])('%s is refused', async (_what, body, headers, secret) => {
  await expect(verifyWebhook(body, headers, secret)).rejects.toBeInstanceOf(WebhookError);
});

test('a secret that is none is the receiver’s own mistake, and said so', async () => {
  await expect(verifyWebhook(BODY, signed(), 'whsec_%')).rejects.toThrow('The webhook secret must be whsec_ and base64');
});
