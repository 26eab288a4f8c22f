-- One row that is written again and again, to see whether the database still takes writes (server/db/readiness.ts).
CREATE TABLE write_probes (
  id INTEGER PRIMARY KEY,
  filler TEXT NOT NULL
) STRICT;
