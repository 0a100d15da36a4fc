#include "gateway/store/claim_parts.h"

#include "gateway/store/domains.h"

#include <string.h>

enum query { QUERY_NEWS, QUERY_SUBSCRIBER, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_NEWS] =
        {"SELECT id, incident_id, update_id, severity, created_at, horizon, page_id, state,"
         " news"
         " FROM notification WHERE id = ?1",
         NULL},
    /* Interest has kept out already who has a pause or a digest; but not who has an exception of before
     * that. */
    [QUERY_SUBSCRIBER] = {"SELECT id, public_id, address, kind, format, severity, language,"
                          " time_zone, created_at, confirmed_at, lane, EXISTS (SELECT 1"
                          " FROM bounce AS b WHERE b.subscriber_id = ?1 AND b.in_dialogue = 1)"
                          " FROM subscriber"
                          " WHERE id = ?1 AND page_id = ?2 AND state = 1 AND confirmed_at <= ?3"
                          " AND id <= ?4 AND coalesce(hears_since, 0) <= ?3 AND kinds & ?5"
                          " AND ((delivery = 0 AND paused_until IS NULL)"
                          " OR (breaks_through = 1 AND ?6 = 2))"
                          " AND NOT EXISTS (SELECT 1 FROM subscriber_mute"
                          " WHERE subscriber_id = ?1 AND incident_id = ?7)",
                          NULL},
};

const struct statements_table claim_parts_statements = {"claim_parts", queries, QUERY_COUNT};

const struct page *claim_find_page(const struct claim_work *work, const char *page_id)
{
    for (size_t i = 0; i < work->claims->settings.page_count; i++)
        if (strcmp(work->claims->settings.pages[i]->id, page_id) == 0)
            return work->claims->settings.pages[i];
    return NULL;
}

bool claim_load_news(const struct claim_work *work, int64_t id, struct claim_news *news,
                     GError **error)
{
    OWN(statement)
    found = statements_start(work->claims->settings.store, &claim_parts_statements, QUERY_NEWS);

    *news = (struct claim_news){0};
    statements_bind_int(found, 1, id);
    if (statements_step(found, error) != STATEMENTS_ROW)
        return statements_run(found, error);
    *news = (struct claim_news){
        .id = statements_int(found, 0),
        .incident_id = statements_int(found, 1),
        .update_id = statements_int(found, 2),
        .severity = statements_choice(found, 3, INCIDENT_SEVERITY_COUNT),
        .created_at = statements_int(found, 4),
        .horizon = statements_int(found, 5),
        .page = claim_find_page(work, statements_string(found, work->arena, 6)),
        .is_told_now = statements_int(found, 7) == 0,
        .kind = statements_choice(found, 8, NEWS_ALL + 1),
    };
    return statements_run(found, error);
}

static struct subscriber *read_subscriber(struct statement *found, struct arena *arena)
{
    struct subscriber *subscriber = ARENA_NEW(arena, struct subscriber);

    subscriber->id = statements_int(found, 0);
    subscriber->public_id = statements_string(found, arena, 1);
    subscriber->address = statements_string(found, arena, 2);
    subscriber->kind = statements_choice(found, 3, 2);
    subscriber->format = statements_choice(found, 4, SUBSCRIBER_FORMAT_COUNT);
    subscriber->severity = statements_choice(found, 5, INCIDENT_SEVERITY_COUNT);
    subscriber->language = statements_string(found, arena, 6);
    subscriber->time_zone = statements_string(found, arena, 7);
    subscriber->state = SUBSCRIBER_CONFIRMED;
    subscriber->created_at = statements_int(found, 8);
    subscriber->confirmed_at = statements_int(found, 9);
    return subscriber;
}

bool claim_add_subscriber(const struct claim_work *work, struct claim_draft *draft,
                          int64_t subscriber_id, GError **error)
{
    OWN(statement)
    found =
        statements_start(work->claims->settings.store, &claim_parts_statements, QUERY_SUBSCRIBER);

    statements_bind_int(found, 1, subscriber_id);
    statements_bind_string(found, 2, draft->news.page->id);
    statements_bind_int(found, 3, draft->news.created_at);
    statements_bind_int(found, 4, draft->news.horizon);
    statements_bind_int(found, 5, draft->news.kind);
    statements_bind_int(found, 6, draft->news.severity);
    statements_bind_int(found, 7, draft->news.incident_id);

    const enum statements_step step = statements_step(found, error);
    if (step != STATEMENTS_ROW)
        return step == STATEMENTS_DONE;

    struct subscriber *subscriber = read_subscriber(found, work->arena);
    subscriber->page_id = draft->news.page->id;

    const struct claim_item item = {.id = subscriber_id,
                                    .subscriber = subscriber,
                                    .lane = statements_choice(found, 10, 2),
                                    .was_refused = statements_int(found, 11) != 0,
                                    .reply_to = ""};
    g_array_append_val(draft->items, item);
    return statements_run(found, error);
}

bool claim_look_at_domains(const struct claim_work *work, const struct claim *claim, GError **error)
{
    bool are_any = false;

    if (claim == NULL)
        return true;
    if (!domains_are_any(work->claims->settings.store, &are_any, error))
        return false;
    ((struct claim *)(uintptr_t)claim)->are_domains_refusing = are_any;
    return true;
}
