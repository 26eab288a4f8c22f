-- A line carries payments to one network: an adapter, a network, a currency. The sandbox is an adapter like any other and
-- carries every test payment, whichever provider that names; so no test ever closes a live line, and the other way round.
-- A line without a row works, and always did.
CREATE TABLE provider_lines (
  provider TEXT NOT NULL,
  network TEXT NOT NULL,
  currency TEXT NOT NULL,
  -- down: takes nothing but a trial now and then; held: taken out of service by the operator, until the operator puts it back
  status TEXT NOT NULL CHECK (status IN ('up', 'down', 'held')),
  recent TEXT NOT NULL,                             -- [[at, worked], …] since something went wrong, oldest first; [] while all is well
  failing_since INTEGER,
  last_error TEXT NOT NULL,
  opened_at INTEGER,                                -- when it went out of service
  next_trial_at INTEGER,
  trial TEXT NOT NULL,                              -- the reference of the payment that tries the line
  last_check_at INTEGER,
  PRIMARY KEY (provider, network, currency),
  CHECK ((status = 'up') = (opened_at IS NULL)),
  CHECK ((status = 'up') = (failing_since IS NULL)),
  CHECK ((status = 'down') = (next_trial_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
