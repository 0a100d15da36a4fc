#include "gateway/store/drafts.h"

#include "gateway/store/letters.h"
#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

enum query {
    QUERY_ADD,
    QUERY_FIND,
    QUERY_WAITING,
    QUERY_END,
    QUERY_END_LETTERS,
    QUERY_FORGET,
    QUERY_COUNT,
};

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO draft (page_id, kind, cluster_id, source, title, message, severity,"
                   " components, detail, created_at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   NULL},
    [QUERY_FIND] = {"SELECT id, kind, cluster_id, source, title, message, severity, components,"
                    " detail, incident_id, created_at, ended_at, ended_by FROM draft"
                    " WHERE id = ?1 AND page_id = ?2",
                    NULL},
    [QUERY_WAITING] = {"SELECT id FROM draft WHERE cluster_id = ?1 AND ended_at IS NULL LIMIT 1",
                       NULL},
    [QUERY_END] = {"UPDATE draft SET ended_at = ?1, ended_by = ?2, incident_id = ?3"
                   " WHERE id = ?4 AND ended_at IS NULL",
                   NULL},
    [QUERY_END_LETTERS] = {"UPDATE letter SET state = 3, ended_at = ?1"
                           " WHERE draft_id = ?2 AND state = 0 AND slice_id IS NULL",
                           NULL},
    [QUERY_FORGET] = {"UPDATE draft SET detail = '' WHERE id IN (SELECT id FROM draft"
                      " WHERE ended_at < ?1 AND detail <> '' LIMIT ?2)",
                      NULL},
};

const struct statements_table drafts_statements = {"drafts", queries, QUERY_COUNT};

static struct statement *start(struct store *store, size_t query)
{
    return statements_start(store, &drafts_statements, query);
}

static char *join_components(const struct draft_row *draft)
{
    GString *joined = g_string_new(NULL);

    for (size_t i = 0; i < draft->component_count; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? " " : "", draft->component_ids[i]);
    return g_string_free(joined, FALSE);
}

bool drafts_add(struct store *store, const struct page *page, struct draft_row *draft,
                GError **error)
{
    OWN(statement) added = start(store, QUERY_ADD);
    g_autofree char *components = join_components(draft);

    statements_bind_string(added, 1, page->id);
    statements_bind_int(added, 2, draft->kind);
    statements_bind_id(added, 3, draft->cluster_id);
    statements_bind_string(added, 4, draft->source);
    statements_bind_string(added, 5, draft->title);
    statements_bind_string(added, 6, draft->message);
    statements_bind_int(added, 7, draft->severity);
    statements_bind_string(added, 8, components);
    statements_bind_string(added, 9, draft->detail);
    statements_bind_int(added, 10, draft->created_at);
    if (!statements_run(added, error))
        return false;
    draft->id = statements_last_id(store);
    return true;
}

static void split_components(struct arena *arena, const char *joined, struct draft_row *draft)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(const char *));
    struct text rest = text_of(joined);
    struct text piece;

    while (rest.size > 0 && text_next_piece(&rest, ' ', &piece)) {
        const char *id = arena_copy(arena, piece.at, piece.size);

        g_array_append_val(ids, id);
    }
    draft->component_ids = rows_keep(arena, ids);
    draft->component_count = ids->len;
}

static struct draft_row *read_draft(struct statement *found, struct arena *arena)
{
    struct draft_row *draft = ARENA_NEW(arena, struct draft_row);

    draft->id = statements_int(found, 0);
    draft->kind = statements_choice(found, 1, DRAFT_NOTICE + 1);
    draft->cluster_id = statements_int(found, 2);
    draft->source = statements_string(found, arena, 3);
    draft->title = statements_string(found, arena, 4);
    draft->message = statements_string(found, arena, 5);
    draft->severity = statements_choice(found, 6, INCIDENT_SEVERITY_COUNT);
    split_components(arena, statements_string(found, arena, 7), draft);
    draft->detail = statements_string(found, arena, 8);
    draft->incident_id = statements_int(found, 9);
    draft->created_at = statements_int(found, 10);
    draft->ended_at = statements_int(found, 11);
    draft->ended_by = statements_string(found, arena, 12);
    return draft;
}

bool drafts_find(struct store *store, struct arena *arena, const struct page *page, int64_t id,
                 const struct draft_row **draft, GError **error)
{
    OWN(statement) found = start(store, QUERY_FIND);
    const struct draft_row *read = NULL;
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, id);
    statements_bind_string(found, 2, page->id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW)
        read = read_draft(found, arena);
    if (step == STATEMENTS_FAILED)
        return false;
    *draft = read;
    return true;
}

bool drafts_find_waiting(struct store *store, int64_t cluster_id, int64_t *id, GError **error)
{
    OWN(statement) found = start(store, QUERY_WAITING);

    statements_bind_int(found, 1, cluster_id);
    return statements_run_value(found, 0, id, error);
}

static bool end_letters(struct store *store, int64_t draft_id, int64_t now, GError **error)
{
    OWN(statement) ended = start(store, QUERY_END_LETTERS);

    statements_bind_int(ended, 1, now);
    statements_bind_int(ended, 2, draft_id);
    return statements_run(ended, error);
}

bool drafts_end(struct store *store, const struct draft_row *draft, const struct draft_end *end,
                bool *was_waiting, GError **error)
{
    OWN(statement) ended = start(store, QUERY_END);

    statements_bind_int(ended, 1, end->now);
    statements_bind_string(ended, 2, end->by);
    statements_bind_id(ended, 3, end->incident_id);
    statements_bind_int(ended, 4, draft->id);
    if (!statements_run(ended, error))
        return false;
    *was_waiting = statements_changed(store) > 0;
    return !*was_waiting || end_letters(store, draft->id, end->now, error);
}

static void add_fact(GArray *facts, const char *name, const char *value)
{
    const struct letter_fact fact = {name, value};

    if (value[0] != '\0')
        g_array_append_val(facts, fact);
}

static void list_facts(const struct draft_row *draft, GArray *facts)
{
    add_fact(facts, "title", draft->title);
    add_fact(facts, "text", draft->message);
    add_fact(facts, "severity", incident_severity_name(draft->severity));
    add_fact(facts, "source", draft->source);
    for (size_t i = 0; i < draft->component_count; i++)
        add_fact(facts, "draft_component", draft->component_ids[i]);
    add_fact(facts, "detail", draft->detail);
}

static bool ask_one(const struct draft_round *round, const struct draft_row *draft,
                    const struct operator* operator, GError ** error)
{
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct letter_fact));
    struct letter letter = {
        .page_id = round->page->id,
        .kind = LETTER_DRAFT,
        .address = operator->address,
        .is_operator = true,
        .language = operator->language,
        .time_zone = operator->time_zone,
        .draft_id = draft->id,
        .created_at = round->now,
        .due_at = round->now,
    };

    list_facts(draft, facts);
    letter.facts = &g_array_index(facts, struct letter_fact, 0);
    letter.fact_count = facts->len;
    return letters_add(round->store, &letter, error);
}

bool drafts_ask(const struct draft_round *round, const struct draft_row *draft, GError **error)
{
    for (size_t i = 0; i < round->operator_count; i++) {
        const struct operator* const operator= round->operators[i];

        if (!operator_is_of_page(operator, round->page->id) || operator->notify ==
                                                               OPERATOR_NOTIFY_NONE ||
                                                               text_is_equal_any_case(
                                                                   text_of(operator->address),
                                                                   text_of(round->but_address)))
            continue;
        if (!ask_one(round, draft, operator, error))
            return false;
    }
    return true;
}

bool drafts_forget(struct store *store, int64_t before, int64_t most, GError **error)
{
    OWN(statement) forgotten = start(store, QUERY_FORGET);

    statements_bind_int(forgotten, 1, before);
    statements_bind_int(forgotten, 2, most);
    return statements_run(forgotten, error);
}
