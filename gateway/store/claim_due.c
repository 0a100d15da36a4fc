#include "gateway/store/claim_due.h"

#include "gateway/store/claim_slice.h"
#include "gateway/store/letters.h"

#define LOOK_MOST         200  /* due exceptions looked at to choose the notification */
#define LOOKS_MOST        50   /* as often as all of them are moot */
#define LETTERS_LOOK_MOST 1000 /* some may be of pages that are no more */

enum query {
    QUERY_LETTERS,
    QUERY_LETTERS_OF_SLICE,
    QUERY_FACTS,
    QUERY_LOOK,
    QUERY_DROP,
    QUERY_EXCEPTIONS,
    QUERY_EXCEPTIONS_OF_SLICE,
    QUERY_MARK_LETTER,
    QUERY_MARK_EXCEPTION,
    QUERY_COUNT,
};

#define LETTER_COLUMNS                                                                             \
    "l.id, l.page_id, l.kind, l.address, l.is_operator, l.language, l.time_zone, l.incident_id,"   \
    " l.update_id, l.notification_id, l.held_id, l.created_at, l.due_at, l.failures, l.began_at,"  \
    " l.subscriber_id, EXISTS (SELECT 1 FROM bounce AS b WHERE b.subscriber_id = l.subscriber_id"  \
    " AND b.in_dialogue = 1), l.draft_id"

static const struct statements_query queries[QUERY_COUNT] = {
    /* One of an incident and address at a time, in their order, also behind one that was replaced
     * while it was in hand. */
    [QUERY_LETTERS] = {"SELECT " LETTER_COLUMNS " FROM letter AS l"
                       " WHERE l.state = 0 AND l.due_at <= ?1 AND l.slice_id IS NULL"
                       " AND l.priority BETWEEN ?3 AND ?4"
                       " AND NOT EXISTS (SELECT 1 FROM letter AS o WHERE o.address = l.address"
                       " AND o.incident_id = l.incident_id AND o.id < l.id"
                       " AND (o.state = 0 OR o.slice_id IS NOT NULL))"
                       " ORDER BY l.priority, l.due_at LIMIT ?2",
                       "l: the index of those that wait"},
    [QUERY_LETTERS_OF_SLICE] = {"SELECT " LETTER_COLUMNS " FROM letter AS l"
                                " WHERE l.slice_id = ?1 AND l.state = 0 AND l.id > ?2"
                                " ORDER BY l.id",
                                NULL},
    [QUERY_FACTS] = {"SELECT name, value FROM letter_fact WHERE letter_id = ?1 ORDER BY position",
                     NULL},
    [QUERY_LOOK] = {"SELECT e.notification_id, e.subscriber_id, n.state, n.severity, n.page_id"
                    " FROM exception AS e JOIN notification AS n ON n.id = e.notification_id"
                    " WHERE e.state = 0 AND e.slice_id IS NULL AND e.due_at <= ?1"
                    " ORDER BY e.due_at LIMIT ?2",
                    NULL},
    [QUERY_DROP] = {"UPDATE exception SET state = 4"
                    " WHERE notification_id = ?1 AND subscriber_id = ?2",
                    NULL},
    [QUERY_EXCEPTIONS] = {"SELECT subscriber_id, failures, began_at FROM exception"
                          " WHERE notification_id = ?1 AND state = 0 AND slice_id IS NULL"
                          " AND due_at <= ?2 ORDER BY subscriber_id LIMIT ?3",
                          NULL},
    [QUERY_EXCEPTIONS_OF_SLICE] = {"SELECT subscriber_id, failures, began_at FROM exception"
                                   " WHERE slice_id = ?1 AND state = 0 AND notification_id = ?2"
                                   " AND subscriber_id > ?3 ORDER BY subscriber_id",
                                   NULL},
    [QUERY_MARK_LETTER] = {"UPDATE letter SET slice_id = ?2 WHERE id = ?1", NULL},
    [QUERY_MARK_EXCEPTION] = {"UPDATE exception SET slice_id = ?3"
                              " WHERE notification_id = ?1 AND subscriber_id = ?2",
                              NULL},
};

const struct statements_table claim_due_statements = {"claim_due", queries, QUERY_COUNT};

static struct statement *start(const struct claim_work *work, size_t query)
{
    return statements_start(work->claims->settings.store, &claim_due_statements, query);
}

static bool load_facts(const struct claim_work *work, struct letter *letter, GError **error)
{
    OWN(statement) found = start(work, QUERY_FACTS);
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct letter_fact));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, letter->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct letter_fact fact = {statements_string(found, work->arena, 0),
                                         statements_string(found, work->arena, 1)};
        g_array_append_val(facts, fact);
    }
    letter->facts = arena_alloc_array(work->arena, facts->len, sizeof(struct letter_fact));
    letter->fact_count = facts->len;
    if (facts->len > 0)
        memcpy((void *)(uintptr_t)letter->facts, facts->data,
               facts->len * sizeof(struct letter_fact));
    return step == STATEMENTS_DONE;
}

static void read_letter(const struct claim_work *work, struct statement *found,
                        struct claim_draft *draft)
{
    struct letter *letter = ARENA_NEW(work->arena, struct letter);

    letter->id = statements_int(found, 0);
    letter->page_id = statements_string(found, work->arena, 1);
    letter->kind = statements_choice(found, 2, LETTER_KIND_COUNT);
    letter->address = statements_string(found, work->arena, 3);
    letter->is_operator = statements_int(found, 4) != 0;
    letter->language = statements_string(found, work->arena, 5);
    letter->time_zone = statements_string(found, work->arena, 6);
    letter->incident_id = statements_int(found, 7);
    letter->update_id = statements_int(found, 8);
    letter->notification_id = statements_int(found, 9);
    letter->held_id = statements_int(found, 10);
    letter->created_at = statements_int(found, 11);
    letter->due_at = statements_int(found, 12);
    letter->subscriber_id = statements_int(found, 15);
    letter->draft_id = statements_int(found, 17);
    if (claim_find_page(work, letter->page_id) == NULL)
        return; /* of a page that is no more */

    const struct claim_item item = {
        .id = letter->id,
        .letter = letter,
        .reply_to = "",
        .was_refused = statements_int(found, 16) != 0,
        .failures = (uint32_t)MIN(statements_int(found, 13), INT32_MAX),
        .began_at = statements_int(found, 14),
    };
    g_array_append_val(draft->items, item);
}

static gint compare_items(gconstpointer one, gconstpointer other)
{
    const struct claim_item *left = one;
    const struct claim_item *right = other;

    return left->id < right->id ? -1 : left->id > right->id;
}

static bool read_letters(const struct claim_work *work, struct statement *found,
                         struct claim_draft *draft, GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    while (draft->items->len < CLAIM_LETTERS_MOST &&
           (step = statements_step(found, error)) == STATEMENTS_ROW)
        read_letter(work, found, draft);
    if (step == STATEMENTS_FAILED)
        return false;
    draft->kind = CLAIM_LETTERS;
    g_array_sort(draft->items, compare_items); /* the progress file counts by id */
    for (guint i = 0; i < draft->items->len; i++) {
        struct claim_item *item = &g_array_index(draft->items, struct claim_item, i);
        if (!load_facts(work, (struct letter *)(uintptr_t)item->letter, error))
            return false;
    }
    return true;
}

static bool find_letters(const struct claim_work *work, int first, int last,
                         struct claim_draft *draft, GError **error)
{
    OWN(statement) found = start(work, QUERY_LETTERS);

    statements_bind_int(found, 1, work->now);
    statements_bind_int(found, 2, LETTERS_LOOK_MOST);
    statements_bind_int(found, 3, first);
    statements_bind_int(found, 4, last);
    return read_letters(work, found, draft, error);
}

bool claim_due_letters(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    return find_letters(work, 0, LETTER_PRIORITY_DIGEST - 1, draft, error);
}

bool claim_due_digests(const struct claim_work *work, struct claim_draft *draft, GError **error)
{
    return find_letters(work, LETTER_PRIORITY_DIGEST, INT32_MAX, draft, error);
}

static bool drop(const struct claim_work *work, int64_t notification_id, int64_t subscriber_id,
                 GError **error)
{
    OWN(statement) dropped = start(work, QUERY_DROP);

    statements_bind_int(dropped, 1, notification_id);
    statements_bind_int(dropped, 2, subscriber_id);
    return statements_run(dropped, error);
}

/* The due one of the most severe notification that waits longest. */
struct choice {
    int64_t notification_id; /* 0: none */
    int64_t severity;
    int64_t dropped;
};

static bool choose(const struct claim_work *work, struct choice *choice, GError **error)
{
    OWN(statement) found = start(work, QUERY_LOOK);
    enum statements_step step = STATEMENTS_DONE;

    *choice = (struct choice){0, -1, 0};
    statements_bind_int(found, 1, work->now);
    statements_bind_int(found, 2, LOOK_MOST);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);
        const int64_t severity = statements_int(found, 3);
        const char *page_id = statements_string(found, work->arena, 4);
        /* A newer notification reaches her anyway: its ring goes round everybody. */
        const bool is_moot =
            statements_int(found, 2) != 0 || claim_find_page(work, page_id) == NULL;

        if (is_moot && !drop(work, id, statements_int(found, 1), error))
            return false;
        choice->dropped += is_moot ? 1 : 0;
        if (!is_moot && severity > choice->severity) {
            choice->notification_id = id;
            choice->severity = severity;
        }
    }
    return step == STATEMENTS_DONE;
}

/* Who is no more to hear is dropped. */
static bool read_exceptions(const struct claim_work *work, struct statement *found,
                            struct claim_draft *draft, GError **error)
{
    enum statements_step step = STATEMENTS_DONE;

    draft->kind = CLAIM_EXCEPTIONS;
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const int64_t id = statements_int(found, 0);
        const guint before = draft->items->len;

        if (!claim_add_subscriber(work, draft, id, error))
            return false;
        if (draft->items->len == before) {
            if (!drop(work, draft->news.id, id, error))
                return false;
            continue;
        }
        struct claim_item *item = &g_array_index(draft->items, struct claim_item, before);
        item->failures = (uint32_t)MIN(statements_int(found, 1), INT32_MAX);
        item->began_at = statements_int(found, 2);
    }
    return step == STATEMENTS_DONE;
}

static bool take_exceptions(const struct claim_work *work, int64_t notification_id,
                            struct claim_draft *draft, GError **error)
{
    if (!claim_load_news(work, notification_id, &draft->news, error))
        return false;

    OWN(statement) found = start(work, QUERY_EXCEPTIONS);
    statements_bind_int(found, 1, notification_id);
    statements_bind_int(found, 2, work->now);
    statements_bind_int(found, 3, (int64_t)work->wish->most);
    return read_exceptions(work, found, draft, error);
}

bool claim_due_exceptions(const struct claim_work *work, const struct claim_urgency *urgency,
                          struct claim_draft *draft, GError **error)
{
    struct choice choice = {.dropped = LOOK_MOST};

    for (int i = 0; i < LOOKS_MOST && choice.dropped == LOOK_MOST; i++)
        if (!choose(work, &choice, error))
            return false;

    const bool is_later = urgency->is_there && (urgency->lane == LANE_PAGER ||
                                                (int64_t)urgency->severity > choice.severity);
    if (choice.notification_id == 0 || is_later)
        return true;
    if (!take_exceptions(work, choice.notification_id, draft, error))
        return false;
    return draft->items->len > 0 || claim_slice_end_news(work, choice.notification_id, error);
}

static bool mark(const struct claim_work *work, const struct claim_draft *draft, int64_t id,
                 int64_t slice_id, GError **error)
{
    if (draft->kind == CLAIM_LETTERS) {
        OWN(statement) letter = start(work, QUERY_MARK_LETTER);
        statements_bind_int(letter, 1, id);
        statements_bind_int(letter, 2, slice_id);
        return statements_run(letter, error);
    }
    OWN(statement) exception = start(work, QUERY_MARK_EXCEPTION);
    statements_bind_int(exception, 1, draft->news.id);
    statements_bind_int(exception, 2, id);
    statements_bind_int(exception, 3, slice_id);
    return statements_run(exception, error);
}

bool claim_due_mark(const struct claim_work *work, const struct claim_draft *draft,
                    int64_t slice_id, GError **error)
{
    if (draft->kind == CLAIM_STRETCH)
        return true;
    for (guint i = 0; i < draft->items->len; i++)
        if (!mark(work, draft, g_array_index(draft->items, struct claim_item, i).id, slice_id,
                  error))
            return false;
    return true;
}

bool claim_due_refill(const struct claim_work *work, int64_t slice_id, int64_t after_id,
                      struct claim_draft *draft, GError **error)
{
    if (draft->kind == CLAIM_LETTERS) {
        OWN(statement) letters = start(work, QUERY_LETTERS_OF_SLICE);
        statements_bind_int(letters, 1, slice_id);
        statements_bind_int(letters, 2, after_id);
        return read_letters(work, letters, draft, error);
    }
    OWN(statement) exceptions = start(work, QUERY_EXCEPTIONS_OF_SLICE);
    statements_bind_int(exceptions, 1, slice_id);
    statements_bind_int(exceptions, 2, draft->news.id);
    statements_bind_int(exceptions, 3, after_id);
    return read_exceptions(work, exceptions, draft, error);
}
