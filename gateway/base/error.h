/* gateway/base/error.h: what went wrong, and who can mend it.
 *
 * One GError domain. The message is the sentence that the user reads: the deepest function says what
 * and why, each caller puts the name of its thing in front (g_prefix_error), nobody repeats what the
 * caller knows. The code says who can mend it, and one table says how every door says so. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define TOCSIN_ERROR (tocsin_error_quark())
GQuark tocsin_error_quark(void);

enum tocsin_error {
    TOCSIN_ERROR_INPUT,   /* the author: what was sent cannot be understood or is malformed */
    TOCSIN_ERROR_DENIED,  /* the author: may not do that */
    TOCSIN_ERROR_MISSING, /* the author: names what does not exist */
    TOCSIN_ERROR_LIMIT,   /* the author: too large, too many */
    TOCSIN_ERROR_BUSY,    /* time: try again */
    TOCSIN_ERROR_CONFIG,  /* the administrator */
    TOCSIN_ERROR_BUG,     /* us */
};

struct error_reply {
    const char *smtp;     /* "550" */
    const char *enhanced; /* "5.7.1", RFC 3463 */
    int exit;             /* sysexits.h */
    int http;
};

/* Never NULL. */
const struct error_reply *error_reply(enum tocsin_error code);

/* The reply for an error of any domain: one that is not ours is a BUG. */
const struct error_reply *error_reply_of(const GError *error);

/* Sets `error` from the format and returns false: `return error_set(error, TOCSIN_ERROR_INPUT, …)`. */
bool error_set(GError **error, enum tocsin_error code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
