/* spool/mailroom.h: from what was claimed to what is handed to a relay.
 *
 * A notification is rendered once for each (kind of subscriber, format, language, time zone, first
 * missed update) and kept until another is claimed; per recipient only slots are written. */
#pragma once

#include "gateway/compose/compose.h"
#include "gateway/store/claims.h"
#include "spool/relay.h"

struct mailroom_settings {
    struct store *store;
    struct compose *compose;
    const struct secret *secret;
    const struct page *const *pages;
    size_t page_count;
};

struct mailroom;

/* Settings are copied, what they point to is borrowed. */
struct mailroom *mailroom_open(const struct mailroom_settings *settings);
void mailroom_close(struct mailroom *mailroom);
OWN_DEFINE(mailroom);

/* Fills *mail for an item; what it points to lives until the next call. mail->message NULL: it is moot,
 * nobody wants it any more. False: this mail cannot be written now (a template fails, the store is
 * busy). */
bool mailroom_write(struct mailroom *mailroom, const struct claim *claim, size_t item,
                    struct relay_mail *mail, GError **error);
