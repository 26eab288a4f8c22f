import type { Reader } from '../db/store.ts';
import { brokenRules, rule, type Rule } from '../ledger/rule.ts';

const RULES: readonly Rule[] = [
  rule<{ id: number; url: string }>(
    'a delivery that waits will be attempted, or one before it will',
    `SELECT d.id, d.url FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id WHERE d.status = 'pending'
     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'webhook.deliver' AND j.subject = 'delivery:' || d.id)
     AND NOT EXISTS (SELECT 1 FROM webhook_events earlier JOIN webhook_deliveries ahead ON ahead.event_id = earlier.id
       WHERE earlier.payment_id = e.payment_id AND earlier.payment_version < e.payment_version AND ahead.url = d.url AND ahead.status = 'pending')`,
    (row) => `Webhook delivery ${row.id} to ${row.url} is pending and no job will ever make it`,
  ),

  rule<{ id: number; provider: string }>(
    'a callback that was taken in will be looked into',
    `SELECT c.id, c.provider FROM provider_callbacks c WHERE c.processed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'callback.process' AND j.subject = 'callback:' || c.id)`,
    (row) => `Callback ${row.id} of ${row.provider} was stored and no job will ever look into it`,
  ),
];

/** Checks that whoever was to be told, or told us, is not forgotten; answers a readable sentence for each break. */
export function verifyWebhooks(reader: Reader): Promise<string[]> {
  return brokenRules(reader, RULES);
}
