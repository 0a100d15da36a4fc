/* gateway/store/store.h: the database, its transactions, and the one function that changes what people
 * see.
 *
 * SQLite 3 in WAL mode. SQL lives in this folder alone. A `struct store` is one connection: one thread
 * at a time. Writers BEGIN IMMEDIATE; a busy, full, read-only or missing database is BUSY, a corrupt
 * one too (and is never repaired by us), a newer schema than ours is CONFIG and leaves it untouched.
 * A function that fails inside the caller's transaction may have done a part: the transaction can then
 * only be rolled back (store_commit() refuses). What was refused by the rules has done nothing, and the
 * transaction goes on. The files of this folder that take a store: change, incidents, subscribers, letters, keys, intakes,
 * claims, relays. */
#pragma once

#include "gateway/base/secret.h"
#include "gateway/incident/story.h"

struct store;

/* A part of a list that is newest first. */
struct listing {
    const struct page *page; /* NULL: of all pages */
    int64_t before_id;       /* 0: from the newest */
    size_t most;
};

struct store_settings {
    const char *state; /* directory; the database is state/tocsin.db */
    int64_t busy_ms;   /* how long a locked database is waited for; default 5 s */
};

enum store_durability {
    STORE_FULL,   /* synchronous=FULL: what was committed survives a power cut; for intake */
    STORE_NORMAL, /* NORMAL: the sender's progress; a power cut may repeat a mail */
};

/* Opens, makes the file (0600) where there is none, and migrates. */
struct store *store_open(const struct store_settings *settings, enum store_durability durability,
                         GError **error);
void store_close(struct store *store);
OWN_DEFINE(store);

/* A sync failed: the kernel may have dropped what was written (F8), so every call now is BUSY until the
 * store is opened again; the process should end. */
bool store_is_broken(const struct store *store);

/* Transactions: everything that one mail does is one. Do not nest. store_rollback() is for every way
 * out that is not a commit, and does nothing when none is open. */
bool store_begin(struct store *store, GError **error);
bool store_commit(struct store *store, GError **error);
void store_rollback(struct store *store);

/* Mirrors pages and components where they differ from what was mirrored last (compared by a digest):
 * one transaction of its own. */
bool store_mirror(struct store *store, const struct page *const *pages, size_t page_count,
                  int64_t now, GError **error);

/* Loads what `command` concerns, asks incident_decide(), saves change, audit and notification (which
 * supersedes the incident's older ones), raises page.version. In the open transaction, or in one of
 * its own. The decision lives in `arena`; NULL: nothing was changed. Operators' copies are the
 * caller's: letters_add_copies(). A preview decides and saves nothing. */
const struct decision *store_change(struct store *store, struct arena *arena,
                                    const struct page *page, const struct command *command,
                                    int64_t now, GError **error);

/* An online copy: a temporary file beside `path`, synced, renamed; mode 0600; refuses where `path`
 * exists. */
bool store_backup(struct store *store, const char *path, GError **error);

/* PRAGMA quick_check or integrity_check: true and "ok", else the first findings. */
bool store_check(struct store *store, struct arena *arena, bool is_thorough, const char **finding,
                 GError **error);
