-- A provider that later says something else about what a person has decided, or is about to: a review of its own, beside
-- the decided one. Open is at most one of a kind for each subject; what was decided stays for ever.

CREATE TABLE reviews_now (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,                            -- 'payment:12', 'withdrawal:3', 'refund:4'
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,                             -- JSON: what was agreed, what is reported, and what was reported before
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,
  resolution TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',                    -- why, in the words of who decided
  CHECK ((resolved_at IS NULL) = (resolution = ''))
) STRICT;
INSERT INTO reviews_now (id, subject, kind, detail, created_at, resolved_at, resolution, note)
  SELECT id, subject, kind, detail, created_at, resolved_at, resolution, note FROM reviews;
DROP TABLE reviews;
ALTER TABLE reviews_now RENAME TO reviews;
CREATE INDEX reviews_open ON reviews (id) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX reviews_open_once ON reviews (subject, kind) WHERE resolved_at IS NULL;
CREATE INDEX reviews_by_subject ON reviews (subject, kind, id);
