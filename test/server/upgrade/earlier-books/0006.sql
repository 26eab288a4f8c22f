-- What it added when balances were folded: the wallet as it stands, and how far the next folding may go.
INSERT INTO ledger_balances (account_id, up_to_entry_id, balance_minor)
SELECT a.id, max(e.id), sum(e.amount_minor) FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE a.kind = 'wallet' GROUP BY a.id;
INSERT INTO ledger_fold_mark (only_row, up_to_entry_id, fence) SELECT 1, max(id), 0 FROM ledger_entries;
