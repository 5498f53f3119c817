-- What waits for something else is woken with each thing that arrives: not by a walk over a day's outbox.
CREATE INDEX intent_error ON intent (error) WHERE error IS NOT NULL;
PRAGMA user_version = 6;
