-- What a draft tells.
ALTER TABLE draft_about ADD COLUMN tells INTEGER NOT NULL DEFAULT 0; -- the Task of a result

PRAGMA user_version = 7;
