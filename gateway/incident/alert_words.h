/* gateway/incident/alert_words.h: what is said of alerts where no template of a policy says it, in the
 * languages that our mails have. The subject is a monitor's or a component's name. */
#pragma once

#include "gateway/base/text.h"

enum alert_text {
    /* Public. */
    ALERT_TEXT_DOWN,     /* title */
    ALERT_TEXT_IMPAIRED, /* title, of what is minor */
    ALERT_TEXT_REPORTED,
    ALERT_TEXT_WORSE,
    ALERT_TEXT_UNSTABLE,
    ALERT_TEXT_RESOLVED,
    ALERT_TEXT_MANY, /* title */
    ALERT_TEXT_MANY_REPORTED,
    ALERT_TEXT_SILENT, /* title */
    ALERT_TEXT_SILENT_REPORTED,
    ALERT_TEXT_HEARD_AGAIN,
    ALERT_TEXT_WORKING, /* acknowledged */
    /* For operators. */
    ALERT_TEXT_NOTE_WORSE, /* subject: what it would be */
    ALERT_TEXT_NOTE_UNSTABLE,
    ALERT_TEXT_NOTE_CLEARED,
    ALERT_TEXT_NOTE_CLEARED_ASK,
    ALERT_TEXT_NOTE_AGAIN,
    ALERT_TEXT_NOTE_SEEN,    /* subject: the key */
    ALERT_TEXT_NOTE_SEEN_BY, /* subject: who */
    ALERT_TEXT_NOTE_OPEN,    /* subject: how many */
    ALERT_TEXT_NOTE_JOINED,  /* subject: how many */
};
#define ALERT_TEXT_COUNT 21

/* `language` is a tag as pages have it ("de", "de-AT"); one that is not known is English. */
char *alert_words(struct arena *arena, const char *language, enum alert_text text,
                  const char *subject);
