-- The twin of sqlite/0006_folded_balances.sql: balances without counting every entry there ever was
-- (server/ledger/folding.ts). Both tables say nothing that the entries do not: emptied, they are made again.

-- What an account's entries come to, up to one of them. The entries after it are summed by whoever reads.
CREATE TABLE ledger_balances (
  account_id BIGINT PRIMARY KEY REFERENCES ledger_accounts (id),
  up_to_entry_id BIGINT NOT NULL,
  balance_minor BIGINT NOT NULL CHECK (balance_minor BETWEEN -9007199254740991 AND 9007199254740991)
);

-- How far the next folding may go.
CREATE TABLE ledger_fold_mark (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  up_to_entry_id BIGINT NOT NULL,
  fence BIGINT NOT NULL                             -- who may still write below it: transactions older than this one
);
