#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/incident/wishes.h"
#include "tests/unit/unit.h"

#define NOW INT64_C(1795514400000) /* 2026-11-24 10:00 UTC, a Tuesday */

static const struct component components[] = {
    {"comp_api", "API", "Core"},
    {"comp_db", "Database", "Core"},
    {"comp_web", "Website", ""},
    {"comp_core2", "Mail", "API"},
};
static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .time_zone = "Europe/Berlin",
    .language = "de",
    .components = components,
    .component_count = G_N_ELEMENTS(components),
};

static const char *const topics_api[] = {"c:comp_api"};
static const char *const topics_web[] = {"c:comp_web"};
static const char *const topics_db[] = {"c:comp_db"};
static const char *const topics_core[] = {"g:Core"};
static const char *const topics_two[] = {"c:comp_api", "c:comp_web"};
static const char *const topics_mixed[] = {"c:comp_web", "g:API", "g:Core"};
static const char *const topics_followed[] = {"i:17"};

static const struct wishes_outcome *apply(struct arena *arena, const struct subscriber *subscriber,
                                          const struct wishes *wishes, int64_t followed_id)
{
    g_autoptr(GError) error = NULL;
    const struct wishes_request request = {&page, subscriber, wishes, followed_id, NOW};
    const struct wishes_outcome *outcome = wishes_apply(arena, &request, &error);

    if (error != NULL)
        print_error("%s\n", error->message);
    assert_non_null(outcome);
    return outcome;
}

static void assert_refused(const struct subscriber *subscriber, const struct wishes *wishes,
                           int64_t followed_id, const char *words)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GError) error = NULL;
    const struct wishes_request request = {&page, subscriber, wishes, followed_id, NOW};

    assert_null(wishes_apply(arena, &request, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT));
    if (strstr(error->message, words) == NULL)
        fail_msg("\"%s\" says nothing of \"%s\"", error->message, words);
}

static struct subscriber with_topics(const char *const *topics, size_t count)
{
    struct subscriber subscriber = subscriber_default;

    subscriber.topics = topics;
    subscriber.topic_count = count;
    return subscriber;
}

static const char *join(struct arena *arena, const char *const *topics, size_t count)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", topics[i]);
    return arena_string(arena, out->str);
}

TEST(what_is_not_said_stays_as_it_is)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct wishes none = {0};
    struct subscriber subscriber = with_topics(topics_two, 2);

    subscriber.severity = SEVERITY_CRITICAL;
    subscriber.delivery = DELIVERY_DAILY;
    subscriber.digest_at = 7;
    subscriber.digest_since = 6;
    subscriber.paused_until = 5;
    const struct wishes_outcome *outcome = apply(arena, &subscriber, &none, 0);
    assert_true(wishes_are_none(&none));
    assert_int_equal(outcome->change_count, 0);
    assert_string_equal(join(arena, outcome->subscriber->topics, 2), "c:comp_api c:comp_web");
    assert_int_equal(outcome->subscriber->severity, SEVERITY_CRITICAL);
    assert_int_equal(outcome->subscriber->digest_at, 7);
    assert_int_equal(outcome->subscriber->digest_since, 6);
    assert_int_equal(outcome->subscriber->paused_until, 5);
}

TEST(components_are_replaced_added_and_taken_away)
{
    static const struct {
        struct wishes wishes;
        const char *from;
        const char *to;
        const char *topics;
        struct {
            const char *const *topics;
            size_t count;
        } had;
    } cases[] = {
        {{.has_topics = true, .topics = topics_api, .topic_count = 1},
         "api, web",
         "api",
         "c:comp_api",
         {topics_two, 2}},
        {{.has_topics = true}, "api, web", "all", "", {topics_two, 2}},
        {{.added_topics = topics_db, .added_count = 1},
         "api, web",
         "api, web, db",
         "c:comp_api c:comp_web c:comp_db",
         {topics_two, 2}},
        {{.added_topics = topics_api, .added_count = 1},
         NULL,
         NULL,
         "c:comp_api c:comp_web",
         {topics_two, 2}},
        {{.added_topics = topics_api, .added_count = 1}, NULL, NULL, "", {NULL, 0}},
        {{.removed_topics = topics_api, .removed_count = 1},
         "api, web",
         "web",
         "c:comp_web",
         {topics_two, 2}},
        {{.removed_topics = topics_db, .removed_count = 1},
         NULL,
         NULL,
         "c:comp_api c:comp_web",
         {topics_two, 2}},
        {{.added_topics = topics_core,
          .added_count = 1,
          .removed_topics = topics_api,
          .removed_count = 1},
         "api",
         "Core",
         "g:Core",
         {topics_api, 1}},
        /* A group of the name of a component says so. */
        {{.has_topics = true, .topics = topics_mixed, .topic_count = 3},
         "api",
         "web, group API, Core",
         "c:comp_web g:API g:Core",
         {topics_api, 1}},
        /* Who named components follows one incident no more. */
        {{.added_topics = topics_api, .added_count = 1},
         "",
         "api",
         "c:comp_api",
         {topics_followed, 1}},
        {{.has_topics = true}, "", "all", "", {topics_followed, 1}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const struct subscriber had = with_topics(cases[i].had.topics, cases[i].had.count);
        const struct wishes_outcome *outcome = apply(arena, &had, &cases[i].wishes, 0);
        assert_string_equal(
            join(arena, outcome->subscriber->topics, outcome->subscriber->topic_count),
            cases[i].topics);
        assert_int_equal(outcome->change_count, cases[i].to != NULL ? 1 : 0);
        if (cases[i].to == NULL)
            continue;
        assert_string_equal(outcome->changes[0].name, "components");
        assert_string_equal(outcome->changes[0].from, cases[i].from);
        assert_string_equal(outcome->changes[0].to, cases[i].to);
    }
}

TEST(what_would_leave_nothing_or_contradicts_itself_changes_nothing)
{
    const struct subscriber all = subscriber_default;
    const struct subscriber api = with_topics(topics_api, 1);
    const struct subscriber core = with_topics(topics_core, 1);
    struct subscriber daily = subscriber_default;
    const struct wishes no_web = {.removed_topics = topics_web, .removed_count = 1};
    const struct wishes no_api = {.removed_topics = topics_api, .removed_count = 1};
    const struct wishes no_kind = {.has_kinds = true};
    const struct wishes pager = {.has_format = true, .format = FORMAT_PAGER};
    const struct wishes pager_daily = {.has_format = true,
                                       .format = FORMAT_PAGER,
                                       .has_delivery = true,
                                       .delivery = DELIVERY_WEEKLY};
    const struct wishes long_pause = {.has_pause = true, .pause_ms = WISHES_PAUSE_MOST_MS + 1};
    const struct wishes back = {.has_pause = true, .pause_ms = -1};
    const struct wishes mars = {.time_zone = "Mars/Olympus"};
    const struct wishes escape = {.time_zone = "../../etc/passwd"};
    const struct wishes both = {.added_topics = topics_api, .added_count = 1, .followed = 42};

    daily.delivery = DELIVERY_DAILY;
    assert_refused(&all, &no_web, 0, "all components");
    assert_refused(&api, &no_api, 0, "nothing would be left");
    assert_refused(&core, &no_api, 0, "group \"Core\"");
    assert_refused(&all, &no_kind, 0, "no kind");
    assert_refused(&daily, &pager, 0, "pager");
    assert_refused(&all, &pager_daily, 0, "pager");
    assert_refused(&all, &long_pause, 0, "a year");
    assert_refused(&all, &back, 0, "a year");
    assert_refused(&all, &mars, 0, "time zone");
    assert_refused(&all, &escape, 0, "time zone");
    assert_refused(&all, &both, 17, "follow");
}

TEST(too_many_components_are_refused)
{
    OWN(arena) arena = arena_open(1 << 20);
    const char *topics[WISHES_TOPICS_MOST + 1];
    const struct wishes many = {
        .has_topics = true, .topics = topics, .topic_count = G_N_ELEMENTS(topics)};

    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
        topics[i] = arena_format(arena, "c:comp_%zu", i);
    assert_refused(&subscriber_default, &many, 0, "too many");
}

TEST(who_follows_an_incident_hears_of_it_alone)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct wishes wishes = {.followed = 42};
    const struct subscriber had = with_topics(topics_two, 2);
    const struct wishes_outcome *outcome = apply(arena, &had, &wishes, 17);
    struct wish_line lines[WISH_LINES_MOST];

    assert_int_equal(outcome->subscriber->topic_count, 1);
    assert_string_equal(outcome->subscriber->topics[0], "i:17");
    assert_string_equal(outcome->changes[0].from, "api, web");
    assert_string_equal(outcome->changes[0].to, "");
    (void)wishes_lines(arena, &page, outcome->subscriber, lines);
    assert_string_equal(lines[0].name, "severity");
}

TEST(a_digest_begins_moves_and_ends_with_a_last_one)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct wishes daily = {.has_delivery = true, .delivery = DELIVERY_DAILY};
    const struct wishes later = {.has_digest_minute = true, .digest_minute = 20 * 60};
    const struct wishes tokyo = {.time_zone = "Asia/Tokyo"};
    const struct wishes at_once = {.has_delivery = true};
    const struct wishes pager = {.has_format = true, .format = FORMAT_PAGER, .has_delivery = true};
    const struct subscriber *hers =
        apply(arena, &subscriber_default, &daily, 0)->subscriber; /* Berlin is UTC+1 */

    assert_int_equal(hers->digest_since, NOW);
    assert_int_equal(hers->digest_at, NOW + 21 * HOUR_MS);
    const struct subscriber *moved = apply(arena, hers, &later, 0)->subscriber;
    assert_int_equal(moved->digest_since, NOW);
    assert_int_equal(moved->digest_at, NOW + 9 * HOUR_MS);
    assert_int_equal(apply(arena, hers, &tokyo, 0)->subscriber->digest_at, NOW + 13 * HOUR_MS);
    const struct subscriber *last = apply(arena, moved, &at_once, 0)->subscriber;
    assert_int_equal(last->digest_since, NOW);
    assert_int_equal(last->digest_at, NOW);
    assert_int_equal(apply(arena, moved, &pager, 0)->subscriber->digest_at, 0);
    assert_int_equal(apply(arena, &subscriber_default, &at_once, 0)->subscriber->digest_at, 0);
}

TEST(a_pause_is_shown_to_the_minute_in_her_zone_and_sent_back_changes_nothing)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct wishes week = {.has_pause = true, .pause_ms = 7 * DAY_MS - 30 * SECOND_MS};
    const struct wishes again = {.has_pause = true, .pause_ms = 7 * DAY_MS};
    const struct wishes resume = {.has_pause = true};
    const struct wishes_outcome *paused = apply(arena, &subscriber_default, &week, 0);

    assert_int_equal(paused->subscriber->paused_until, NOW + 7 * DAY_MS);
    assert_string_equal(paused->changes[0].name, "pause");
    assert_string_equal(paused->changes[0].from, "");
    assert_string_equal(paused->changes[0].to, "until 2026-12-01 11:00");
    assert_int_equal(apply(arena, paused->subscriber, &again, 0)->change_count, 0);
    const struct wishes_outcome *resumed = apply(arena, paused->subscriber, &resume, 0);
    assert_int_equal(resumed->subscriber->paused_until, 0);
    assert_string_equal(resumed->changes[0].to, "");
}

TEST(the_pages_own_zone_and_language_are_no_choice)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct wishes pages = {.time_zone = "Europe/Berlin", .language = "de"};
    const struct wishes own = {.time_zone = "Asia/Tokyo", .language = "ja"};
    const struct wishes back = {.time_zone = "", .language = ""};
    const struct wishes_outcome *same = apply(arena, &subscriber_default, &pages, 0);

    assert_int_equal(same->change_count, 0);
    assert_string_equal(same->subscriber->time_zone, "");
    assert_string_equal(same->subscriber->language, "");
    const struct wishes_outcome *hers = apply(arena, &subscriber_default, &own, 0);
    assert_int_equal(hers->change_count, 2);
    assert_string_equal(hers->subscriber->language, "ja");
    const struct wishes_outcome *again = apply(arena, hers->subscriber, &back, 0);
    assert_string_equal(again->subscriber->time_zone, "");
    assert_string_equal(again->changes[0].to, "Europe/Berlin");
}

TEST(settings_are_lines_in_their_order)
{
    OWN(arena) arena = arena_open(1 << 20);
    static const char *const want[] = {"components: api, web",           "severity: major",
                                       "kinds: incidents, post-mortems", "format: text",
                                       "delivery: weekly sun 07:05",     "critical: immediate",
                                       "time zone: Asia/Tokyo",          "language: de",
                                       "pause: until 2026-11-24 19:00"};
    struct subscriber subscriber = with_topics(topics_two, 2);
    struct wish_line lines[WISH_LINES_MOST];

    subscriber.severity = SEVERITY_MAJOR;
    subscriber.kinds = NEWS_INCIDENTS | NEWS_POSTMORTEMS;
    subscriber.format = FORMAT_TEXT;
    subscriber.delivery = DELIVERY_WEEKLY;
    subscriber.digest_weekday = 7;
    subscriber.digest_minute = 7 * 60 + 5;
    subscriber.breaks_through = true;
    subscriber.time_zone = "Asia/Tokyo";
    subscriber.paused_until = NOW;
    assert_int_equal(wishes_lines(arena, &page, &subscriber, lines), G_N_ELEMENTS(want));
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        assert_string_equal(arena_format(arena, "%s: %s", lines[i].name, lines[i].value), want[i]);
    assert_int_equal(wishes_lines(arena, &page, &subscriber_default, lines), 8);
    assert_string_equal(lines[0].value, "all");
    assert_string_equal(lines[4].value, "immediate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_said_stays_as_it_is),
        cmocka_unit_test(components_are_replaced_added_and_taken_away),
        cmocka_unit_test(what_would_leave_nothing_or_contradicts_itself_changes_nothing),
        cmocka_unit_test(too_many_components_are_refused),
        cmocka_unit_test(who_follows_an_incident_hears_of_it_alone),
        cmocka_unit_test(a_digest_begins_moves_and_ends_with_a_last_one),
        cmocka_unit_test(a_pause_is_shown_to_the_minute_in_her_zone_and_sent_back_changes_nothing),
        cmocka_unit_test(the_pages_own_zone_and_language_are_no_choice),
        cmocka_unit_test(settings_are_lines_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
