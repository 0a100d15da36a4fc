#include "gateway/incident/wishes.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/incident/wishes_settings.h"

#include <inttypes.h>
#include <string.h>

bool wishes_are_none(const struct wishes *wishes)
{
    return !wishes->has_topics && wishes->added_count == 0 && wishes->removed_count == 0 &&
           !wishes->has_severity && !wishes->has_kinds && !wishes->has_format &&
           !wishes->has_delivery && !wishes->has_digest_minute && !wishes->has_digest_weekday &&
           !wishes->has_breaks_through && wishes->time_zone == NULL && wishes->language == NULL &&
           !wishes->has_pause && wishes->muted_count == 0 && wishes->unmuted_count == 0 &&
           wishes->followed == 0;
}

/* Topics that are being put together. */
struct topics {
    const char **at;
    size_t count;
};

static size_t find_topic(const struct topics *topics, const char *topic)
{
    size_t place = 0;

    while (place < topics->count && strcmp(topics->at[place], topic) != 0)
        place++;
    return place;
}

static void add_topics(struct topics *topics, const char *const *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (find_topic(topics, more[i]) == topics->count)
            topics->at[topics->count++] = more[i];
}

static bool is_followed(const char *topic)
{
    return g_str_has_prefix(topic, "i:");
}

/* What she is called by: "api", "Core". */
static const char *topic_name(const char *topic)
{
    if (g_str_has_prefix(topic, "c:comp_"))
        return topic + strlen("c:comp_");
    return topic + strlen("c:");
}

static bool remove_topic(struct topics *topics, const struct page *page, const char *topic,
                         GError **error)
{
    const size_t place = find_topic(topics, topic);
    const struct component *component =
        g_str_has_prefix(topic, "c:") ? page_find_component(page, topic + strlen("c:")) : NULL;

    if (place < topics->count) {
        topics->at[place] = topics->at[--topics->count];
        return true;
    }
    for (size_t i = 0; i < topics->count && component != NULL; i++)
        if (g_str_has_prefix(topics->at[i], "g:") &&
            strcmp(topics->at[i] + strlen("g:"), component->group) == 0)
            return error_set(error, TOCSIN_ERROR_INPUT,
                             "\"%s\" is in the group \"%s\", of which you hear as a whole: list "
                             "the components that you want",
                             topic_name(topic), component->group);
    return true;
}

static bool remove_topics(struct topics *topics, const struct page *page,
                          const struct wishes *wishes, GError **error)
{
    if (wishes->removed_count == 0)
        return true;
    if (topics->count == 0)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "you hear of all components, so \"-%s\" takes nothing away: list those "
                         "that you want",
                         topic_name(wishes->removed_topics[0]));
    for (size_t i = 0; i < wishes->removed_count; i++)
        if (!remove_topic(topics, page, wishes->removed_topics[i], error))
            return false;
    if (topics->count == 0)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "nothing would be left of the components; to hear nothing more, write "
                         "unsubscribe");
    return true;
}

static bool follow(struct arena *arena, const struct wishes *wishes, int64_t followed_id,
                   struct subscriber *subscriber, GError **error)
{
    if (wishes->has_topics || wishes->added_count > 0 || wishes->removed_count > 0)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "to follow one incident means to hear of no other: leave the components "
                         "away");
    const char **topics = ARENA_ARRAY(arena, const char *, 1);
    topics[0] = arena_format(arena, "i:%" PRId64, followed_id);
    subscriber->topics = topics;
    subscriber->topic_count = 1;
    return true;
}

/* Everything, and besides api, is everything. Who names components follows a single incident no more. */
static void choose_topics(const struct subscriber *subscriber, const struct wishes *wishes,
                          struct topics *topics)
{
    const bool was_all = subscriber->topic_count == 0;

    if (wishes->has_topics)
        add_topics(topics, wishes->topics, wishes->topic_count);
    for (size_t i = 0; i < subscriber->topic_count && !wishes->has_topics; i++)
        if (!is_followed(subscriber->topics[i]) || wishes->added_count == 0)
            add_topics(topics, &subscriber->topics[i], 1);
    if (wishes->has_topics ? wishes->topic_count > 0 : !was_all)
        add_topics(topics, wishes->added_topics, wishes->added_count);
}

static bool apply_topics(struct arena *arena, const struct page *page, const struct wishes *wishes,
                         struct subscriber *subscriber, GError **error)
{
    struct topics topics = {
        ARENA_ARRAY(arena, const char *,
                    wishes->topic_count + wishes->added_count + subscriber->topic_count + 1),
        0};

    choose_topics(subscriber, wishes, &topics);
    if (!remove_topics(&topics, page, wishes, error))
        return false;
    if (topics.count > WISHES_TOPICS_MOST)
        return error_set(error, TOCSIN_ERROR_INPUT, "%zu components are too many: at most %d",
                         topics.count, WISHES_TOPICS_MOST);
    subscriber->topics = topics.at;
    subscriber->topic_count = topics.count;
    return true;
}

static bool apply_filters(const struct wishes *wishes, struct subscriber *subscriber,
                          GError **error)
{
    if (wishes->has_severity)
        subscriber->severity = wishes->severity;
    if (wishes->has_kinds && (wishes->kinds & NEWS_ALL) == 0)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "no kind of news would be left; to hear nothing more, write unsubscribe");
    if (wishes->has_kinds)
        subscriber->kinds = wishes->kinds & NEWS_ALL;
    return true;
}

/* What is the page's anyway needs no choice of her own. */
static const char *choose(const char *own, const char *pages, const char *wish)
{
    if (wish == NULL || (*own == '\0' && strcmp(wish, pages) == 0))
        return own;
    return wish;
}

static bool apply_ways(const struct page *page, const struct wishes *wishes,
                       struct subscriber *subscriber, GError **error)
{
    const char *zone = wishes->time_zone;

    if (zone != NULL && *zone != '\0' && !moment_is_zone(zone))
        return error_set(error, TOCSIN_ERROR_INPUT, "\"%s\" is no time zone", zone);
    subscriber->time_zone = choose(subscriber->time_zone, page->time_zone, zone);
    subscriber->language = choose(subscriber->language, page->language, wishes->language);
    if (wishes->has_format)
        subscriber->format = wishes->format;
    if (wishes->has_delivery)
        subscriber->delivery = wishes->delivery;
    if (wishes->has_digest_minute)
        subscriber->digest_minute = wishes->digest_minute;
    if (wishes->has_digest_weekday)
        subscriber->digest_weekday = wishes->digest_weekday;
    if (wishes->has_breaks_through)
        subscriber->breaks_through = wishes->breaks_through;
    if (subscriber->format == FORMAT_PAGER && subscriber->delivery != DELIVERY_IMMEDIATE)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a pager gets each message at once, no digest: choose delivery immediate, "
                         "or the format html or text");
    return true;
}

/* Who ends her digests gets what is waiting as a last one. */
static void apply_digest(const struct page *page, const struct subscriber *before, int64_t now,
                         struct subscriber *subscriber)
{
    const bool is_same = subscriber->delivery == before->delivery &&
                         subscriber->digest_minute == before->digest_minute &&
                         subscriber->digest_weekday == before->digest_weekday &&
                         strcmp(subscriber->time_zone, before->time_zone) == 0;
    const bool had_none = before->delivery == DELIVERY_IMMEDIATE;

    if (subscriber->delivery == DELIVERY_IMMEDIATE) {
        if (!had_none)
            subscriber->digest_at = subscriber->format != FORMAT_PAGER ? now : 0;
        return;
    }
    if (had_none && before->digest_at == 0) /* else her last one is still to come */
        subscriber->digest_since = now;
    if (!is_same || subscriber->digest_at == 0)
        subscriber->digest_at = subscriber_next_digest(subscriber, page->time_zone, now);
}

static bool apply_pause(const struct wishes *wishes, int64_t now, struct subscriber *subscriber,
                        GError **error)
{
    if (!wishes->has_pause)
        return true;
    if (wishes->pause_ms < 0 || wishes->pause_ms > WISHES_PAUSE_MOST_MS)
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "a pause lasts at most a year; for longer, unsubscribe");
    /* To the minute, as it is shown: what is sent back changes nothing. */
    subscriber->paused_until =
        wishes->pause_ms == 0 ? 0
                              : (now + wishes->pause_ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
    return true;
}

static const struct wish_change *compare(struct arena *arena, const struct page *page,
                                         const struct subscriber *before,
                                         const struct subscriber *after, size_t *count)
{
    struct wish_line old[WISH_LINES_MOST];
    struct wish_line new[WISH_LINES_MOST];
    struct wish_change *changes = ARENA_ARRAY(arena, struct wish_change, WISH_LINES_MOST);
    const size_t line_count = wishes_settings(arena, page, before, old);

    (void)wishes_settings(arena, page, after, new);
    *count = 0;
    for (size_t i = 0; i < line_count; i++)
        if (strcmp(old[i].value, new[i].value) != 0)
            changes[(*count)++] = (struct wish_change){old[i].name, old[i].value, new[i].value};
    return changes;
}

const struct wishes_outcome *wishes_apply(struct arena *arena, const struct wishes_request *request,
                                          GError **error)
{
    const struct page *page = request->page;
    const struct wishes *wishes = request->wishes;
    struct subscriber *after = ARENA_NEW(arena, struct subscriber);
    struct wishes_outcome *outcome = ARENA_NEW(arena, struct wishes_outcome);

    *after = *request->subscriber;
    if (request->followed_id != 0 ? !follow(arena, wishes, request->followed_id, after, error)
                                  : !apply_topics(arena, page, wishes, after, error))
        return NULL;
    if (!apply_filters(wishes, after, error) || !apply_ways(page, wishes, after, error) ||
        !apply_pause(wishes, request->now, after, error))
        return NULL;
    apply_digest(page, request->subscriber, request->now, after);
    outcome->subscriber = after;
    outcome->changes = compare(arena, page, request->subscriber, after, &outcome->change_count);
    return outcome;
}
