-- The twin of sqlite/0005_prompt_limit.sql.
-- How often a number was asked lately, for the one provider that limits it. Partial: nobody else's payments pay for it.
CREATE INDEX payments_by_prompt ON payments (phone, created_at) WHERE provider = 'relworx' AND direction = 'collect' AND mode = 'live';
