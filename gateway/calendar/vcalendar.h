/* gateway/calendar/vcalendar.h: maintenance as a calendar that every client takes, moves and removes.
 *
 * RFC 5545: CRLF, lines folded at 75 octets and never inside a character, times in UTC, so no VTIMEZONE. RFC 5546:
 * REQUEST and CANCEL name one attendee and come from the organizer; what is published or attached names none. */
#pragma once

#include "gateway/calendar/invitation.h"

struct calendar_entry {
    const char *uid;
    int64_t sequence;
    int64_t stamped_at; /* DTSTAMP: rises with each mail of the same sequence */
    int64_t starts_at;
    int64_t ends_at;
    const char *organizer;      /* address: the mail's From */
    const char *organizer_name; /* "" none */
    const char *attendee; /* address, or what stands in for it: alone on a line, as slots stand */
    const char *summary;
    const char *description; /* "" none, as the next two */
    const char *location;
    const char *url;
    enum event_status status;          /* CANCEL writes CANCELLED whatever it is */
    const struct maintnote *maintnote; /* NULL: none. Its account stands alone on a line too */
};

/* A VCALENDAR with these entries. `method`: REQUEST and CANCEL (one entry, its attendee), PUBLISH (a feed), or none (an
 * attachment). */
char *calendar_write(struct arena *arena, enum calendar_method method,
                     const struct calendar_entry *entries, size_t count);

struct calendar_answer {
    const struct invitation *invitation;
    const char *address; /* who was invited: the page */
    const char *name;    /* "" none */
    bool is_accepted;
    const char *comment; /* the reason; "" none */
    int64_t now;
};

/* METHOD:REPLY to its organizer. */
char *calendar_write_reply(struct arena *arena, const struct calendar_answer *answer);
