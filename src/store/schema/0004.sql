-- What belongs to a draft beside its words and files.
CREATE TABLE draft_about (
  scope TEXT PRIMARY KEY,
  quote INTEGER NOT NULL DEFAULT 0, -- the message that it answers
  reason TEXT                       -- of a correction
);

PRAGMA user_version = 4;
