#include "gateway/store/audit.h"

#include "gateway/store/statements.h"

#include <assert.h>

enum query { QUERY_ADD, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO audit (at, page_id, incident_id, update_id, role, by_whom,"
                   " proofs, client, message_id, changes)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   NULL},
};

const struct statements_table audit_statements = {"audit", queries, QUERY_COUNT};

/* Texts are kept once, with their update. */
static const struct {
    const char *name;
    bool is_text;
} fields[] = {
    [CHANGE_OPENED] = {"opened", false},
    [CHANGE_TITLE] = {"title", false},
    [CHANGE_STATUS] = {"status", false},
    [CHANGE_SEVERITY] = {"severity", false},
    [CHANGE_COMPONENT] = {"component", false},
    [CHANGE_MESSAGE] = {"message", true},
    [CHANGE_NOTE] = {"note", true},
    [CHANGE_STARTS] = {"starts", false},
    [CHANGE_ENDS] = {"ends", false},
    [CHANGE_REMINDED] = {"reminded", false},
};
static_assert(G_N_ELEMENTS(fields) == CHANGE_FIELD_COUNT, "each change has its name");

static void write_line(GString *lines, const struct change *change)
{
    const size_t begin = lines->len;

    g_string_append(lines, fields[change->field].name);
    if (!fields[change->field].is_text && change->from[0] == '\0')
        g_string_append_printf(lines, ": %s", change->to);
    else if (!fields[change->field].is_text)
        g_string_append_printf(lines, ": %s -> %s", change->from, change->to);
    for (size_t i = begin; i < lines->len; i++)
        if (lines->str[i] == '\n')
            lines->str[i] = ' ';
    g_string_append_c(lines, '\n');
}

static GString *write_changes(const struct decision *decision)
{
    GString *const lines = g_string_new(NULL);

    for (size_t i = 0; i < decision->change_count; i++)
        write_line(lines, &decision->changes[i]);
    if (lines->len > 0)
        g_string_truncate(lines, lines->len - 1);
    return lines;
}

static int64_t update_of(const struct decision *decision)
{
    if (decision->update != NULL)
        return decision->update->id;
    return decision->note != NULL ? decision->note->id : 0;
}

bool audit_add(struct store *store, const struct actor *actor, const struct decision *decision,
               int64_t now, GError **error)
{
    OWN(statement) added = statements_start(store, &audit_statements, QUERY_ADD);
    g_autoptr(GString) changes = write_changes(decision);

    statements_bind_int(added, 1, now);
    statements_bind_string(added, 2, decision->incident->page_id);
    statements_bind_int(added, 3, decision->incident->id);
    statements_bind_id(added, 4, update_of(decision));
    statements_bind_int(added, 5, actor->role);
    statements_bind_string(added, 6, actor->by);
    statements_bind_string(added, 7, actor->proofs);
    statements_bind_string(added, 8, actor->client);
    statements_bind_string(added, 9, actor->message_id);
    statements_bind_string(added, 10, changes->str);
    return statements_run(added, error);
}
