-- What an app's own server sells once: no item of the shop, so that neither it nor its lists grow with every order.
CREATE TABLE checkout_sessions (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,                        -- cannot be guessed: who knows it may pay
  app_id INTEGER NOT NULL REFERENCES apps (id),
  mode TEXT NOT NULL CHECK (mode IN ('live', 'test')), -- that of the key it was made with
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  methods TEXT NOT NULL,                            -- JSON: those it is confined to; empty: all there are
  customer_name TEXT NOT NULL,
  customer_email TEXT NOT NULL,
  customer_phone TEXT NOT NULL,
  metadata TEXT NOT NULL,
  success_url TEXT NOT NULL,
  cancel_url TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL                       -- no payment is begun after that
) STRICT;

-- Who has tried to pay for a session, in the order of the payments. It is paid when one of them has completed.
CREATE TABLE session_payments (
  session_id INTEGER NOT NULL REFERENCES checkout_sessions (id),
  payment_id INTEGER NOT NULL UNIQUE REFERENCES payments (id),
  PRIMARY KEY (session_id, payment_id)
) STRICT, WITHOUT ROWID;
