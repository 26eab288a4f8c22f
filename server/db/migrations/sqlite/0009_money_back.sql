-- Money back: refunds, reversals, and what a person has to decide.

-- What went back to the customer by completed refunds; when the provider took the whole payment or payout back.
ALTER TABLE payments ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN reversed_at INTEGER;
-- The provider's own page, where a customer pays there.
ALTER TABLE payments ADD COLUMN redirect_url TEXT NOT NULL DEFAULT '';
ALTER TABLE withdrawals ADD COLUMN reversed_at INTEGER;

CREATE TABLE refunds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  reference TEXT NOT NULL UNIQUE,                   -- the provider's key for it: sent once, asked for ever after
  app_id INTEGER NOT NULL REFERENCES apps (id),
  payment_id INTEGER NOT NULL REFERENCES payments (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  provider TEXT NOT NULL,
  currency TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('itself', 'by_payout')),
  amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  fee_minor INTEGER NOT NULL CHECK (fee_minor BETWEEN 0 AND amount_minor),  -- the platform's share of it
  reason TEXT NOT NULL DEFAULT '',
  request_key TEXT UNIQUE,                          -- the operator's own: the same key makes no second refund
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'failed')),
  -- queued: no provider has been asked; the rest as for payments
  submission TEXT NOT NULL DEFAULT 'queued' CHECK (submission IN ('queued', 'sending', 'sent', 'unknown', 'refused')),
  provider_ref TEXT NOT NULL DEFAULT '',
  failure_reason TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  sent_at INTEGER,                                  -- when the provider was asked
  updated_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;
CREATE INDEX refunds_by_payment ON refunds (payment_id);

-- What waits for a person: what a provider says and we must not guess at. One of a kind for each subject.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL,                            -- 'payment:12', 'withdrawal:3', 'refund:4'
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,                             -- JSON: what was agreed, what was reported
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,
  resolution TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',                    -- why, in the words of who decided
  CHECK ((resolved_at IS NULL) = (resolution = '')),
  UNIQUE (subject, kind)
) STRICT;
CREATE INDEX reviews_open ON reviews (id) WHERE resolved_at IS NULL;
INSERT INTO reviews (subject, kind, detail, created_at)
  SELECT 'payment:' || payment_id, kind, detail, created_at FROM payment_reviews;
INSERT INTO reviews (subject, kind, detail, created_at)
  SELECT 'withdrawal:' || id, CASE status WHEN 'failed' THEN 'paid_after_release' ELSE 'amount_mismatch' END, '{}', updated_at FROM withdrawals WHERE review <> '';
DROP TABLE payment_reviews;
