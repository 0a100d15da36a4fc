/* gateway/incident/keyed.h: addresses and ids that carry a key.
 *
 * The one place that knows how they are written and read (DESIGN section 6, "Keyed addresses"): an
 * extension of the page's address is one kind letter and lower-case base32, at most 24 characters,
 * read in any case:
 *     b  bounce: subscriber (5 bytes), notification (4), MAC (5); or, of a letter: letter (5), 0 (4)
 *     u  unsubscribe: subscriber (5), MAC (9)
 *     c  confirm, r  reply: 10 random bytes, which the store knows by their keyed hash
 * or one of the words `subscribe`, `unsubscribe`, `help`. MACs are over page, kind and numbers.
 *
 * Message-IDs (RFC 5322 section 3.6.4) carry a keyed tag that names an incident; it proves nobody.
 * Pure: the keys are an argument. */
#pragma once

#include "gateway/base/secret.h"
#include "gateway/incident/page.h"

enum keyed_kind {
    KEYED_NONE,        /* no extension */
    KEYED_BOUNCE,      /* subscriber_id and notification_id */
    KEYED_LETTER,      /* letter_id */
    KEYED_UNSUBSCRIBE, /* subscriber_id */
    KEYED_CONFIRM,     /* key */
    KEYED_REPLY,       /* key */
    KEYED_WORD,        /* word */
    KEYED_WRONG,       /* has the form of a keyed address, but its MAC is wrong */
    KEYED_UNKNOWN,     /* an extension that is none of ours: a hint at most */
};

#define KEYED_KEY_SIZE       10
#define KEYED_EXTENSION_MOST 24

struct keyed {
    enum keyed_kind kind;
    int64_t subscriber_id;
    int64_t notification_id;
    int64_t letter_id;
    uint8_t key[KEYED_KEY_SIZE];
    const char *word; /* "subscribe", "unsubscribe", "help" */
};

/* Is `address` (no angle brackets) one of this page's, with any extension? BATV's "prvs=…=" before it
 * is understood; `%` and `!` in the local part make it somebody else's. The delimiter is '+' or '-'.
 * Fills *keyed. */
bool keyed_read(const struct secret *secret, const struct page *page, struct text address,
                struct keyed *keyed);

/* Whole addresses: "status+b….@status.example.com". */
char *keyed_write_bounce(struct arena *arena, const struct secret *secret, const struct page *page,
                         int64_t subscriber_id, int64_t notification_id);
char *keyed_write_letter(struct arena *arena, const struct secret *secret, const struct page *page,
                         int64_t letter_id);
char *keyed_write_unsubscribe(struct arena *arena, const struct secret *secret,
                              const struct page *page, int64_t subscriber_id);
char *keyed_write_reply(struct arena *arena, const struct page *page,
                        const uint8_t key[KEYED_KEY_SIZE]);
char *keyed_write_confirm(struct arena *arena, const struct page *page,
                          const uint8_t key[KEYED_KEY_SIZE]);

/* As the store keeps a key: a keyed hash (SECRET_TOKEN). */
#define KEYED_HASH_SIZE 32
void keyed_hash(const struct secret *secret, const uint8_t key[KEYED_KEY_SIZE],
                uint8_t hash[KEYED_HASH_SIZE]);

/* Ids, without angle brackets: "i42.<tag>@status.example.com" is the root of incident 42's thread,
 * "n7.1234.<tag>@…" notification 7 to subscriber 1234, "l9.<tag>@…" letter 9. */
char *keyed_write_root_id(struct arena *arena, const struct secret *secret, const struct page *page,
                          int64_t number);
char *keyed_write_notification_id(struct arena *arena, const struct secret *secret,
                                  const struct page *page, int64_t notification_id,
                                  int64_t subscriber_id);
char *keyed_write_letter_id(struct arena *arena, const struct secret *secret,
                            const struct page *page, int64_t letter_id);

enum keyed_id_kind { KEYED_ID_FOREIGN, KEYED_ID_ROOT, KEYED_ID_NOTIFICATION, KEYED_ID_LETTER };

struct keyed_id {
    enum keyed_id_kind kind;
    int64_t number; /* incident's number, notification's or letter's id */
};

/* An id with a wrong tag or another page's domain is foreign. */
struct keyed_id keyed_read_id(const struct secret *secret, const struct page *page, struct text id);

/* X-Tocsin-Loop's value for a page: 26 base32 letters. */
char *keyed_write_loop(struct arena *arena, const struct secret *secret, const struct page *page);

/* Takes our own keyed addresses out of text that will be published: each "+r…@" and "+c…@" of this
 * page becomes the page's plain address. */
char *keyed_redact(struct arena *arena, const struct page *page, const char *text);
