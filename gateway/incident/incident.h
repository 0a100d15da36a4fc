/* gateway/incident/incident.h: an incident and its updates, as values. */
#pragma once

#include "gateway/incident/maintenance.h"
#include "gateway/incident/page.h"

enum incident_status {
    INCIDENT_INVESTIGATING,
    INCIDENT_IDENTIFIED,
    INCIDENT_MONITORING,
    INCIDENT_RESOLVED,
};
#define INCIDENT_STATUS_COUNT 4

enum incident_severity { SEVERITY_MINOR, SEVERITY_MAJOR, SEVERITY_CRITICAL };
#define INCIDENT_SEVERITY_COUNT 3

/* The longest title, in characters, and text of an update, in bytes, that is taken. */
#define INCIDENT_TITLE_MOST 200
#define INCIDENT_TEXT_MOST  (64 * 1024)

/* A component that the incident affects or has affected. */
struct affected {
    const char *component_id;
    enum component_state state; /* while current; what it was last otherwise */
    bool is_current;
};

struct incident {
    int64_t id;            /* the store's; 0 before it was stored */
    const char *public_id; /* "inc_…"; NULL before it was stored */
    int64_t number;        /* shown as #42 */
    const char *page_id;
    const char *title;
    const char *first_title; /* what subjects show, from the first mail to the last */
    enum incident_status status;
    enum incident_severity severity;
    enum incident_severity highest_severity; /* ever */
    const struct affected *affected;         /* all ever, in order of first appearance */
    size_t affected_count;
    int64_t created_at;
    int64_t updated_at;
    int64_t resolved_at;                   /* 0 while not resolved */
    const struct maintenance *maintenance; /* NULL: it is none */
};

enum update_kind { UPDATE_PUBLIC, UPDATE_NOTE };

/* One step that was told (or, a note, that never is told to subscribers). */
struct update {
    int64_t id;
    const char *public_id; /* "upd_…" */
    enum update_kind kind;
    enum incident_status status;     /* after it */
    enum incident_severity severity; /* after it */
    bool has_stage;                  /* of a maintenance */
    enum maintenance_state stage;    /* after it */
    const char *message;             /* Markdown as the author wrote it; "" when none */
    const char *by;                  /* address, "cli:USER" … */
    int64_t created_at;
};

/* "investigating", "minor"; capitalised for people: "Investigating", "Minor". */
const char *incident_status_name(enum incident_status status);
const char *incident_status_label(enum incident_status status);
bool incident_status_parse(struct text name, enum incident_status *status);
const char *incident_severity_name(enum incident_severity severity);
const char *incident_severity_label(enum incident_severity severity);
bool incident_severity_parse(struct text name, enum incident_severity *severity);

/* What an incident of that severity makes of a component unless its author says otherwise. */
enum component_state incident_component_state(enum incident_severity severity);
