#include "gateway/store/bulk.h"

#include "gateway/store/connection.h"
#include "gateway/store/letters.h"
#include "gateway/store/statements.h"
#include "gateway/store/subscriber_rows.h"

#include <assert.h>

enum query { QUERY_STANDING, QUERY_COUNT };

static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_STANDING] = {"SELECT id, state, max(created_at, coalesce(confirmed_at, 0))"
                        " FROM subscriber WHERE page_id = ?1 AND address = ?2",
                        NULL},
};

const struct statements_table bulk_statements = {"bulk", queries, QUERY_COUNT};

static const char *const whys[] = {
    [BULK_ADDED] = "",
    [BULK_ASKED] = "",
    [BULK_CONFIRMED] = "",
    [BULK_THERE] = "",
    [BULK_TWICE] = "stands in the file before",
    [BULK_LEFT] = "has unsubscribed here: only she herself can come back",
    [BULK_SUSPENDED] = "is suspended here: mail to it came back",
    [BULK_SUPPRESSED] = "is suppressed here (complained, or was removed with --forget): only she "
                        "herself can come back",
};
static_assert(G_N_ELEMENTS(whys) == BULK_OUTCOME_COUNT, "an outcome says nothing");

const char *bulk_outcome_why(enum bulk_outcome outcome)
{
    assert((size_t)outcome < BULK_OUTCOME_COUNT);
    return whys[outcome];
}

/* Her row, and when it last changed its state towards us. */
struct bulk_standing {
    struct subscriber_row row;
    int64_t since;
};

static bool find_standing(const struct joins_desk *desk, const char *address,
                          struct bulk_standing *standing, GError **error)
{
    OWN(statement) found = statements_start(desk->store, &bulk_statements, QUERY_STANDING);
    enum statements_step step = STATEMENTS_DONE;

    statements_bind_string(found, 1, desk->page->id);
    statements_bind_string(found, 2, address);
    while ((step = statements_step(found, error)) == STATEMENTS_ROW) {
        standing->row.id = statements_int(found, 0);
        standing->row.state = statements_choice(found, 1, SUBSCRIBER_STATE_COUNT);
        standing->since = statements_int(found, 2);
    }
    return step == STATEMENTS_DONE;
}

static bool enrol(const struct joins_desk *desk, const struct bulk_person *person,
                  struct subscriber_row *row, GError **error)
{
    const struct consent consent = {desk->now, CONSENT_CONFIRMED, "import", person->source,
                                    person->words};

    return subscriber_rows_enrol(desk->store, person->subscriber, desk->now, row, error) &&
           joins_record(desk->store, row->id, &consent, error);
}

static bool ask(const struct joins_desk *desk, const struct bulk_person *person, GError **error)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct letter_fact));
    const struct letter_fact known[] = {{"wishes", person->words}, {"source", person->source}};
    struct letter letter = {
        .page_id = desk->page->id,
        .kind = LETTER_CONFIRM,
        .address = person->subscriber->address,
        .language = person->subscriber->language,
        .time_zone = person->subscriber->time_zone,
        .created_at = desk->now,
        .due_at = person->letter_at,
    };
    struct text rest = text_of(person->words);
    struct text line;

    g_array_append_vals(facts, known, G_N_ELEMENTS(known));
    while (text_next_line(&rest, &line)) {
        const struct letter_fact wish = {"wish", arena_copy(arena, line.at, line.size)};

        g_array_append_val(facts, wish);
    }
    letter.facts = (const struct letter_fact *)(const void *)facts->data;
    letter.fact_count = facts->len;
    return joins_ask(desk, letter.address, person->source, error) &&
           letters_add(desk->store, &letter, error);
}

/* What is to be done with who is not refused for what she is here. */
static bool take(const struct joins_desk *desk, const struct bulk_person *person,
                 struct bulk_standing *standing, enum bulk_outcome *outcome, GError **error)
{
    const bool is_new = standing->row.id == 0;
    bool is_suppressed = false;

    if (!joins_is_suppressed(desk, person->subscriber->address, &is_suppressed, error))
        return false;
    if (is_suppressed) {
        *outcome = BULK_SUPPRESSED;
        return true;
    }
    *outcome = !person->is_confirmed ? BULK_ASKED : is_new ? BULK_ADDED : BULK_CONFIRMED;
    return person->is_confirmed ? enrol(desk, person, &standing->row, error)
                                : ask(desk, person, error);
}

bool bulk_add(const struct joins_desk *desk, const struct bulk_person *person,
              enum bulk_outcome *outcome, GError **error)
{
    struct bulk_standing standing = {{0, SUBSCRIBER_PENDING}, 0};

    if (!find_standing(desk, person->subscriber->address, &standing, error))
        return false;
    if (standing.row.id == 0 || (standing.row.state == SUBSCRIBER_PENDING && person->is_confirmed))
        return take(desk, person, &standing, outcome, error);
    if (standing.row.state == SUBSCRIBER_UNSUBSCRIBED)
        *outcome = BULK_LEFT;
    else if (standing.row.state == SUBSCRIBER_SUSPENDED)
        *outcome = BULK_SUSPENDED;
    else
        *outcome = standing.since == desk->now ? BULK_TWICE : BULK_THERE;
    return true;
}

bool bulk_begin(struct store *store, GError **error)
{
    return connection_run(store,
                          "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;"
                          "PRAGMA wal_autocheckpoint = 8000;",
                          error);
}

bool bulk_end(struct store *store, GError **error)
{
    int64_t is_busy = 0; /* another checkpoint runs: it syncs as well */

    return connection_read_int(store, "PRAGMA wal_checkpoint(PASSIVE)", &is_busy, error);
}
