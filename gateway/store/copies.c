/* letters_add_copies() of letters.h. */
#include "gateway/store/letters.h"

#include "gateway/store/statements.h"

#include <inttypes.h>

enum query {
    QUERY_WROTE_TO,
    QUERY_MISSED,
    QUERY_REPLACE,
    QUERY_COUNT,
};

/* An unsent copy that no worker has in hand. */
#define UNSENT "address = ?1 AND incident_id = ?2 AND state = 0 AND kind = ?3 AND slice_id IS NULL"

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_WROTE_TO] = {"SELECT 1 FROM incident_update WHERE by_whom = ?1 AND incident_id = ?2"
                        " LIMIT 1",
                        NULL},
    /* What a copy had missed itself stands before its own update. */
    [QUERY_MISSED] = {"SELECT l.id, f.position, CAST(f.value AS INTEGER) FROM letter AS l"
                      " JOIN letter_fact AS f ON f.letter_id = l.id AND f.name = 'missed'"
                      " WHERE l." UNSENT
                      " UNION ALL SELECT id, 1000000, update_id FROM letter WHERE " UNSENT
                      " ORDER BY 1, 2",
                      NULL},
    [QUERY_REPLACE] = {"UPDATE letter SET state = 3, ended_at = ?4 WHERE " UNSENT, NULL},
};

const struct statements_table copies_statements = {"copies", queries, QUERY_COUNT};

/* One decision on its way to the operators. */
struct round {
    struct store *store;
    const struct page *page;
    const struct decision *decision;
    int64_t now;
};

static bool wrote_to(const struct round *round, const char *address, bool *wrote, GError **error)
{
    OWN(statement) found = statements_start(round->store, &copies_statements, QUERY_WROTE_TO);
    int64_t value = 0;

    statements_bind_string(found, 1, address);
    statements_bind_int(found, 2, round->decision->incident->id);
    if (!statements_run_value(found, 0, &value, error))
        return false;
    *wrote = value != 0;
    return true;
}

static bool wants_copy(const struct round *round, const struct operator* operator, bool * wants,
                       GError **error)
{
    switch (operator->notify) {
    case OPERATOR_NOTIFY_ALL:
        *wants = true;
        return true;
    case OPERATOR_NOTIFY_OWN:
        return wrote_to(round, operator->address, wants, error);
    case OPERATOR_NOTIFY_NONE:
        break;
    }
    *wants = false;
    return true;
}

static void bind_unsent(const struct round *round, struct statement *statement, const char *address)
{
    statements_bind_string(statement, 1, address);
    statements_bind_int(statement, 2, round->decision->incident->id);
    statements_bind_int(statement, 3, LETTER_COPY);
}

static bool load_missed(const struct round *round, struct arena *arena, const char *address,
                        GArray *facts, GError **error)
{
    OWN(statement) found = statements_start(round->store, &copies_statements, QUERY_MISSED);
    enum statements_step step = STATEMENTS_DONE;

    bind_unsent(round, found, address);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct letter_fact fact = {"missed",
                                         arena_format(arena, "%" PRId64, statements_int(found, 2))};

        g_array_append_val(facts, fact);
    }
    return step == STATEMENTS_DONE;
}

static bool replace_unsent(const struct round *round, const char *address, GError **error)
{
    OWN(statement) replaced = statements_start(round->store, &copies_statements, QUERY_REPLACE);

    bind_unsent(round, replaced, address);
    statements_bind_int(replaced, 4, round->now);
    return statements_run(replaced, error);
}

static struct letter make_letter(const struct round *round, const struct operator* operator,
                                 enum letter_kind kind)
{
    const struct decision *const decision = round->decision;

    return (struct letter){
        .page_id = round->page->id,
        .kind = kind,
        .address = operator->address,
        .is_operator = true,
        .language = operator->language,
        .time_zone = operator->time_zone,
        .incident_id = decision->incident->id,
        .update_id = kind == LETTER_COPY ? decision->update->id : decision->note->id,
        .notification_id = kind == LETTER_COPY ? decision->notification_id : 0,
        .created_at = round->now,
        .due_at = round->now,
    };
}

/* At most 100 missed ones are carried: a mail tells no more. */
#define MISSED_MOST 100

static bool add_copy(const struct round *round, const struct operator* operator, GError ** error)
{
    OWN(arena) arena = arena_open((size_t)1024 * 1024);
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct letter_fact));
    struct letter letter = make_letter(round, operator, LETTER_COPY);

    if (!load_missed(round, arena, operator->address, facts, error) ||
        !replace_unsent(round, operator->address, error))
        return false;
    const guint skipped = facts->len > MISSED_MOST ? facts->len - MISSED_MOST : 0;
    if (facts->len > 0) /* an empty array has no bytes to point at */
        letter.facts = &g_array_index(facts, struct letter_fact, skipped);
    letter.fact_count = facts->len - skipped;
    return letters_add(round->store, &letter, error);
}

static bool add_note(const struct round *round, const struct operator* operator, GError ** error)
{
    struct letter letter = make_letter(round, operator, LETTER_NOTE);

    return letters_add(round->store, &letter, error);
}

static bool add_for(const struct round *round, const struct operator* operator, GError ** error)
{
    bool wants = false;

    if (!wants_copy(round, operator, & wants, error))
        return false;
    if (!wants)
        return true;
    if (round->decision->note != NULL && !add_note(round, operator, error))
        return false;
    return round->decision->notification_id == 0 || add_copy(round, operator, error);
}

bool letters_add_copies(struct store *store, const struct page *page,
                        const struct operator* const * operators, size_t operator_count,
                        const struct decision *decision, const char *but_address, int64_t now,
                        GError **error)
{
    const struct round round = {store, page, decision, now};
    const enum statements_scope scope = statements_enter(store, error);
    bool is_good = scope != STATEMENTS_REFUSED;

    for (size_t i = 0; is_good && i < operator_count; i++)
        if (operator_is_of_page(operators[i], page->id) &&
            !text_is_equal_any_case(text_of(operators[i]->address), text_of(but_address)))
            is_good = add_for(&round, operators[i], error);
    return scope != STATEMENTS_REFUSED && statements_leave(store, scope, is_good, error);
}
