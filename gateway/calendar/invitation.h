/* gateway/calendar/invitation.h: the calendar part of a mail (iMIP, RFC 6047, 5546, 5545) as plain values.
 *
 * Reading decides nothing: who may invite whom, and what a method does, is for gateway/incident. A part that is no
 * calendar is an error; an event whose times cannot be used has its `trouble`, so that an answer (REPLY), which
 * changes nothing, is known as one whatever stands in it. */
#pragma once

#include "gateway/calendar/maintnote.h"

#include <stdint.h>

enum calendar_method {
    CALENDAR_NO_METHOD, /* a calendar that somebody attached */
    CALENDAR_PUBLISH,
    CALENDAR_REQUEST,
    CALENDAR_REPLY,
    CALENDAR_ADD,
    CALENDAR_CANCEL,
    CALENDAR_REFRESH,
    CALENDAR_COUNTER,
    CALENDAR_DECLINECOUNTER,
};
#define CALENDAR_METHOD_COUNT 9

enum event_status { EVENT_STATUS_UNSAID, EVENT_TENTATIVE, EVENT_CONFIRMED, EVENT_CANCELLED };
#define EVENT_STATUS_COUNT 4

/* A person: organizer, attendee. */
struct calendar_person {
    const char *address; /* without "mailto:"; "" where it is no mail address */
    const char *name;    /* CN; "" */
    const char *state;   /* PARTSTAT in upper case; "" */
};

/* One instance of an event that recurs. */
struct occurrence {
    int64_t starts_at;
    int64_t ends_at;
    int64_t original_at; /* by which RECURRENCE-ID names it */
    bool is_cancelled;   /* by an exception of the same part */
};

struct invitation {
    const char *uid;
    int64_t sequence; /* 0 where not said */
    bool has_sequence;
    int64_t stamped_at; /* DTSTAMP; 0 */
    struct calendar_person organizer;
    const struct calendar_person *attendees;
    size_t attendee_count;
    int64_t starts_at; /* 0 where there is no time, or `trouble` */
    int64_t ends_at;   /* as its start where neither DTEND nor DURATION stands */
    bool has_end;
    bool is_all_day;
    bool is_floating;    /* a time of no zone: read in the limits' */
    const char *zone;    /* IANA; "UTC" for times in UTC; "" where only the calendar knows it */
    const char *trouble; /* why its times cannot be used, without full stop; NULL: they can */
    const char *summary;
    const char *description;
    const char *location;
    const char *comment;
    enum event_status status;
    int64_t recurrence_at;      /* RECURRENCE-ID: the instance that this is about; 0: all */
    const char *recurrence_day; /* "20261201" where RECURRENCE-ID is a DATE; "" */
    bool is_from_then_on;       /* RANGE=THISANDFUTURE */
    bool is_recurring;
    const struct occurrence *occurrences; /* of what recurs: those not over, by start */
    size_t occurrence_count;
    bool is_cut;                       /* there are more: horizon, count or deadline */
    const struct maintnote *maintnote; /* NULL: none */
};

struct calendar {
    enum calendar_method method;
    const struct invitation *invitations; /* one a VEVENT */
    size_t count;
    size_t other_count; /* VTODO, VJOURNAL, VFREEBUSY */
};

struct calendar_limits {
    size_t bytes_most;       /* default 64 KiB */
    size_t lines_most;       /* default 2,000 */
    size_t events_most;      /* default 20 */
    size_t occurrences_most; /* at most CALENDAR_OCCURRENCES_MOST */
    int64_t horizon_ms;      /* occurrences that begin later are left out; default 180 days */
    int64_t deadline_ms;     /* for all of a part's recurrence; default 500 ms */
};
#define CALENDAR_OCCURRENCES_MOST 50

extern const struct calendar_limits calendar_limits_default;

struct calendar_frame {
    const struct calendar_limits *limits;
    int64_t now;
    const char *zone; /* of days and times without any: the page's */
};

/* `text` is the decoded part, `method` the parameter of its Content-Type ("" for none). NULL: `error` is INPUT or
 * LIMIT and says why it is no calendar. */
const struct calendar *calendar_read(struct arena *arena, struct text text, struct text method,
                                     const struct calendar_frame *frame, GError **error);

/* "REQUEST"; NULL for none. */
const char *calendar_method_name(enum calendar_method method);
const char *event_status_name(enum event_status status);

/* Has a provider's notice all that the standard asks for? False: `error` (INPUT) names what is missing. */
bool calendar_check_maintnote(const struct invitation *invitation, GError **error);
