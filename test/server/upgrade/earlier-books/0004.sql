-- What it added when lines were watched: one that is down.
INSERT INTO provider_lines (provider, network, currency, status, recent, failing_since, last_error, opened_at, next_trial_at, trial)
VALUES ('iotec', 'airtel', 'UGX', 'down', '[]', 1700300000000, 'no answer in time', 1700300060000, 1700300090000, '');
