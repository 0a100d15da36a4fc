/* subscriber_rows_delete() of subscriber_rows.h. */
#include "gateway/store/subscriber_rows.h"

#include "gateway/store/statements.h"

#define HER_LETTERS "SELECT id FROM letter WHERE subscriber_id = ?1"

/* What refers to her, and at last she herself. A worker that has a letter or delivery of hers in hand
 * finds nobody when it looks next, and notes nothing. */
static const struct statements_query queries[] = {
    {"DELETE FROM interest WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM subscriber_topic WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM subscriber_mute WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM consent WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM bounce WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM exception WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM letter_fact WHERE letter_id IN (" HER_LETTERS ")", NULL},
    {"DELETE FROM letter WHERE subscriber_id = ?1", NULL},
    {"DELETE FROM subscriber WHERE id = ?1", NULL},
};

const struct statements_table subscriber_delete_statements = {"subscriber_delete", queries,
                                                              G_N_ELEMENTS(queries)};

bool subscriber_rows_delete(struct store *store, int64_t id, GError **error)
{
    for (size_t query = 0; query < G_N_ELEMENTS(queries); query++)
        if (!subscriber_rows_run(store, &subscriber_delete_statements, query, id, error))
            return false;
    return true;
}
