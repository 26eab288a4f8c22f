-- Payments whose number at a provider that keeps no reference of ours is not known (yet). Partial: nobody else's payments pay for it.
CREATE INDEX payments_without_upstream ON payments (phone, created_at) WHERE provider = 'dukuzi' AND provider_ref = '';
