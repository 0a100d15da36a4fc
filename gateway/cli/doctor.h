/* gateway/cli/doctor.h: what the checks of `tocsin doctor` share.
 *
 * A check looks at one thing and reports rows: what it saw and, where that is wrong, how to mend it.
 * It changes nothing (but a database of an older version, which is migrated as every verb does), and
 * it waits for nobody longer than DOCTOR_WAIT_MS a step. Words of others (a relay's greeting, a
 * setting of Postfix) are cleaned by doctor_report(). */
#pragma once

#include "gateway/cli/invocation.h"

#define DOCTOR_WAIT_MS INT64_C(5000)

enum doctor_status { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_ERROR };

struct doctor_row {
    const char *check;
    enum doctor_status status;
    const char *text;
    const char *remedy; /* "" when nothing is to be done */
};

struct doctor {
    struct arena *arena;
    const char *config_file;
    const struct config *config;
    const char *postfix_directory; /* of main.cf; NULL: Postfix's own choice */
    const char *probe;             /* HOST:PORT that the forged mail goes to; NULL: none is sent */
    const char *sent; /* a notification as it arrived, which alone is looked at; or NULL */
    bool is_thorough;
    bool has_no_postfix; /* said by the administrator */
    const char *check;   /* the one that is running */
    GArray *rows;        /* of struct doctor_row */
};

/* Adds a row of the running check; `remedy` is a string of ours or of the arena. */
void doctor_report(struct doctor *doctor, enum doctor_status status, const char *remedy,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The checks, in doctor_host.c, doctor_state.c and doctor_relay.c; of Postfix, see front.h; with a
 * mail, doctor_probe.h. */
void doctor_check_configuration(struct doctor *doctor);
void doctor_check_user(struct doctor *doctor);
void doctor_check_zones(struct doctor *doctor);
void doctor_check_patterns(struct doctor *doctor);
void doctor_check_state(struct doctor *doctor);
void doctor_check_disk(struct doctor *doctor);
void doctor_check_database(struct doctor *doctor);
void doctor_check_key(struct doctor *doctor);
void doctor_check_monitors(struct doctor *doctor); /* doctor_monitors.c */
void doctor_check_milter(struct doctor *doctor);
void doctor_check_relays(struct doctor *doctor);

/* Of doctor->sent, in doctor_sent.c. */
void doctor_check_sent(struct doctor *doctor);
