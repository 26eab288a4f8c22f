-- A provider that later says something else about what a person has decided, or is about to: a review of its own, beside
-- the decided one. Open is at most one of a kind for each subject; what was decided stays for ever.

ALTER TABLE reviews DROP CONSTRAINT reviews_subject_kind_key;
CREATE UNIQUE INDEX reviews_open_once ON reviews (subject, kind) WHERE resolved_at IS NULL;
CREATE INDEX reviews_by_subject ON reviews (subject, kind, id);
