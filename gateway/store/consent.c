/* Of joins.h: when, how and from where a subscriber agreed to what. */
#include "gateway/store/joins.h"

#include "gateway/store/rows.h"
#include "gateway/store/statements.h"

#include <assert.h>

enum query { QUERY_ADD, QUERY_LIST, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_ADD] = {"INSERT INTO consent (subscriber_id, at, act, how, source, words)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   NULL},
    [QUERY_LIST] = {"SELECT at, act, how, source, words FROM consent WHERE subscriber_id = ?1"
                    " ORDER BY id",
                    NULL},
};

const struct statements_table consent_statements = {"consent", queries, QUERY_COUNT};

static const char *const acts[] = {
    [CONSENT_ASKED] = "asked", [CONSENT_CONFIRMED] = "confirmed",   [CONSENT_CHANGED] = "changed",
    [CONSENT_LEFT] = "left",   [CONSENT_COMPLAINED] = "complained",
};
static_assert(G_N_ELEMENTS(acts) == CONSENT_ACT_COUNT, "an act has no name");

const char *consent_act_name(enum consent_act act)
{
    assert((size_t)act < CONSENT_ACT_COUNT);
    return acts[act];
}

bool joins_record(struct store *store, int64_t subscriber_id, const struct consent *consent,
                  GError **error)
{
    OWN(statement) added = statements_start(store, &consent_statements, QUERY_ADD);

    statements_bind_int(added, 1, subscriber_id);
    statements_bind_int(added, 2, consent->at);
    statements_bind_int(added, 3, consent->act);
    statements_bind_string(added, 4, consent->how);
    statements_bind_string(added, 5, consent->source);
    statements_bind_string(added, 6, consent->words);
    return statements_run(added, error);
}

bool joins_consents(struct store *store, struct arena *arena, int64_t subscriber_id,
                    const struct consent **consents, size_t *count, GError **error)
{
    OWN(statement) found = statements_start(store, &consent_statements, QUERY_LIST);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct consent));
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_int(found, 1, subscriber_id);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        const struct consent consent = {
            .at = statements_int(found, 0),
            .act = statements_choice(found, 1, CONSENT_ACT_COUNT),
            .how = statements_string(found, arena, 2),
            .source = statements_string(found, arena, 3),
            .words = statements_string(found, arena, 4),
        };
        g_array_append_val(rows, consent);
    }
    if (step == STATEMENTS_FAILED)
        return false;
    *consents = rows_keep(arena, rows);
    *count = rows->len;
    return true;
}
