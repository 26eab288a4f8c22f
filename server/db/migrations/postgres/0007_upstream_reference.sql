-- The twin of sqlite/0007_upstream_reference.sql.
-- Hosted gateways call back with references of their own. Partial: nobody else's payments pay for it.
CREATE INDEX payments_by_upstream ON payments (provider_ref) WHERE provider IN ('dgateway', 'dukuzi') AND provider_ref <> '';
