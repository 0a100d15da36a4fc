#include "gateway/intake/admission.h"

#include "gateway/base/moment.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/notice.h"
#include "gateway/store/incidents.h"
#include "gateway/store/subscribers.h"

#include <inttypes.h>
#include <string.h>

/* As a new one, or one that left before, begins. */
static struct subscriber newcomer(const struct taking *taking, const char *address)
{
    struct subscriber subscriber = subscriber_default;

    subscriber.page_id = taking->page->id;
    subscriber.address = address;
    return subscriber;
}

/* NULL: *problem says why not. */
static const struct wishes_outcome *
apply(const struct taking *taking, const struct wishes_request *request, const char **problem)
{
    g_autoptr(GError) why = NULL;
    const struct wishes_outcome *outcome = wishes_apply(taking->arena, request, &why);

    *problem = outcome == NULL ? arena_string(taking->arena, why->message) : NULL;
    return outcome;
}

static bool find_followed(const struct taking *taking, int64_t number, int64_t *id, GError **error)
{
    const struct incident *incident = NULL;

    if (number > 0 && !incidents_find_number(taking->intake->store, taking->arena, taking->page,
                                             number, &incident, error))
        return false;
    *id = incident != NULL ? incident->id : 0;
    return true;
}

const char *admission_check(const struct taking *taking, const struct wishes *wishes)
{
    const struct subscriber subscriber = newcomer(taking, "somebody@example.com");
    const char *problem;

    (void)apply(
        taking,
        &(const struct wishes_request){
            .page = taking->page, .subscriber = &subscriber, .wishes = wishes, .now = taking->now},
        &problem);
    return problem;
}

/* The language of her word is hers, unless she asked for another. English ones say nothing: they are
 * those that we tell everybody to write. */
static const char *write_wishes(const struct taking *taking, const struct visitor *visitor)
{
    struct wishes wishes = *visitor->said->wishes;
    const char *language = visitor->said->language;

    if (wishes.language == NULL && language[0] != '\0' && strcmp(language, "en") != 0 &&
        strcmp(language, taking->page->language) != 0)
        wishes.language = language;
    return wishes_write(taking->arena, &wishes);
}

bool admission_ask(struct taking *taking, const struct visitor *visitor, const char **event,
                   GError **error)
{
    const struct joins_desk desk = visitor_desk(taking);
    const struct joins_request request = {visitor->address, taking->envelope->session.client_addr};
    bool may = false;

    *event = "join.dropped";
    if (visitor_is_closed(taking, visitor))
        return true;
    if (!joins_count(&desk, &request, &taking->intake->settings->joins, &may, error))
        return false;
    if (!may)
        return true;
    *event = "join.asked";
    return joins_ask(&desk, visitor->address, visitor_source(taking, visitor), error) &&
           notice_confirm(taking, visitor, write_wishes(taking, visitor), error);
}

/* Counted apart from joining, or who has just joined could not leave. */
static bool may_ask_to_leave(const struct taking *taking, const char *address, bool *may,
                             GError **error)
{
    const struct joins_limits *limits = &taking->intake->settings->joins;
    const char *at = strrchr(address, '@');
    const struct {
        const char *name;
        const char *key;
        int64_t span_ms;
        int64_t most;
    } measures[] = {
        {"leave hour", address, HOUR_MS, limits->per_hour},
        {"leave day", address, DAY_MS, limits->per_day},
        {"leave domain", at != NULL ? at + 1 : address, HOUR_MS, limits->per_domain},
        {"leave client", taking->envelope->session.client_addr, HOUR_MS, limits->per_network},
    };

    *may = true;
    for (size_t i = 0; *may && i < G_N_ELEMENTS(measures); i++) {
        int64_t count;

        if (!courtesy_count(taking, measures[i].name, measures[i].key, measures[i].span_ms, &count,
                            error))
            return false;
        *may = count <= measures[i].most;
    }
    return true;
}

bool admission_ask_to_leave(struct taking *taking, const struct visitor *visitor,
                            const char **event, GError **error)
{
    bool may = false;

    *event = "leave.dropped";
    if (visitor_is_closed(taking, visitor))
        return true;
    if (!may_ask_to_leave(taking, visitor->address, &may, error))
        return false;
    if (!may)
        return true;
    *event = "leave.asked";
    return notice_leave(taking, visitor, error);
}

static bool record(struct taking *taking, int64_t subscriber_id, const struct consent *consent,
                   GError **error)
{
    struct consent row = *consent;

    row.at = taking->now;
    row.how = "mail";
    return joins_record(taking->intake->store, subscriber_id, &row, error);
}

static bool welcome(struct taking *taking, const struct visitor *visitor,
                    const struct subscriber *subscriber, const struct wishes *wishes,
                    GError **error)
{
    const struct joins_desk desk = visitor_desk(taking);
    const struct consent consent = {.act = CONSENT_CONFIRMED,
                                    .source = visitor_source(taking, visitor),
                                    .words = wishes_write(taking->arena, wishes)};
    const struct subscriber *joined = NULL;
    int64_t id = 0;

    return joins_confirm(&desk, subscriber, &id, error) && record(taking, id, &consent, error) &&
           subscribers_load(taking->intake->store, taking->arena, taking->page, id, &joined,
                            error) &&
           notice_welcome(taking, visitor, joined, error);
}

bool admission_confirm(struct taking *taking, const struct visitor *visitor,
                       const struct wishes *wishes, const char **problem, GError **error)
{
    const struct subscriber fresh = newcomer(taking, visitor->address);
    struct wishes_request request = {
        .page = taking->page,
        .subscriber = visitor->subscriber != NULL ? visitor->subscriber : &fresh,
        .wishes = wishes,
        .now = taking->now,
    };
    const struct wishes_outcome *outcome;

    if (!find_followed(taking, wishes->followed, &request.followed_id, error))
        return false;
    if (wishes->followed > 0 && request.followed_id == 0) {
        *problem = arena_format(taking->arena, "there is no incident #%" PRId64 " on this page",
                                wishes->followed);
        return true;
    }
    outcome = apply(taking, &request, problem);
    return outcome == NULL || welcome(taking, visitor, outcome->subscriber, wishes, error);
}

/* *was_there false: she had left before, or never was. */
static bool remove_one(struct taking *taking, const struct subscriber *subscriber,
                       const char *source, bool *was_there, GError **error)
{
    const struct consent consent = {.act = CONSENT_LEFT, .source = source, .words = ""};

    if (!subscribers_remove_id(taking->intake->store, taking->page, subscriber->id, taking->now,
                               was_there, error))
        return false;
    return !*was_there || record(taking, subscriber->id, &consent, error);
}

bool admission_leave(struct taking *taking, const struct visitor *visitor, GError **error)
{
    struct subscriber leaver = newcomer(taking, visitor->address);
    const struct subscriber *found = NULL;
    bool was_there = false;

    if (!subscribers_find(taking->intake->store, taking->arena, taking->page, visitor->address,
                          &found, error))
        return false;
    if (found != NULL &&
        !remove_one(taking, found, visitor_source(taking, visitor), &was_there, error))
        return false;
    /* Told also where she was not subscribed: she asked, and must not wonder. */
    return notice_farewell(taking, found != NULL ? found : &leaver, visitor->said->language, error);
}

static bool is_farewell_due(const struct taking *taking, const struct subscriber *subscriber)
{
    return taking->automatic == MAIL_BY_PERSON && subscriber->format != FORMAT_PAGER;
}

static bool leave_by_key(struct taking *taking, const struct subscriber *subscriber, GError **error)
{
    const struct visitor visitor = {.address = subscriber->address};
    bool was_there = false;

    if (!remove_one(taking, subscriber, visitor_source(taking, &visitor), &was_there, error))
        return false;
    return !was_there || !is_farewell_due(taking, subscriber) ||
           notice_farewell(taking, subscriber, "", error);
}

bool admission_leave_by_key(struct taking *taking, GError **error)
{
    struct store *store = taking->intake->store;
    const struct subscriber *subscriber = NULL;

    if (!subscribers_load(store, taking->arena, taking->page, taking->keyed.subscriber_id,
                          &subscriber, error))
        return false;
    return subscriber == NULL ||
           (store_begin(store, error) && leave_by_key(taking, subscriber, error) &&
            store_commit(store, error));
}
