/**
 * The floor of settling by a callback: the rows that Malipo inserts from the callback's arrival to the committed ledger
 * and outbox, with values as long as its values. It asks no provider, and changes and removes nothing.
 */
import { createHash } from 'node:crypto';
import { statement } from '../../../server/db/store.ts';
import { serveBareRoute } from './bare-route.ts';

const [file] = process.argv.slice(2) as [string];

const INSERTS = [
  statement(`INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at) VALUES ('iotec', :fingerprint, :reference, :body, :now)`),
  statement(`INSERT INTO jobs (kind, subject, lane, run_at, created_at) VALUES ('callback.process', 'callback:' || :count, 'provider:live:iotec', :now, :now)`),
  statement(`INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode)
    VALUES (1, NULL, 'clearing', 'iotec', 'UGX', 'live'), (2, 1, 'wallet', 'iotec', 'UGX', 'live'), (3, NULL, 'fees', 'iotec', 'UGX', 'live') ON CONFLICT DO NOTHING`),
  statement(`INSERT INTO ledger_transfers (posting, source, currency, event_at, created_at) VALUES ('collectSettled', 'payment:' || :count, 'UGX', :now, :now)`),
  statement('INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (:count, 1, -5000000), (:count, 2, 4600000), (:count, 3, 400000)'),
  statement(`INSERT INTO payment_count_changes (app_id, mode, created_at, status, direction, provider, currency, payments)
    VALUES (1, 'live', :now, 'pending', 'collect', 'iotec', 'UGX', -1), (1, 'live', :now, 'completed', 'collect', 'iotec', 'UGX', 1)`),
  statement('INSERT INTO webhook_events (app_id, payment_id, payment_version, facts, created_at) VALUES (1, :count, 2, :facts, :now)'),
  statement(`INSERT INTO webhook_deliveries (event_id, app_id, url, status, next_attempt_at, created_at, updated_at) VALUES (:count, 1, 'http://127.0.0.1:43210/hang', 'pending', :now, :now, :now)`),
  statement(`INSERT INTO jobs (kind, subject, lane, run_at, created_at) VALUES ('webhook.deliver', 'delivery:' || :count, 'webhooks:1:12', :now, :now)`),
];

const FACTS = JSON.stringify({
  status: 'completed', reference: 'dgw_0123456789012345678901234567890', amount: 50_000, currency: 'UGX', phone: '256771234567', fee: 4_000,
  description: 'Order #1234', metadata: { order_id: '1234' }, provider: 'iotec', provider_ref: 'dgw_0123456789012345678901234567890', at: 1_795_000_000_000,
});

let count = 0;

await serveBareRoute<{ externalId: string }>(file, 'together', {
  path: '/v1/webhooks/iotec',
  inserts: INSERTS,
  take(callback) {
    const body = JSON.stringify(callback);
    const fingerprint = createHash('sha256').update(body).digest('hex');
    return { params: { reference: callback.externalId, body, fingerprint, facts: FACTS, count: ++count, now: Date.now() }, answer: { received: true } };
  },
});
