/* gateway/compose/compose.h: what happened -> the bytes of a mail, as pieces.
 *
 * A notification is rendered once for each (notification, format, language, time zone, first missed
 * update); what differs between its recipients stands in slots, each on a line of its own in 7bit or
 * quoted-printable parts, so that filling them is copying. All bytes are 7-bit, lines end in CRLF and
 * have at most 998 octets; nothing needs encoding afterwards. Headers and threads: DESIGN section 8,
 * RFC 5322, 2045-2047, 2369, 2919, 3834, 8058; Outlook's Thread-Index: MS-OXOMSG 2.2.1.3. */
#pragma once

#include "gateway/base/secret.h"
#include "gateway/incident/letter.h"
#include "gateway/incident/story.h"
#include "gateway/incident/subscriber.h"

enum slot {
    SLOT_TO,          /* address */
    SLOT_MESSAGE_ID,  /* without angle brackets */
    SLOT_UNSUBSCRIBE, /* address */
};
#define SLOT_COUNT 3
/* A slot's value: [A-Za-z0-9@._+/:=-], at most this many. Whose has more is rendered by herself. */
#define SLOT_MOST 60

struct piece {
    struct text bytes; /* unless is_slot */
    bool is_slot;
    enum slot slot;
};

struct message {
    const struct piece *pieces;
    size_t piece_count;
};

struct compose_settings {
    const char *templates_site;    /* directory, NULL: none; overrides file by file */
    const char *templates_shipped; /* directory */
};

struct compose;

/* Loads and checks all templates. `secret` is borrowed. */
struct compose *compose_open(const struct compose_settings *settings, const struct secret *secret,
                             GError **error);
void compose_close(struct compose *compose);
OWN_DEFINE(compose);

/* For whom a notification is rendered. */
struct audience {
    enum subscriber_kind kind; /* lists get no personal keys */
    enum subscriber_format format;
    const char *language;  /* "" is the page's */
    const char *time_zone; /* likewise */
};

/* Lives in `arena`. */
const struct message *compose_notification(struct compose *compose, struct arena *arena,
                                           const struct story *story,
                                           const struct audience *audience, GError **error);

/* What else a letter needs to be written. */
struct letter_facts {
    const struct page *page;
    const struct story *story; /* NULL: about no incident */
    const struct update *note; /* LETTER_NOTE: which; else NULL */
    const char *reply_to;      /* a reply key's address, or the page's; never NULL */
    int64_t hearers;           /* how many subscribers will hear; -1: nobody is told */
    bool is_hearers_least;     /* "at least" */
};

/* A whole mail without slots. Answers and questions are In-Reply-To the mail that they answer, whose
 * id, references and subject stand in letter->facts ("in_reply_to", "references", "subject"). */
const struct message *compose_letter(struct compose *compose, struct arena *arena,
                                     const struct letter *letter, const struct letter_facts *facts,
                                     GError **error);

/* The gate before the wire: 7-bit, CRLF alone, no NUL or control character but tab, lines of at most
 * 998 octets, a header block that ends. False: `error` (BUG) says what and at which byte. */
bool compose_check(const struct message *message, const char *const slots[SLOT_COUNT],
                   GError **error);
