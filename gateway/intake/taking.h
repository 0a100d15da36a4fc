/* gateway/intake/taking.h: one mail on its way through the rows of DESIGN section 5; private to this
 * folder. */
#pragma once

#include "gateway/incident/keyed.h"
#include "gateway/intake/intake.h"
#include "gateway/store/joins.h"
#include "gateway/store/keys.h"

struct intake {
    const struct intake_settings *settings;
    struct store *store;
    struct secret *secret;
    struct grammars *grammars;
};

struct taking {
    struct intake *intake;
    struct arena *arena;
    const struct envelope *envelope;
    int64_t now;

    const struct page *page;
    struct keyed keyed;    /* of the recipient that says most */
    const char *extension; /* behind the '+', "" when none */
    uint8_t digest[MAIL_DIGEST_SIZE];
    const struct mail *mail;
    enum mail_automatic automatic; /* with what the envelope says */

    const struct reply_key *key; /* NULL: none came, or none of that hash */
    uint8_t key_hash[KEYED_HASH_SIZE];
    bool is_key_good; /* living, and of this mail's author */
    const struct confirm_key
        *confirm_key; /* of an address with `c`; NULL: none came, or none such */

    const struct operator* operator; /* whose address stands in From; NULL: nobody of this page's */
    const struct identity *identity;
    bool is_listed; /* From is an operator's of any page */
    struct trust_verdict trust;

    const struct decision *decision; /* what the mail changed; NULL: nothing */
};

/* Verdicts. The text is one sentence for the client. */
struct intake_verdict taking_taken(const struct taking *taking, const char *event);
struct intake_verdict taking_refused(const struct taking *taking, enum tocsin_error code,
                                     const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What an error makes of the mail; the open transaction is rolled back. */
struct intake_verdict taking_failed(const struct taking *taking, const GError *error);

/* "incident.opened" …: for the log. */
const char *taking_event_of(const struct decision *decision);
