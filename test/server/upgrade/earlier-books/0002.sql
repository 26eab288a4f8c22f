-- What it added when money could go out: a payout on its way, one that was sent, a withdrawal to a bank that waits for its operator.
INSERT INTO payments (id, reference, app_id, mode, direction, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor, currency, phone, created_at, updated_at, expires_at, completed_at)
VALUES (11, 'dgw_sent', 1, 'live', 'disburse', 'mobile_money', 'iotec', 'mtn', 'theirs-11', 'completed', 'sent', 100000, 0, 'UGX', '256772123456', 1700100000000, 1700100060000, 1700186400000, 1700100060000);
INSERT INTO payments (id, reference, app_id, mode, direction, method, provider, network, provider_ref, status, submission, amount_minor, fee_minor, currency, phone, created_at, updated_at, expires_at)
VALUES (12, 'dgw_leaving', 1, 'live', 'disburse', 'mobile_money', 'iotec', 'mtn', '', 'pending', 'unknown', 200000, 0, 'UGX', '256772123456', 1700100100000, 1700100110000, 1700186500000);
INSERT INTO jobs (id, kind, subject, run_at, created_at) VALUES (11, 'payment.check', 'payment:12', 1700100115000, 1700100100000);
INSERT INTO withdrawals (id, reference, app_id, provider, currency, amount_minor, method, destination, bank_name, submission, created_at, updated_at)
VALUES (1, 'dgw_bank', 1, 'iotec', 'UGX', 300000, 'bank_transfer', '0012345678', 'Stanbic', 'operator', 1700100200000, 1700100200000);
INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, withdrawal_id, created_at) VALUES (1, 'live', 'POST', '/v1/withdrawals', 'rent', 'hash', 1, 1700100200000);

INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (11, 1, 'held', 'iotec', 'UGX', 'live');
INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES
  (11, 'payoutHeld', 'payment:11', 'UGX', 1700100000000, 1700100000000), (12, 'payoutSent', 'payment:11', 'UGX', 1700100060000, 1700100060000),
  (13, 'payoutHeld', 'payment:12', 'UGX', 1700100100000, 1700100100000), (14, 'withdrawalHeld', 'withdrawal:1', 'UGX', 1700100200000, 1700100200000);
INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES
  (11, 2, -100000), (11, 11, 100000), (12, 11, -100000), (12, 1, 100000), (13, 2, -200000), (13, 11, 200000), (14, 2, -300000), (14, 11, 300000);
