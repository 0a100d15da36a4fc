-- What a subscriber chose, how she came and agreed, and what her mail provider said of our mails.

ALTER TABLE subscriber ADD COLUMN kinds INTEGER NOT NULL DEFAULT 7 -- bits of enum news_kind
    CHECK (kinds BETWEEN 0 AND 7);
ALTER TABLE subscriber ADD COLUMN delivery INTEGER NOT NULL DEFAULT 0 -- immediate, daily, weekly
    CHECK (delivery BETWEEN 0 AND 2);
ALTER TABLE subscriber ADD COLUMN digest_minute INTEGER NOT NULL DEFAULT 480 -- of the day, in her zone
    CHECK (digest_minute BETWEEN 0 AND 1439);
ALTER TABLE subscriber ADD COLUMN digest_weekday INTEGER NOT NULL DEFAULT 1 -- Monday is 1
    CHECK (digest_weekday BETWEEN 1 AND 7);
ALTER TABLE subscriber ADD COLUMN breaks_through INTEGER NOT NULL DEFAULT 0 -- critical news at once
    CHECK (breaks_through IN (0, 1));
ALTER TABLE subscriber ADD COLUMN paused_until INTEGER;
-- Her last pause or suspension: what was made in it, or before it and not told yet, is not told.
ALTER TABLE subscriber ADD COLUMN silent_since INTEGER;
ALTER TABLE subscriber ADD COLUMN hears_since INTEGER;
ALTER TABLE subscriber ADD COLUMN digest_since INTEGER; -- what changed since then is in the next digest
ALTER TABLE subscriber ADD COLUMN digest_at INTEGER;    -- when that is due; NULL: no digests
ALTER TABLE subscriber ADD COLUMN suspended_at INTEGER;
ALTER TABLE subscriber ADD COLUMN probed_at INTEGER;    -- when the last probe was sent
ALTER TABLE subscriber ADD COLUMN probe_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriber ADD COLUMN probe_at INTEGER;     -- suspended: when she is looked at next
ALTER TABLE subscriber ADD COLUMN answered_at INTEGER;  -- when she was last told what can be said

-- What the clock looks for.
CREATE INDEX subscriber_digest ON subscriber (page_id, digest_at) WHERE digest_at IS NOT NULL AND state = 1;
CREATE INDEX subscriber_paused ON subscriber (paused_until) WHERE paused_until IS NOT NULL;
CREATE INDEX subscriber_suspended ON subscriber (page_id, probe_at) WHERE state = 2;
CREATE INDEX subscriber_pending ON subscriber (created_at) WHERE state = 0;
-- Whose lane is not that of her format: it changes only while no fan-out runs.
CREATE INDEX subscriber_moving ON subscriber (page_id) WHERE lane <> (format <> 2);

-- Incidents that a subscriber wants to hear nothing of. (Those that she follows are topics: 'i:' and
-- the incident's id.)
CREATE TABLE subscriber_mute (
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    incident_id INTEGER NOT NULL REFERENCES incident (id),
    PRIMARY KEY (subscriber_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_topic_followed ON subscriber_topic (topic) WHERE topic >= 'i:' AND topic < 'i;';

-- How far digests up to a moment reached: ids are given in the order of commits, while the clocks of
-- writers may be behind a digest that was made before them.
CREATE TABLE digest_mark (
    page_id TEXT NOT NULL REFERENCES page (id),
    at INTEGER NOT NULL,
    notification_id INTEGER NOT NULL, -- the newest
    update_id INTEGER NOT NULL,
    PRIMARY KEY (page_id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_by_page ON notification (page_id, id);

-- When, how and from where a subscriber agreed to what.
CREATE TABLE consent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    at INTEGER NOT NULL,
    act INTEGER NOT NULL CHECK (act BETWEEN 0 AND 4), -- asked, confirmed, changed, left, complained
    how TEXT NOT NULL,    -- "mail", "cli:USER", "import", "bounces" …
    source TEXT NOT NULL, -- "<id> from 192.0.2.1", or how consent was given elsewhere
    words TEXT NOT NULL   -- what was chosen, as lines of preferences
) STRICT;
CREATE INDEX consent_by_subscriber ON consent (subscriber_id, id);

-- The 10 random bytes behind `c` in an address, as a keyed hash: what a reply to that letter does.
CREATE TABLE confirm_key (
    hash BLOB PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES page (id),
    address TEXT NOT NULL,
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 0 AND 2), -- subscribe, unsubscribe, preferences
    wishes TEXT NOT NULL, -- what was asked for, as lines of preferences
    source TEXT NOT NULL, -- of the mail that asked
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX confirm_key_by_expiry ON confirm_key (expires_at);
CREATE INDEX confirm_key_by_address ON confirm_key (page_id, address);

-- Addresses that must not come back by an import: as keyed hashes, so that forgetting is possible.
CREATE TABLE suppression (
    page_id TEXT NOT NULL REFERENCES page (id),
    hash BLOB NOT NULL,
    why INTEGER NOT NULL CHECK (why BETWEEN 0 AND 2), -- complained, forgotten, bounced
    at INTEGER NOT NULL,
    PRIMARY KEY (page_id, hash)
) STRICT, WITHOUT ROWID;

-- What came back. One delivery bounces once.
CREATE TABLE bounce (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    notification_id INTEGER NOT NULL, -- 0: of a letter
    letter_id INTEGER NOT NULL,       -- 0: of a notification
    at INTEGER NOT NULL,
    is_permanent INTEGER NOT NULL CHECK (is_permanent IN (0, 1)),
    is_delayed INTEGER NOT NULL CHECK (is_delayed IN (0, 1)),   -- it is still being tried
    in_dialogue INTEGER NOT NULL CHECK (in_dialogue IN (0, 1)), -- said by the relay, not by a report
    status TEXT NOT NULL, -- "5.1.1"
    words TEXT NOT NULL,
    UNIQUE (subscriber_id, notification_id, letter_id, in_dialogue)
) STRICT;
CREATE INDEX bounce_by_age ON bounce (at);
CREATE INDEX bounce_in_dialogue ON bounce (subscriber_id) WHERE in_dialogue = 1;

-- A whole domain that refuses us: its people wait, nobody is dropped.
CREATE TABLE domain (
    name TEXT PRIMARY KEY,
    refusals INTEGER NOT NULL DEFAULT 0, -- in a row, by policy, of different subscribers
    last_subscriber_id INTEGER NOT NULL DEFAULT 0, -- counted are those behind her
    refused_at INTEGER NOT NULL DEFAULT 0,         -- last
    paused_until INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    told_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- A letter to a subscriber: a bounce of it is hers.
ALTER TABLE letter ADD COLUMN subscriber_id INTEGER REFERENCES subscriber (id);
CREATE INDEX letter_by_subscriber ON letter (subscriber_id) WHERE subscriber_id IS NOT NULL;

PRAGMA user_version = 2;
