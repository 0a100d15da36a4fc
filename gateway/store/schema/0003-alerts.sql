-- Monitors: what they say (alerts), what was made of it (clusters), and drafts that wait for an
-- operator's word.

-- All alerts that share an incident (gateway/incident/alert.h).
CREATE TABLE cluster (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    name TEXT NOT NULL, -- alert_cluster()
    monitor TEXT NOT NULL, -- whose policy ruled last
    incident_id INTEGER REFERENCES incident (id), -- its own, until it is seen resolved
    was_unstable INTEGER NOT NULL DEFAULT 0 CHECK (was_unstable IN (0, 1)),
    was_noted INTEGER NOT NULL DEFAULT 0 CHECK (was_noted IN (0, 1)),
    noted_severity INTEGER NOT NULL DEFAULT 0 CHECK (noted_severity BETWEEN 0 AND 2),
    is_declined INTEGER NOT NULL DEFAULT 0 CHECK (is_declined IN (0, 1)),
    -- Alerts that came to an open incident and that operators were not told of yet: how many, the first
    -- and the last moment.
    joined INTEGER NOT NULL DEFAULT 0,
    joined_since INTEGER NOT NULL DEFAULT 0,
    joined_at INTEGER NOT NULL DEFAULT 0,
    judge_at INTEGER, -- when the clock is to look
    UNIQUE (page_id, name)
) STRICT;
CREATE INDEX cluster_due ON cluster (page_id, judge_at) WHERE judge_at IS NOT NULL;
CREATE INDEX cluster_by_incident ON cluster (incident_id) WHERE incident_id IS NOT NULL;

CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    monitor TEXT NOT NULL,
    key TEXT NOT NULL,
    cluster_id INTEGER NOT NULL REFERENCES cluster (id),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    severity INTEGER CHECK (severity BETWEEN 0 AND 2), -- NULL: the monitor says none
    opened_at INTEGER NOT NULL,
    cleared_at INTEGER NOT NULL DEFAULT 0,
    said_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)), -- it is open, or held open: it is unstable
    -- When it is old enough; NULL: not yet enough mails, or a person resolved its incident meanwhile and
    -- it opens none again.
    ripe_at INTEGER,
    unstable_until INTEGER NOT NULL DEFAULT 0,
    changes TEXT NOT NULL DEFAULT '', -- moments, newest first, a space between
    detail TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    update_text TEXT NOT NULL DEFAULT '',
    resolved TEXT NOT NULL DEFAULT '',
    UNIQUE (page_id, monitor, key)
) STRICT;
-- What is asked of a cluster by each mail costs the same however many alerts it has.
CREATE INDEX alert_counting ON alert (cluster_id, ripe_at) WHERE counts = 1;
CREATE INDEX alert_speaking ON alert (cluster_id, monitor, ripe_at) WHERE counts = 1;
CREATE INDEX alert_worst ON alert (cluster_id, severity, ripe_at) WHERE counts = 1;
CREATE INDEX alert_unstable ON alert (cluster_id, unstable_until) WHERE unstable_until > 0;
CREATE INDEX alert_cleared ON alert (cluster_id, cleared_at);
CREATE INDEX alert_by_page ON alert (page_id, id);
CREATE INDEX alert_forgettable ON alert (said_at) WHERE counts = 0;

-- Incidents that a policy opened, or asked for: its limit counts them.
CREATE TABLE opening (
    page_id TEXT NOT NULL REFERENCES page (id),
    monitor TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX opening_by_monitor ON opening (page_id, monitor, at);
CREATE INDEX opening_by_age ON opening (at);

-- When a monitor of whom signs of life are expected was heard last.
CREATE TABLE heartbeat (
    page_id TEXT NOT NULL REFERENCES page (id),
    monitor TEXT NOT NULL,
    heard_at INTEGER NOT NULL,
    PRIMARY KEY (page_id, monitor)
) STRICT, WITHOUT ROWID;

-- What an operator may publish with one word (gateway/store/drafts.h).
CREATE TABLE draft (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES page (id),
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)), -- of an alert, of a provider's notice
    cluster_id INTEGER REFERENCES cluster (id),
    source TEXT NOT NULL, -- "monitor:NAME", an operator's address
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    components TEXT NOT NULL DEFAULT '', -- ids, a space between
    detail TEXT NOT NULL DEFAULT '', -- private
    incident_id INTEGER REFERENCES incident (id), -- what it became
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by TEXT NOT NULL DEFAULT '' -- an operator's address; "monitor:NAME" when it cleared
) STRICT;
CREATE INDEX draft_by_cluster ON draft (cluster_id, ended_at);
CREATE INDEX draft_ended ON draft (ended_at) WHERE detail <> '';

ALTER TABLE letter ADD COLUMN draft_id INTEGER REFERENCES draft (id);
ALTER TABLE reply_key ADD COLUMN draft_id INTEGER REFERENCES draft (id);
CREATE INDEX letter_by_draft ON letter (draft_id) WHERE draft_id IS NOT NULL;

PRAGMA user_version = 3;
