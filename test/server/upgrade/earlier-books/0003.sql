-- What it added when it could tell its merchant: an event that was delivered, and an address in trouble.
INSERT INTO webhook_events (id, app_id, payment_id, payment_version, facts, created_at) VALUES (1, 1, 1, 2, '{}', 1700200000000);
INSERT INTO webhook_deliveries (id, event_id, app_id, url, status, attempts, created_at, updated_at) VALUES (1, 1, 1, 'https://duka.example/hook', 'delivered', 1, 1700200000000, 1700200001000);
INSERT INTO webhook_attempts (id, delivery_id, started_at, duration_ms, response_status) VALUES (1, 1, 1700200000000, 120, 200);
INSERT INTO webhook_endpoints (app_id, url, failing_since) VALUES (1, 'https://duka.example/other', 1700200100000);
