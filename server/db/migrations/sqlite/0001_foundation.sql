-- Times are milliseconds since 1970 (UTC), amounts are minor units, JSON is text, truth is 0 or 1.

CREATE TABLE apps (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  logo_url TEXT NOT NULL DEFAULT '',
  theme TEXT NOT NULL DEFAULT '{}',
  webhook_url TEXT NOT NULL DEFAULT '',
  webhook_format TEXT NOT NULL DEFAULT 'dgateway' CHECK (webhook_format IN ('dgateway', 'dukuzi')),
  webhook_secret TEXT NOT NULL,                     -- revealable to its owner: encrypted, not hashed
  fee_basis_points INTEGER NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
  origins TEXT NOT NULL DEFAULT '[]',               -- browser origins that may use the app; none listed: any
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY,
  app_id INTEGER NOT NULL REFERENCES apps (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  prefix TEXT NOT NULL UNIQUE,                      -- what is shown after the key itself was shown once
  key_hash TEXT NOT NULL UNIQUE,                    -- HMAC-SHA256 of the key under the server's secret
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_app ON api_keys (app_id);

CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  app_id INTEGER NOT NULL REFERENCES apps (id),
  kind TEXT NOT NULL CHECK (kind IN ('product', 'link')),
  product_type TEXT NOT NULL DEFAULT 'digital' CHECK (product_type IN ('digital', 'course', 'physical')),
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  image_url TEXT NOT NULL DEFAULT '',
  file TEXT NOT NULL DEFAULT '',                    -- what a buyer may download, below the data folder
  currency TEXT NOT NULL,
  amount_minor INTEGER CHECK (amount_minor > 0),    -- null: the buyer chooses
  min_amount_minor INTEGER CHECK (min_amount_minor > 0),
  max_amount_minor INTEGER CHECK (max_amount_minor >= min_amount_minor),
  suggested_amounts TEXT NOT NULL DEFAULT '[]',     -- minor units
  created_at INTEGER NOT NULL,
  CHECK (amount_minor IS NOT NULL OR kind = 'link')
) STRICT;
CREATE INDEX items_by_app ON items (app_id);

CREATE TABLE payments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,             -- the Dukuzi dialect's transaction_id: never used again
  reference TEXT NOT NULL UNIQUE,
  app_id INTEGER NOT NULL REFERENCES apps (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  direction TEXT NOT NULL DEFAULT 'collect' CHECK (direction IN ('collect', 'disburse')),
  method TEXT NOT NULL CHECK (method IN ('mobile_money', 'card')),
  provider TEXT NOT NULL,
  network TEXT NOT NULL DEFAULT '',
  provider_ref TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'completed', 'failed', 'expired')),
  -- sending: the provider may or may not have it; sent: it answered; unknown: its answer was lost
  submission TEXT NOT NULL DEFAULT 'sending' CHECK (submission IN ('sending', 'sent', 'unknown', 'refused')),
  amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  fee_minor INTEGER NOT NULL CHECK (fee_minor BETWEEN 0 AND amount_minor),
  currency TEXT NOT NULL,
  phone TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  callback_url TEXT NOT NULL DEFAULT '',
  metadata TEXT NOT NULL DEFAULT '{}',
  customer_name TEXT NOT NULL DEFAULT '',
  customer_email TEXT NOT NULL DEFAULT '',
  item_id INTEGER REFERENCES items (id),
  quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0),
  client_secret TEXT NOT NULL DEFAULT '',
  failure_code TEXT NOT NULL DEFAULT '',
  failure_reason TEXT NOT NULL DEFAULT '',
  version INTEGER NOT NULL DEFAULT 1,               -- rises with every change: the id of a status event
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;
CREATE INDEX payments_by_app ON payments (app_id, mode, id);
CREATE INDEX payments_in_doubt ON payments (id) WHERE submission = 'sending';

-- A payment whose provider reports another amount or currency than was asked waits here for a person.
CREATE TABLE payment_reviews (
  id INTEGER PRIMARY KEY,
  payment_id INTEGER NOT NULL REFERENCES payments (id),
  kind TEXT NOT NULL CHECK (kind IN ('amount_mismatch')),
  detail TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,
  UNIQUE (payment_id, kind)
) STRICT;

CREATE TABLE idempotency_keys (
  app_id INTEGER NOT NULL REFERENCES apps (id),
  mode TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  payment_id INTEGER NOT NULL REFERENCES payments (id),
  answer_status INTEGER,                            -- null until the first answer is complete
  answer_body TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (app_id, mode, method, path, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE ledger_accounts (
  id INTEGER PRIMARY KEY,
  app_id INTEGER REFERENCES apps (id),              -- null: the platform's
  kind TEXT NOT NULL CHECK (kind IN ('wallet', 'held', 'clearing', 'fees')),
  provider TEXT NOT NULL,
  currency TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  CHECK ((app_id IS NULL) = (kind IN ('clearing', 'fees')))
) STRICT;
CREATE UNIQUE INDEX ledger_accounts_identity ON ledger_accounts (coalesce(app_id, 0), kind, provider, currency, mode);

CREATE TABLE ledger_transfers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  posting TEXT NOT NULL,
  source TEXT NOT NULL,                             -- what was posted: 'payment:12', 'withdrawal:3'
  currency TEXT NOT NULL,
  event_at INTEGER NOT NULL,                        -- when the money moved, as the provider tells it
  created_at INTEGER NOT NULL,
  UNIQUE (posting, source)                          -- the same fact is posted once, whoever races
) STRICT;
CREATE INDEX ledger_transfers_by_source ON ledger_transfers (source);

CREATE TABLE ledger_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  transfer_id INTEGER NOT NULL REFERENCES ledger_transfers (id),
  account_id INTEGER NOT NULL REFERENCES ledger_accounts (id),
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0 AND amount_minor BETWEEN -9007199254740991 AND 9007199254740991)
) STRICT;
CREATE INDEX ledger_entries_by_account ON ledger_entries (account_id, id, amount_minor);
CREATE INDEX ledger_entries_by_transfer ON ledger_entries (transfer_id);

CREATE TRIGGER ledger_transfers_no_update BEFORE UPDATE ON ledger_transfers BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_transfers_no_delete BEFORE DELETE ON ledger_transfers BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,                            -- one job of a kind for each subject: 'payment:12'
  payload TEXT NOT NULL DEFAULT '{}',
  run_at INTEGER NOT NULL,                          -- while leased: when the lease ends
  lease TEXT,                                       -- who is running it
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  UNIQUE (kind, subject)
) STRICT;
CREATE INDEX jobs_by_time ON jobs (run_at);

-- What providers told us, as they said it, each thing once. Evidence to ask by, never truth.
CREATE TABLE provider_callbacks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  fingerprint TEXT NOT NULL,                        -- SHA-256 of the raw body
  reference TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  processed_at INTEGER,
  UNIQUE (provider, fingerprint)
) STRICT;

-- The sandbox network's own books: what it was asked, and what its subscribers answered.
CREATE TABLE sandbox_prompts (
  reference TEXT PRIMARY KEY,
  provider_ref TEXT NOT NULL UNIQUE,
  method TEXT NOT NULL,
  phone TEXT NOT NULL,
  network TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  merchant TEXT NOT NULL,
  description TEXT NOT NULL,
  outcome TEXT NOT NULL,                            -- what the number is known to do
  status TEXT NOT NULL CHECK (status IN ('waiting', 'approved', 'declined', 'ignored', 'no_funds', 'failed')),
  decides_at INTEGER,                               -- null: only a person decides
  decided_at INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sandbox_prompts_by_phone ON sandbox_prompts (phone, created_at);
