/* gateway/compose/compose.h: what happened -> the bytes of a mail, as pieces.
 *
 * A notification is rendered once for each (notification, format, language, time zone, first missed
 * update); what differs between its recipients stands in slots, each on a line of its own in 7bit or
 * quoted-printable parts, so that filling them is copying. All bytes are 7-bit, lines end in CRLF and
 * have at most 998 octets; nothing needs encoding afterwards. Headers and threads: DESIGN section 8,
 * RFC 5322, 2045-2047, 2369, 2919, 3834, 8058; Outlook's Thread-Index: MS-OXOMSG 2.2.1.3. */
#pragma once

#include "gateway/base/secret.h"
#include "gateway/incident/digest.h"
#include "gateway/incident/letter.h"
#include "gateway/incident/story.h"
#include "gateway/incident/subscriber.h"

enum slot {
    SLOT_TO,          /* address */
    SLOT_MESSAGE_ID,  /* without angle brackets */
    SLOT_UNSUBSCRIBE, /* address */
};
#define SLOT_COUNT 3
/* A slot's value: [A-Za-z0-9@._+/:-], at most this many: with the "=" of a soft line break it fills a
 * line of quoted-printable (RFC 2045 section 6.7). Whose has more is rendered by herself. */
#define SLOT_MOST 75

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
    /* NULL, or what would stand in the slots: the message is then this recipient's own and has none. */
    const char *const *values;
};

/* Do all values fit into slots? If not, render for this recipient alone, with audience->values. */
bool compose_fits(const char *const slots[SLOT_COUNT]);

/* Lives in `arena`, which needs room for 32 MiB in the worst case. The updates are those from
 * story->first_missed on; a pager gets the latest alone. Subscribers are told of nothing private: notes
 * and authors are not among the values that their templates see. */
const struct message *compose_notification(struct compose *compose, struct arena *arena,
                                           const struct story *story,
                                           const struct audience *audience, GError **error);

/* One mail of what changed, with slots as a notification has them: html or text (a pager gets none). Each
 * story tells its updates from first_missed on; one that is resolved is a line with its duration. Lives
 * in `arena`. */
const struct message *compose_digest(struct compose *compose, struct arena *arena,
                                     const struct digest *digest, const struct audience *audience,
                                     GError **error);

/* What else a letter needs to be written. */
struct letter_facts {
    const struct page *page;
    const struct story *story; /* NULL: about no incident */
    const struct update *note; /* LETTER_NOTE: which; else NULL */
    const char *reply_to;      /* a reply key's address, or the page's; never NULL */
    int64_t hearers;           /* how many subscribers will hear; -1: nobody is told */
    bool is_hearers_least;     /* "at least" */
};

/* A whole mail without slots. What answers a mail is In-Reply-To that mail, whose id, references and
 * subject stand in letter->facts; they are a stranger's words and are checked here. Facts:
 *     in_reply_to, references (several), subject   of the mail answered, as it gave them
 *     understood, change, suggestion, candidate, component   lists of lines
 *     problem, quoted, text, private   a sentence; the line not understood; what is told, or noted
 *     title, status, severity, grammar, rule   the incident as the command leaves it; who read it
 *     missed (several)                 ids of updates that unsent copies would have told
 *     wishes, source                   of a confirm key; never shown
 *     wish, setting (several)          what was asked for, what is set: "components: api"
 *     writer, attachment (several)     LETTER_FORWARD: who wrote (whose address, if it is a plain one, is
 *                                      the Reply-To), what is left out; title: the subject
 *     reason                           what a relay or report said
 *     monitor, alert_key               LETTER_ANSWER: by which monitor's name its author spoke, of which alert
 *     alert_outcome, alert_action      likewise: what it said, as alert_outcome_name() writes it, and what the
 *                                      policy made of it: "nothing", "change" (beside the facts of a change),
 *                                      "ask", "withdraw" or "overflow"
 *     draft_component (several), detail   LETTER_DRAFT: beside title, text, severity and source (who says
 *                                      so: "monitor:NAME", or the operator who forwarded a notice, and then
 *                                      `writer`, who wrote it); components by name or id; `detail` is the
 *                                      monitor's or the notice's own words, shown to operators alone
 *     *_at                             a moment in milliseconds, shown in the reader's zone
 * No letter but LETTER_ANSWER and its like, LETTER_FORWARD and LETTER_DRAFT, where each line of it is
 * quoted, shows words of whoever wrote: a stranger must not make us send his to others. LETTER_CONFIRM
 * and LETTER_LEAVE do not even name his mail (security A39). LETTER_DIGEST is not for this function.
 * A template sees these and any other fact as {{facts.NAME}}. */
const struct message *compose_letter(struct compose *compose, struct arena *arena,
                                     const struct letter *letter, const struct letter_facts *facts,
                                     GError **error);

/* What `tocsin template try` shows. */
struct example {
    const struct page *page; /* the site's own; its first component is named */
    const char
        *kind; /* a notification's ("opened", "updated", "resolved", "reopened") or a letter's */
    enum subscriber_format format; /* of a notification */
};

/* Without slots. NULL: `error` is INPUT and lists the kinds, or a template fails. */
const struct message *compose_example(struct compose *compose, struct arena *arena,
                                      const struct example *example, GError **error);

/* The message with its slots filled, in one piece. */
struct text compose_splice(struct arena *arena, const struct message *message,
                           const char *const slots[SLOT_COUNT]);

/* The gate before the wire: 7-bit, CRLF alone, no NUL or control character but tab, lines of at most
 * 998 octets, a header block that ends, slots that fit. False: `error` (BUG) says what and at which
 * byte. `slots` may be NULL where the message has none. */
bool compose_check(const struct message *message, const char *const slots[SLOT_COUNT],
                   GError **error);
