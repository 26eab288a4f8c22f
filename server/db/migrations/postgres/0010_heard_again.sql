-- The twin of sqlite/0010_heard_again.sql.
-- What providers say later, or by their own references, and was not heard.

-- Stripe's disputes name the intent alone. Partial: nobody else's payments pay for it.
DROP INDEX payments_by_upstream;
CREATE INDEX payments_by_upstream ON payments (provider_ref) WHERE provider IN ('dgateway', 'dukuzi', 'stripe') AND provider_ref <> '';

-- Hosted gateways call back about money out, too.
CREATE INDEX withdrawals_by_upstream ON withdrawals (provider_ref) WHERE provider = 'dgateway' AND provider_ref <> '';
CREATE INDEX refunds_by_upstream ON refunds (provider_ref) WHERE provider = 'dgateway' AND provider_ref <> '';

-- When a refund that had completed came back: the customer does not have it.
ALTER TABLE refunds ADD COLUMN reversed_at BIGINT;

-- Jobs that ask a provider have its lane. Those of releases that had no lanes wait among Malipo's own, where a provider
-- that hangs would keep everything waiting.
UPDATE jobs SET lane = (SELECT 'provider:' || p.mode || ':' || p.provider FROM payments p WHERE p.id = CAST(substr(jobs.subject, 9) AS BIGINT))
  WHERE kind = 'payment.check' AND lane = '' AND EXISTS (SELECT 1 FROM payments p WHERE p.id = CAST(substr(jobs.subject, 9) AS BIGINT));
UPDATE jobs SET lane = (SELECT 'provider:live:' || w.provider FROM withdrawals w WHERE w.id = CAST(substr(jobs.subject, 12) AS BIGINT))
  WHERE kind = 'withdrawal.check' AND lane = '' AND EXISTS (SELECT 1 FROM withdrawals w WHERE w.id = CAST(substr(jobs.subject, 12) AS BIGINT));
UPDATE jobs SET lane = (SELECT 'provider:' || r.mode || ':' || r.provider FROM refunds r WHERE r.id = CAST(substr(jobs.subject, 8) AS BIGINT))
  WHERE kind = 'refund.follow' AND lane = '' AND EXISTS (SELECT 1 FROM refunds r WHERE r.id = CAST(substr(jobs.subject, 8) AS BIGINT));
UPDATE jobs SET lane = (SELECT 'provider:live:' || c.provider FROM provider_callbacks c WHERE c.id = CAST(substr(jobs.subject, 10) AS BIGINT))
  WHERE kind = 'callback.process' AND lane = '' AND EXISTS (SELECT 1 FROM provider_callbacks c WHERE c.id = CAST(substr(jobs.subject, 10) AS BIGINT));

-- Refunds are looked back at after they completed; those that did before that was so, once.
INSERT INTO jobs (kind, subject, lane, run_at, created_at)
  SELECT 'refund.follow', 'refund:' || r.id, 'provider:live:' || r.provider, r.completed_at + 604800000, r.completed_at FROM refunds r
  WHERE r.status = 'completed' AND r.mode = 'live' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'refund.follow' AND j.subject = 'refund:' || r.id);
