-- The twin of sqlite/0004_provider_lines.sql.
-- A line carries payments to one network: an adapter, a network, a currency. The sandbox is an adapter like any other and
-- carries every test payment, whichever provider that names; so no test ever closes a live line, and the other way round.
-- A line without a row works, and always did.
CREATE TABLE provider_lines (
  provider TEXT COLLATE "C" NOT NULL,
  network TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  -- down: takes nothing but a trial now and then; held: taken out of service by the operator, until the operator puts it back
  status TEXT NOT NULL CHECK (status IN ('up', 'down', 'held')),
  recent TEXT NOT NULL,                             -- [[at, worked], …] since something went wrong, oldest first; [] while all is well
  failing_since BIGINT,
  last_error TEXT NOT NULL,
  opened_at BIGINT,                                 -- when it went out of service
  next_trial_at BIGINT,
  trial TEXT COLLATE "C" NOT NULL,                  -- the reference of the payment that tries the line
  last_check_at BIGINT,
  PRIMARY KEY (provider, network, currency),
  CHECK ((status = 'up') = (opened_at IS NULL)),
  CHECK ((status = 'up') = (failing_since IS NULL)),
  CHECK ((status = 'down') = (next_trial_at IS NOT NULL))
);
