-- The words of each kind that can be found: which table serves (search_<kind>_<slot>), and which is being built.
CREATE TABLE search_index (
  kind TEXT PRIMARY KEY,
  version INTEGER NOT NULL,  -- of what is built, or being built
  slot INTEGER NOT NULL,     -- serves
  building INTEGER NOT NULL, -- 0: none; the same as `slot` while nothing else could serve
  done_to INTEGER NOT NULL DEFAULT 0
);

-- Tables that serve no more, until they have been emptied piece by piece.
CREATE TABLE search_old (
  kind TEXT NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (kind, slot)
);

PRAGMA user_version = 3;
