/* gateway/incident/decide.h: the rules of incidents: facts and a command make a decision.
 *
 * Pure: no store, no mail, no clock. store_change() loads the facts, asks here, and saves what comes
 * back in the same transaction. */
#pragma once

#include "gateway/incident/command.h"
#include "gateway/incident/subscriber.h"

/* The worst state that other open incidents and maintenances give a component. */
struct standing {
    const char *component_id;
    enum component_state state;
};

struct facts {
    const struct page *page;
    const struct incident *incident; /* NULL: to be opened, or there is none of that id */
    const struct standing *others;   /* only components that are not operational by them */
    size_t other_count;
};

enum notification_kind {
    NOTIFICATION_NONE,
    NOTIFICATION_OPENED,
    NOTIFICATION_UPDATED,
    NOTIFICATION_RESOLVED,
    NOTIFICATION_REOPENED,
    NOTIFICATION_SCHEDULED, /* these of a maintenance */
    NOTIFICATION_REMINDED,
    NOTIFICATION_MOVED,
    NOTIFICATION_BEGAN,
    NOTIFICATION_COMPLETED,
    NOTIFICATION_CANCELLED,
    NOTIFICATION_POSTMORTEM, /* published after the incident was resolved */
};
#define NOTIFICATION_KIND_COUNT 12

enum change_field {
    CHANGE_OPENED,
    CHANGE_TITLE,
    CHANGE_STATUS,
    CHANGE_SEVERITY,
    CHANGE_COMPONENT, /* from and to are "API: operational", "API: major_outage" */
    CHANGE_MESSAGE,
    CHANGE_NOTE,
    CHANGE_STARTS, /* moments, as ISO 8601 */
    CHANGE_ENDS,
    CHANGE_REMINDED,
};
#define CHANGE_FIELD_COUNT 10

/* One thing that became different, in words for the answer and the audit. */
struct change {
    enum change_field field;
    const char *from; /* "" when there was nothing */
    const char *to;
};

struct decision {
    const struct incident *incident; /* as it is to be; with its ids once it was stored */
    const struct update *update;     /* public; NULL when nothing public changed */
    const struct update *note;       /* NULL when none was written */
    enum notification_kind notification;
    enum news_kind news;           /* whose readers hear of it */
    int64_t notification_id;       /* set by store_change(); 0 for none */
    const struct standing *states; /* components whose state becomes another */
    size_t state_count;
    const struct change *changes; /* none: the command asked for what is already so */
    size_t change_count;
};

/* NULL: nothing may change; `error` is INPUT (no title, no text: says what would work), DENIED (not
 * this page's operator; a role that may not), MISSING (no such incident on this page) or LIMIT.
 * A silent command (Notify: no) decides NOTIFICATION_NONE. A command that changes nothing and says
 * nothing is INPUT. A resolved incident takes text (its status stays) and is reopened by another status
 * within page->reopen_ms; later both are DENIED, and `error` says how to open a new one. Private notes
 * are always taken. */
const struct decision *incident_decide(struct arena *arena, const struct facts *facts,
                                       const struct command *command, int64_t now, GError **error);

const char *notification_kind_name(enum notification_kind kind);
bool notification_kind_parse(struct text name, enum notification_kind *kind);
