-- The twin of sqlite/0013_widget_builds.sql.
-- Every build of the pay button that was served, by its address below the server's: whoever pinned it keeps getting it.
CREATE TABLE widget_files (
  address TEXT COLLATE "C" PRIMARY KEY,             -- 'pay-button/0.1.0-3f9c2a1b07/panel.js': it names the content
  body TEXT NOT NULL,
  kept_at BIGINT NOT NULL
);
