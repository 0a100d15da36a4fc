-- The first schema. Moments are milliseconds since 1970 UTC. Enumerations are those of the headers in
-- gateway/incident, in their order. One transaction runs the whole file.
PRAGMA application_id = 0x54435331; -- "TCS1"

-- Pages and components mirror the configuration; what vanished from it is retired, never deleted.
CREATE TABLE page (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1, -- raised by every change that the page shows
    is_retired INTEGER NOT NULL DEFAULT 0 CHECK (is_retired IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE component (
    page_id TEXT NOT NULL REFERENCES page (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    state_since INTEGER NOT NULL,
    is_retired INTEGER NOT NULL DEFAULT 0 CHECK (is_retired IN (0, 1)),
    PRIMARY KEY (page_id, id)
) STRICT, WITHOUT ROWID;

-- One row a name: the number that incidents and maintenances share, the mirrored configuration's digest.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('number', 0);

CREATE TABLE incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL UNIQUE CHECK (number > 0),
    page_id TEXT NOT NULL REFERENCES page (id),
    title TEXT NOT NULL CHECK (title <> ''),
    first_title TEXT NOT NULL CHECK (first_title <> ''),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    highest_severity INTEGER NOT NULL CHECK (highest_severity BETWEEN severity AND 2),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL CHECK (updated_at >= created_at),
    resolved_at INTEGER CHECK ((resolved_at IS NOT NULL) = (status = 3))
) STRICT;
CREATE INDEX incident_by_page ON incident (page_id, id);
CREATE INDEX incident_open ON incident (page_id, id) WHERE status < 3;

-- All components that an incident affects or ever affected.
CREATE TABLE incident_component (
    incident_id INTEGER NOT NULL REFERENCES incident (id),
    position INTEGER NOT NULL, -- order of first appearance
    page_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    PRIMARY KEY (incident_id, component_id),
    FOREIGN KEY (page_id, component_id) REFERENCES component (page_id, id)
) STRICT, WITHOUT ROWID;

-- Public updates (kind 0) and private notes (kind 1).
CREATE TABLE incident_update (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    incident_id INTEGER NOT NULL REFERENCES incident (id),
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    message TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_update_by_incident ON incident_update (incident_id, id);
CREATE INDEX incident_update_by_author ON incident_update (by_whom, incident_id);

-- Who did what, by which way and with which proof.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    page_id TEXT NOT NULL REFERENCES page (id),
    incident_id INTEGER REFERENCES incident (id),
    update_id INTEGER REFERENCES incident_update (id),
    role INTEGER NOT NULL,
    by_whom TEXT NOT NULL,
    proofs TEXT NOT NULL,
    client TEXT NOT NULL,
    message_id TEXT NOT NULL,
    changes TEXT NOT NULL -- one line a change
) STRICT;
CREATE INDEX audit_by_incident ON audit (incident_id, id);

-- Ids are never given twice: keyed addresses are MACs over them.
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    page_id TEXT NOT NULL REFERENCES page (id),
    address TEXT NOT NULL, -- domain in lower case
    kind INTEGER NOT NULL DEFAULT 0 CHECK (kind IN (0, 1)),          -- person, list
    format INTEGER NOT NULL DEFAULT 0 CHECK (format BETWEEN 0 AND 2), -- html, text, pager
    lane INTEGER NOT NULL CHECK (lane IN (0, 1)),                     -- pager, mail
    severity INTEGER NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 2), -- the least that she hears of
    language TEXT NOT NULL DEFAULT '', -- '' is the page's
    time_zone TEXT NOT NULL DEFAULT '',
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3), -- pending, confirmed, suspended, unsubscribed
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER, -- last time she became confirmed
    left_at INTEGER,      -- last time she unsubscribed
    UNIQUE (page_id, address)
) STRICT;

-- What a subscriber chose: 'c:' and a component id, 'g:' and a group; none is everything.
CREATE TABLE subscriber_topic (
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    topic TEXT NOT NULL,
    PRIMARY KEY (subscriber_id, topic)
) STRICT, WITHOUT ROWID;

-- Who hears: one row for each topic ('' is everything) of each confirmed subscriber, in the order in
-- which a lane is walked.
CREATE TABLE interest (
    page_id TEXT NOT NULL,
    lane INTEGER NOT NULL,
    topic TEXT NOT NULL,
    severity INTEGER NOT NULL,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    PRIMARY KEY (page_id, lane, topic, severity, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX interest_by_subscriber ON interest (subscriber_id);

-- One thing to tell many. The newest of an incident alone is told; an older one is superseded.
CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    incident_id INTEGER NOT NULL REFERENCES incident (id),
    update_id INTEGER NOT NULL REFERENCES incident_update (id),
    kind INTEGER NOT NULL,
    severity INTEGER NOT NULL, -- the highest that the incident had had
    created_at INTEGER NOT NULL,
    horizon INTEGER NOT NULL, -- the highest subscriber id then
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- being told, told, superseded
    sent_count INTEGER NOT NULL DEFAULT 0, -- messages of closed slices that a relay took
    ended_at INTEGER
) STRICT;
CREATE INDEX notification_by_incident ON notification (incident_id, id);
CREATE INDEX notification_told_now ON notification (severity, id) WHERE state = 0;

-- '' and all components that the incident had had when it was made, and their groups.
CREATE TABLE notification_topic (
    notification_id INTEGER NOT NULL REFERENCES notification (id),
    topic TEXT NOT NULL,
    PRIMARY KEY (notification_id, topic)
) STRICT, WITHOUT ROWID;

-- The cursor over a lane: from behind start_id to the horizon, then from the front through start_id.
CREATE TABLE notification_lane (
    notification_id INTEGER NOT NULL REFERENCES notification (id),
    lane INTEGER NOT NULL CHECK (lane IN (0, 1)),
    start_id INTEGER NOT NULL,
    cursor_id INTEGER NOT NULL, -- all up to here, from where it began, are in slices
    is_wrapped INTEGER NOT NULL DEFAULT 0 CHECK (is_wrapped IN (0, 1)),
    is_done INTEGER NOT NULL DEFAULT 0 CHECK (is_done IN (0, 1)), -- all are in slices
    PRIMARY KEY (notification_id, lane)
) STRICT, WITHOUT ROWID;

-- What one worker has in hand: a stretch of a lane, or some exceptions, or some letters. Its progress
-- file (state/slices/ID) holds sent_through while it is open; the lock on that file owns it.
CREATE TABLE slice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2), -- stretch, exceptions, letters
    notification_id INTEGER REFERENCES notification (id), -- NULL for letters
    lane INTEGER, -- of a stretch
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    sent_through INTEGER NOT NULL DEFAULT 0, -- 0 until it is closed; then the same as last_id
    relay TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER -- NULL: open
) STRICT; -- stretches that are done become one row with their neighbours; the other kinds vanish
CREATE INDEX slice_open ON slice (id) WHERE closed_at IS NULL;
CREATE INDEX slice_by_notification ON slice (notification_id, lane, first_id);

-- Deliveries that did not simply succeed in their slice.
CREATE TABLE exception (
    notification_id INTEGER NOT NULL REFERENCES notification (id),
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4), -- due, waiting for a slice, failed, sent, dropped
    in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)), -- the relay may have it
    due_at INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', -- the relay's words, printable, at most 500 bytes
    slice_id INTEGER REFERENCES slice (id), -- that it waits for (state 1), or that has it in hand
    PRIMARY KEY (notification_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX exception_due ON exception (due_at) WHERE state = 0;
CREATE INDEX exception_by_slice ON exception (slice_id) WHERE slice_id IS NOT NULL;
CREATE INDEX exception_by_subscriber ON exception (subscriber_id);

-- One mail to one person, rendered when it is sent.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    kind INTEGER NOT NULL,
    address TEXT NOT NULL,
    is_operator INTEGER NOT NULL CHECK (is_operator IN (0, 1)), -- its Reply-To may hold a reply key
    language TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL DEFAULT '',
    incident_id INTEGER REFERENCES incident (id),
    update_id INTEGER REFERENCES incident_update (id),
    notification_id INTEGER REFERENCES notification (id),
    held_id INTEGER REFERENCES held (id),
    priority INTEGER NOT NULL, -- less is sooner
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    began_at INTEGER, -- first attempt
    failures INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3), -- waiting, sent, failed, replaced
    reason TEXT NOT NULL DEFAULT '',
    slice_id INTEGER REFERENCES slice (id), -- that has it in hand
    ended_at INTEGER
) STRICT;

-- What a letter's template needs beside the incident; a name given several times is a list.
CREATE TABLE letter_fact (
    letter_id INTEGER NOT NULL REFERENCES letter (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (letter_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_due ON letter (priority, due_at) WHERE state = 0;
CREATE INDEX letter_by_person ON letter (address, incident_id);
CREATE INDEX letter_by_slice ON letter (slice_id) WHERE slice_id IS NOT NULL;

-- The 10 random bytes behind `r` in an address, as a keyed hash.
CREATE TABLE reply_key (
    hash BLOB PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES page (id),
    operator_address TEXT NOT NULL,
    incident_id INTEGER REFERENCES incident (id), -- NULL: of a question about no incident yet
    held_id INTEGER REFERENCES held (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_key_by_expiry ON reply_key (expires_at);

-- Commands that wait for their author's `publish`.
CREATE TABLE held (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    operator_address TEXT NOT NULL,
    incident_id INTEGER REFERENCES incident (id),
    mail BLOB NOT NULL, -- the bytes as they came
    proofs TEXT NOT NULL,
    reason TEXT NOT NULL, -- why it was asked back
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER -- published, or told that it was not
) STRICT;
CREATE INDEX held_waiting ON held (page_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX held_ended ON held (ended_at) WHERE length(mail) > 0;

-- The same mail twice has one effect: digests of mails (0) and of DKIM signatures' b= (1), 30 days.
CREATE TABLE seen (
    page_id TEXT NOT NULL,
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    digest BLOB NOT NULL,
    message_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (page_id, kind, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_by_age ON seen (at);

-- Mails that ended their worker.
CREATE TABLE crash (
    digest BLOB PRIMARY KEY,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX crash_by_age ON crash (at);

-- What is counted per something and span: answers an hour and address, misses an hour and client,
-- the first time that a mail met no verifier.
CREATE TABLE tally (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    since INTEGER NOT NULL, -- beginning of the span
    count INTEGER NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_by_age ON tally (since);

-- What the senders know of a relay together; '' is all relays, paused by hand.
CREATE TABLE relay (
    name TEXT PRIMARY KEY,
    is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)), -- by hand, until resumed
    failures INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    told_at INTEGER NOT NULL DEFAULT 0 -- somebody was told of its trouble
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
