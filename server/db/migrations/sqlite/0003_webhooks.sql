-- Outbound webhooks: what happened, to whom it is told, and how the telling went.

-- One row for each move of a payment's status, written in the commit that moves it. It says nothing of deliveries:
-- that an event exists does not mean that anybody heard of it.
CREATE TABLE webhook_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  app_id INTEGER NOT NULL REFERENCES apps (id),
  payment_id INTEGER NOT NULL REFERENCES payments (id),
  payment_version INTEGER NOT NULL,
  facts TEXT NOT NULL,                              -- the payment as it was at that moment, JSON
  created_at INTEGER NOT NULL,
  UNIQUE (payment_id, payment_version)
) STRICT;
CREATE INDEX webhook_events_by_app ON webhook_events (app_id, created_at);

CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE,
  app_id INTEGER NOT NULL REFERENCES apps (id),
  url TEXT NOT NULL,
  -- failed: given up after the last retry; disabled: not tried, because its address is disabled
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'disabled')),
  attempts INTEGER NOT NULL DEFAULT 0,              -- since it was made or replayed: its place in the schedule
  next_attempt_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  UNIQUE (event_id, url)
) STRICT;
CREATE INDEX webhook_deliveries_by_app ON webhook_deliveries (app_id, status, id);

CREATE TABLE webhook_attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  response_status INTEGER,                          -- null: there was no answer
  response_body TEXT NOT NULL DEFAULT '',           -- its first 2 kB
  error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_id, id);

-- What is known against an address. One that works has no row.
CREATE TABLE webhook_endpoints (
  app_id INTEGER NOT NULL REFERENCES apps (id),
  url TEXT NOT NULL,
  failing_since INTEGER NOT NULL,
  disabled_at INTEGER,
  disabled_reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (app_id, url)
) STRICT, WITHOUT ROWID;

ALTER TABLE apps ADD COLUMN webhook_signature TEXT NOT NULL DEFAULT 'hex' CHECK (webhook_signature IN ('hex', 'sha256'));
-- The secret before the last rotation, with which deliveries are signed as well until then.
ALTER TABLE apps ADD COLUMN webhook_secret_before TEXT;
ALTER TABLE apps ADD COLUMN webhook_secret_before_until INTEGER;

-- Jobs that call strangers' servers go in lanes of their own, each with its own places. The main lane has no name.
ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
DROP INDEX jobs_by_time;
CREATE INDEX jobs_by_lane ON jobs (lane, run_at);
