-- The files of what is being written, in order; their bytes lie in attachments.db.
CREATE TABLE draft_file (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT,
  content_type TEXT,
  size INTEGER NOT NULL,
  hash TEXT,
  place INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX draft_file_key ON draft_file (key);

-- Made again by their kinds, with more columns and another view.
DROP TABLE IF EXISTS message;
DROP TABLE IF EXISTS consult_summary;
DROP TABLE IF EXISTS consult_count;

PRAGMA user_version = 2;
