-- Scheduled maintenance: an incident with a time (gateway/incident/maintenance.h).

CREATE TABLE maintenance (
    incident_id INTEGER PRIMARY KEY REFERENCES incident (id),
    page_id TEXT NOT NULL REFERENCES page (id),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    began_at INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER NOT NULL DEFAULT 0 CHECK ((ended_at <> 0) = (state >= 3)),
    completes_by_time INTEGER NOT NULL CHECK (completes_by_time IN (0, 1)),
    announced_at INTEGER NOT NULL,
    reminded_at INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0,
    invitation TEXT NOT NULL DEFAULT '',
    invited INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER -- when the clock is to look; NULL: never
) STRICT;
CREATE INDEX maintenance_due ON maintenance (page_id, due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX maintenance_invited ON maintenance (page_id, invitation) WHERE invitation <> '';

-- What a maintenance was after an update; NULL of an incident's.
ALTER TABLE incident_update ADD COLUMN stage INTEGER CHECK (stage BETWEEN 0 AND 4);

-- Which kind of news (a bit of enum news_kind) it is: who hears.
ALTER TABLE notification ADD COLUMN news INTEGER NOT NULL DEFAULT 1 CHECK (news IN (1, 2, 4));

PRAGMA user_version = 4;
