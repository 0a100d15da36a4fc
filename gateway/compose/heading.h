/* gateway/compose/heading.h: the header fields that every mail of ours has, in one order.
 *
 * From is the page, Sender is absent, To is the one reader (DESIGN section 8, RFC 5322 section 3.6).
 * Auto-Submitted and X-Auto-Response-Suppress keep other machines quiet (RFC 3834; MS-OXCMAIL
 * 2.1.3.2.20: never "All" or "NDR", which would keep bounces from us), X-Tocsin-Loop makes us know our
 * own mail. */
#pragma once

#include "gateway/compose/thread.h"

struct heading {
    const struct page *page;
    const char *to;         /* address, or a stand-in for it */
    const char *message_id; /* without angle brackets, or a stand-in */
    const char *reply_to;   /* address; "" for none */
    const char *subject;
    const char *auto_submitted; /* "auto-generated", "auto-replied" */
    int64_t date_at;
    bool is_short; /* From without a name: gateways to pagers show it, and count it */
    struct thread thread;
};

void heading_write(GString *output, const struct secret *secret, const struct heading *heading);

/* List-*, Precedence and Feedback-ID of what goes to subscribers; `kind` is "opened", "digest" … A
 * mailing list's own are its own affair, and it gets no key: `unsubscribe` (an address or a stand-in) is
 * "" for it, and List-* are left out. */
void heading_write_list(GString *output, const struct page *page, const char *kind,
                        const char *unsubscribe);

/* The page's address with a word: "status+help@status.example.com". */
char *heading_word_address(struct arena *arena, const struct page *page, const char *word);
