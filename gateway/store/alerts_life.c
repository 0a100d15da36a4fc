#include "gateway/store/alerts_life.h"

#include "gateway/incident/alert_words.h"
#include "gateway/store/statements.h"

enum query { QUERY_NOTE, QUERY_FIND, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_NOTE] = {"INSERT INTO heartbeat (page_id, monitor, heard_at) VALUES (?1, ?2, ?3)"
                    " ON CONFLICT (page_id, monitor) DO UPDATE SET heard_at = excluded.heard_at",
                    NULL},
    [QUERY_FIND] = {"SELECT heard_at FROM heartbeat WHERE page_id = ?1 AND monitor = ?2", NULL},
};

const struct statements_table alerts_life_statements = {"alerts_life", queries, QUERY_COUNT};

bool alerts_life_note(const struct alerts_desk *desk, const struct monitor *monitor, GError **error)
{
    if (monitor->policy.expect_every_ms == 0)
        return true;
    OWN(statement) noted = statements_start(desk->store, &alerts_life_statements, QUERY_NOTE);
    statements_bind_string(noted, 1, monitor->policy.page_id);
    statements_bind_string(noted, 2, monitor->name);
    statements_bind_int(noted, 3, desk->now);
    return statements_run(noted, error);
}

bool alerts_life_silent_at(const struct alerts_desk *desk, const struct monitor *monitor,
                           int64_t *silent_at, GError **error)
{
    OWN(statement) found = statements_start(desk->store, &alerts_life_statements, QUERY_FIND);
    int64_t heard_at = 0;

    statements_bind_string(found, 1, monitor->policy.page_id);
    statements_bind_string(found, 2, monitor->name);
    if (!statements_run_value(found, 0, &heard_at, error))
        return false;
    if (monitor->policy.expect_every_ms == 0 || heard_at == 0)
        *silent_at = 0;
    else /* heard by a clock that has stepped back since: as if it were now */
        *silent_at = MIN(heard_at, desk->now) + monitor->policy.expect_every_ms;
    return true;
}

struct alert_report alerts_life_report(struct arena *arena, const struct alerts_desk *desk,
                                       const struct monitor *monitor, enum alert_word word)
{
    return (struct alert_report){
        .word = word,
        .key = ALERT_KEY_SILENT,
        .arrived_at = desk->now,
        .detail = "",
        .who = "",
        .title = "",
        .update = "",
        .resolved = alert_words(arena, desk->page->language, ALERT_TEXT_HEARD_AGAIN, monitor->name),
    };
}
