#include "gateway/store/intakes.h"

#include "gateway/base/moment.h"
#include "gateway/store/statements.h"

/* How long things are remembered; a tally's span is at most a week. */
#define SEEN_MS      (30 * DAY_MS)
#define CRASH_MS     (30 * DAY_MS)
#define TALLY_MS     (7 * DAY_MS)
#define HELD_MAIL_MS (7 * DAY_MS)  /* its bytes, after it ended; its row stays */
#define KEY_MS       (90 * DAY_MS) /* after it expired: until then it names its incident */
#define FORGET_MOST  500           /* rows of each at a time: nobody waits long for the lock */

enum query {
    QUERY_SEE,
    QUERY_WAS_SEEN,
    QUERY_NOTE_CRASH,
    QUERY_CRASH_COUNT,
    QUERY_TALLY,
    QUERY_TALLY_COUNT,
    QUERY_FORGET_SEEN,
    QUERY_FORGET_CRASHES,
    QUERY_FORGET_TALLIES,
    QUERY_FORGET_MAILS,
    QUERY_FORGET_KEYS,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_SEE] = {"INSERT INTO seen (page_id, kind, digest, message_id, at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5)"
                   " ON CONFLICT (page_id, kind, digest) DO UPDATE"
                   " SET at = excluded.at, message_id = excluded.message_id WHERE at < ?6",
                   NULL},
    [QUERY_WAS_SEEN] = {"SELECT 1 FROM seen WHERE page_id = ?1 AND kind = ?2 AND digest = ?3",
                        NULL},
    [QUERY_NOTE_CRASH] = {"INSERT INTO crash (digest, count, at) VALUES (?1, 1, ?2)"
                          " ON CONFLICT (digest) DO UPDATE SET count = count + 1, at = ?2",
                          NULL},
    [QUERY_CRASH_COUNT] = {"SELECT count FROM crash WHERE digest = ?1", NULL},
    /* A span that begins in the future is of a clock that was wrong: over. */
    [QUERY_TALLY] = {"INSERT INTO tally (name, key, since, count) VALUES (?1, ?2, ?3, 1)"
                     " ON CONFLICT (name, key) DO UPDATE SET"
                     " count = CASE WHEN since > ?3 - ?4 AND since <= ?3 THEN count + 1 ELSE 1 END,"
                     " since = CASE WHEN since > ?3 - ?4 AND since <= ?3 THEN since ELSE ?3 END"
                     " RETURNING count, since",
                     NULL},
    [QUERY_TALLY_COUNT] = {"SELECT count FROM tally WHERE name = ?1 AND key = ?2"
                           " AND since > ?3 - ?4 AND since <= ?3",
                           NULL},
    [QUERY_FORGET_SEEN] = {"DELETE FROM seen WHERE (page_id, kind, digest) IN"
                           " (SELECT page_id, kind, digest FROM seen WHERE at < ?1 LIMIT ?2)",
                           NULL},
    [QUERY_FORGET_CRASHES] = {"DELETE FROM crash WHERE digest IN"
                              " (SELECT digest FROM crash WHERE at < ?1 LIMIT ?2)",
                              NULL},
    [QUERY_FORGET_TALLIES] = {"DELETE FROM tally WHERE (name, key) IN"
                              " (SELECT name, key FROM tally WHERE since < ?1 LIMIT ?2)",
                              NULL},
    [QUERY_FORGET_MAILS] = {"UPDATE held SET mail = x'' WHERE id IN (SELECT id FROM held"
                            " WHERE length(mail) > 0 AND ended_at < ?1 LIMIT ?2)",
                            NULL},
    [QUERY_FORGET_KEYS] = {"DELETE FROM reply_key WHERE hash IN"
                           " (SELECT hash FROM reply_key WHERE expires_at < ?1 LIMIT ?2)",
                           NULL},
};

const struct statements_table intakes_statements = {"intakes", queries, QUERY_COUNT};

static struct text as_text(const uint8_t digest[INTAKES_DIGEST_SIZE])
{
    return text_from((const char *)digest, INTAKES_DIGEST_SIZE);
}

bool intakes_see(struct store *store, const struct page *page, enum seen_kind kind,
                 const uint8_t digest[INTAKES_DIGEST_SIZE], const char *message_id, int64_t now,
                 bool *is_new, GError **error)
{
    OWN(statement) seen = statements_start(store, &intakes_statements, QUERY_SEE);

    statements_bind_string(seen, 1, page->id);
    statements_bind_int(seen, 2, kind);
    statements_bind_blob(seen, 3, as_text(digest));
    statements_bind_string(seen, 4, message_id);
    statements_bind_int(seen, 5, now);
    statements_bind_int(seen, 6, now - SEEN_MS);
    if (!statements_run(seen, error))
        return false;
    *is_new = statements_changed(store) > 0;
    return true;
}

bool intakes_was_seen(struct store *store, const struct page *page, enum seen_kind kind,
                      const uint8_t digest[INTAKES_DIGEST_SIZE], bool *was_seen, GError **error)
{
    OWN(statement) found = statements_start(store, &intakes_statements, QUERY_WAS_SEEN);
    int64_t value = 0;

    statements_bind_string(found, 1, page->id);
    statements_bind_int(found, 2, kind);
    statements_bind_blob(found, 3, as_text(digest));
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *was_seen = value != 0;
    return true;
}

static bool note_crash(struct store *store, const uint8_t digest[INTAKES_DIGEST_SIZE], int64_t now,
                       GError **error)
{
    OWN(statement) noted = statements_start(store, &intakes_statements, QUERY_NOTE_CRASH);

    statements_bind_blob(noted, 1, as_text(digest));
    statements_bind_int(noted, 2, now);
    return statements_run(noted, error);
}

bool intakes_note_crash(struct store *store, const uint8_t digest[INTAKES_DIGEST_SIZE], int64_t now,
                        GError **error)
{
    return store_begin(store, error) &&
           statements_leave(store, STATEMENTS_OWN, note_crash(store, digest, now, error), error);
}

bool intakes_crash_count(struct store *store, const uint8_t digest[INTAKES_DIGEST_SIZE],
                         int64_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &intakes_statements, QUERY_CRASH_COUNT);

    statements_bind_blob(found, 1, as_text(digest));
    return statements_run_value(found, 0, count, error);
}

static struct statement *start_tally(struct store *store, enum query query, const char *name,
                                     const char *key)
{
    struct statement *const statement = statements_start(store, &intakes_statements, query);

    statements_bind_string(statement, 1, name);
    statements_bind_string(statement, 2, key);
    return statement;
}

bool intakes_tally(struct store *store, const char *name, const char *key, int64_t span_ms,
                   int64_t now, int64_t *count, int64_t *since, GError **error)
{
    OWN(statement) tallied = start_tally(store, QUERY_TALLY, name, key);
    int64_t found[2] = {0, 0};
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(tallied, 3, now);
    statements_bind_int(tallied, 4, span_ms);
    while ((step = statements_step(tallied, error)) == STATEMENTS_ROW) {
        found[0] = statements_int(tallied, 0);
        found[1] = statements_int(tallied, 1);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *count = found[0];
    *since = found[1];
    return true;
}

bool intakes_tally_count(struct store *store, const char *name, const char *key, int64_t span_ms,
                         int64_t now, int64_t *count, GError **error)
{
    OWN(statement) found = start_tally(store, QUERY_TALLY_COUNT, name, key);

    statements_bind_int(found, 3, now);
    statements_bind_int(found, 4, span_ms);
    return statements_run_value(found, 0, count, error);
}

static const struct {
    enum query query;
    int64_t after_ms;
} forgotten[] = {
    {QUERY_FORGET_SEEN, SEEN_MS},     {QUERY_FORGET_CRASHES, CRASH_MS},
    {QUERY_FORGET_TALLIES, TALLY_MS}, {QUERY_FORGET_MAILS, HELD_MAIL_MS},
    {QUERY_FORGET_KEYS, KEY_MS},
};

static bool forget(struct store *store, enum query query, int64_t before, GError **error)
{
    OWN(statement) statement = statements_start(store, &intakes_statements, query);

    statements_bind_int(statement, 1, before);
    statements_bind_int(statement, 2, FORGET_MOST);
    return statements_run(statement, error);
}

bool intakes_forget(struct store *store, int64_t now, GError **error)
{
    bool is_good = true;

    if (!store_begin(store, error))
        return false;
    for (size_t i = 0; is_good && i < G_N_ELEMENTS(forgotten); i++)
        is_good = forget(store, forgotten[i].query, now - forgotten[i].after_ms, error);
    return statements_leave(store, STATEMENTS_OWN, is_good, error);
}
