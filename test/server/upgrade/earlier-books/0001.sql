-- What a shop had in its database when the first migration was the only one.
INSERT INTO apps (id, slug, name, webhook_secret, fee_basis_points, created_at) VALUES (1, 'duka', 'Duka', '', 800, 1700000000000);
INSERT INTO api_keys (id, app_id, mode, prefix, key_hash, created_at) VALUES (1, 1, 'live', 'dgw_live_abc', 'hash', 1700000000000);
INSERT INTO items (id, slug, app_id, kind, name, currency, amount_minor, created_at) VALUES (1, 'kitabu', 1, 'product', 'Kitabu', 'UGX', 2500000, 1700000000000);

INSERT INTO payments (id, reference, app_id, mode, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor, currency, phone, created_at, updated_at, expires_at, completed_at)
VALUES (1, 'dgw_paid', 1, 'live', 'mobile_money', 'iotec', 'mtn', 'theirs-1', 'completed', 'sent', 5000000, 400000, 'UGX', '256772123456', 1700000100000, 1700000200000, 1700014500000, 1700000200000);
INSERT INTO payments (id, reference, app_id, mode, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor, currency, phone, failure_code, failure_reason, created_at, updated_at, expires_at)
VALUES (2, 'dgw_refused', 1, 'live', 'mobile_money', 'iotec', 'mtn', '', 'failed', 'refused', 5000000, 400000, 'UGX', '256772123456', 'provider_refused', 'Wallet is barred', 1700000300000, 1700000300000, 1700014700000);
INSERT INTO payments (id, reference, app_id, mode, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor, currency, phone, created_at, updated_at, expires_at)
VALUES (3, 'dgw_waiting', 1, 'live', 'mobile_money', 'iotec', 'airtel', 'theirs-3', 'pending', 'sent', 700000, 56000, 'UGX', '256752123456', 1700000400000, 1700000400000, 1700014800000);
INSERT INTO jobs (id, kind, subject, run_at, created_at) VALUES (1, 'payment.check', 'payment:3', 1700000415000, 1700000400000);
INSERT INTO payment_reviews (id, payment_id, kind, detail, created_at) VALUES (1, 3, 'amount_mismatch', '{"agreed":{"amount_minor":700000,"currency":"UGX"},"reported":{"amount_minor":70000,"currency":"UGX","provider_ref":"theirs-3"}}', 1700000500000);
INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, payment_id, answer_status, answer_body, created_at)
VALUES (1, 'live', 'POST', '/v1/payments/collect', 'order-1', 'hash', 1, 200, '{"data":{}}', 1700000100000);
INSERT INTO provider_callbacks (id, provider, fingerprint, reference, body, received_at, processed_at) VALUES (1, 'iotec', 'print-1', 'dgw_paid', '{}', 1700000200000, 1700000201000);

INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (1, NULL, 'clearing', 'iotec', 'UGX', 'live'), (2, 1, 'wallet', 'iotec', 'UGX', 'live'), (3, NULL, 'fees', 'iotec', 'UGX', 'live');
INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES (1, 'collectSettled', 'payment:1', 'UGX', 1700000200000, 1700000200000);
INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (1, 1, -5000000), (1, 2, 4600000), (1, 3, 400000);
