#include "gateway/store/subscribers.h"

#include "gateway/base/error.h"
#include "tests/unit/gateway/store/scene.h"

#define CAROL "carol@example.net"

static const char *const api_and_core[] = {"c:comp_api", "g:Core"};
static const char *const mail_only[] = {"c:comp_mail"};

static const struct affected api_affected[] = {{"comp_api", COMPONENT_PARTIAL_OUTAGE, true}};
static const struct incident major_api = {
    .page_id = "sp_abc123",
    .severity = SEVERITY_MINOR,
    .highest_severity = SEVERITY_MAJOR,
    .affected = api_affected,
    .affected_count = 1,
};

static struct subscriber person(const char *address)
{
    struct subscriber subscriber = subscriber_default;

    subscriber.page_id = "sp_abc123";
    subscriber.address = address;
    return subscriber;
}

static bool add(struct scene *scene, const struct subscriber *subscriber, int64_t now)
{
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    (void)subscribers_add(scene->store, subscriber, now, &was_there, &error);
    scene_fail_on(error);
    return was_there;
}

static const struct subscriber *find(struct scene *scene, const char *address)
{
    g_autoptr(GError) error = NULL;
    const struct subscriber *found = NULL;

    (void)subscribers_find(scene->store, scene->arena, &scene_page, address, &found, &error);
    scene_fail_on(error);
    return found;
}

static size_t count(struct scene *scene, size_t most)
{
    size_t counted = 0;

    assert_true(subscribers_count_for(scene->store, &scene_page, &major_api, most, &counted, NULL));
    return counted;
}

static bool leave(struct scene *scene, const char *address)
{
    bool was_there = false;

    assert_true(subscribers_remove(scene->store, &scene_page, address, NOW + 9, &was_there, NULL));
    return was_there;
}

SCENE(a_subscriber_is_stored_with_her_wishes)
{
    struct subscriber carol = person(CAROL);

    carol.format = FORMAT_PAGER;
    carol.severity = SEVERITY_MAJOR;
    carol.topics = api_and_core;
    carol.topic_count = 2;
    carol.language = "de";
    carol.time_zone = "Europe/Berlin";
    assert_false(add(scene, &carol, NOW));
    const struct subscriber *const found = find(scene, CAROL);
    assert_true(g_str_has_prefix(found->public_id, "sub_"));
    assert_int_equal(found->format, FORMAT_PAGER);
    assert_int_equal(found->severity, SEVERITY_MAJOR);
    assert_int_equal(found->state, SUBSCRIBER_CONFIRMED);
    assert_int_equal(found->confirmed_at, NOW);
    assert_int_equal(found->topic_count, 2);
    assert_string_equal(found->topics[0], "c:comp_api");
    assert_string_equal(found->topics[1], "g:Core");
    assert_string_equal(found->language, "de");
    assert_string_equal(found->time_zone, "Europe/Berlin");
    assert_string_equal(scene_ask(scene, "SELECT group_concat(lane || topic || severity)"
                                         " FROM interest"),
                        "0c:comp_api1,0g:Core1");
}

SCENE(who_is_there_is_left_as_she_is)
{
    const struct subscriber carol = person(CAROL);
    struct subscriber other = person(CAROL);

    other.format = FORMAT_TEXT;
    assert_false(add(scene, &carol, NOW));
    assert_true(add(scene, &other, NOW + 1));
    assert_int_equal(find(scene, CAROL)->format, FORMAT_HTML);
    assert_int_equal(find(scene, CAROL)->confirmed_at, NOW);
}

SCENE(who_left_hears_nothing_and_comes_back_under_her_id_with_new_wishes)
{
    struct subscriber carol = person(CAROL);

    carol.topics = api_and_core;
    carol.topic_count = 2;
    (void)add(scene, &carol, NOW);
    const int64_t id = find(scene, CAROL)->id;
    assert_true(leave(scene, CAROL));
    assert_false(leave(scene, CAROL));
    assert_int_equal(find(scene, CAROL)->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_int_equal(count(scene, 10), 0);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM interest"), "0");
    carol.topics = mail_only;
    carol.topic_count = 1;
    carol.format = FORMAT_PAGER;
    assert_false(add(scene, &carol, NOW + 20));
    assert_int_equal(find(scene, CAROL)->id, id);
    assert_int_equal(find(scene, CAROL)->confirmed_at, NOW + 20);
    assert_int_equal(find(scene, CAROL)->created_at, NOW);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(lane || topic) FROM interest"),
                        "0c:comp_mail");
}

SCENE(ids_are_never_given_twice)
{
    const struct subscriber carol = person(CAROL);
    const struct subscriber dave = person("dave@example.net");

    (void)add(scene, &carol, NOW);
    assert_int_equal(scene_try(scene, "DELETE FROM interest; DELETE FROM subscriber"), SQLITE_OK);
    (void)add(scene, &dave, NOW);
    assert_int_equal(find(scene, "dave@example.net")->id, 2);
}

SCENE(nobody_is_removed_who_is_not_there_or_of_another_page)
{
    static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};
    const struct subscriber carol = person(CAROL);
    const struct subscriber *found = NULL;
    bool was_there = true;

    (void)add(scene, &carol, NOW);
    assert_false(leave(scene, "dave@example.net"));
    assert_true(subscribers_remove_id(scene->store, &other, 1, NOW, &was_there, NULL));
    assert_false(was_there);
    assert_true(subscribers_load(scene->store, scene->arena, &other, 1, &found, NULL));
    assert_null(found);
    assert_true(subscribers_remove_id(scene->store, &scene_page, 1, NOW, &was_there, NULL));
    assert_true(was_there);
    assert_string_equal(scene_ask(scene, "SELECT left_at FROM subscriber"), "1800000000000");
}

SCENE(each_hearer_counts_once_though_she_chose_several_topics)
{
    struct subscriber carol = person(CAROL);
    struct subscriber dave = person("dave@example.net");
    struct subscriber erin = person("erin@example.net");
    struct subscriber frank = person("frank@example.net");

    carol.topics = api_and_core;
    carol.topic_count = 2;
    dave.format = FORMAT_PAGER;
    erin.topics = mail_only;
    erin.topic_count = 1;
    frank.severity = SEVERITY_CRITICAL;
    (void)add(scene, &carol, NOW);
    (void)add(scene, &dave, NOW);
    (void)add(scene, &erin, NOW);
    (void)add(scene, &frank, NOW);
    assert_int_equal(count(scene, 10), 2);
    assert_int_equal(count(scene, 1), 1);
}

SCENE(subscribers_are_listed_newest_first)
{
    const char *const addresses[] = {"a@x.example", "b@x.example", "c@x.example"};
    struct listing listing = {&scene_page, 0, 2};
    const struct subscriber *listed = NULL;
    size_t listed_count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        const struct subscriber subscriber = person(addresses[i]);

        (void)add(scene, &subscriber, NOW);
    }
    (void)leave(scene, "b@x.example");
    assert_true(
        subscribers_list(scene->store, scene->arena, &listing, &listed, &listed_count, NULL));
    assert_int_equal(listed_count, 2);
    assert_string_equal(listed[0].address, "c@x.example");
    assert_int_equal(listed[1].state, SUBSCRIBER_UNSUBSCRIBED);
    listing.before_id = listed[1].id;
    assert_true(
        subscribers_list(scene->store, scene->arena, &listing, &listed, &listed_count, NULL));
    assert_int_equal(listed_count, 1);
    assert_string_equal(listed[0].address, "a@x.example");
}

SCENE(every_setting_is_saved_and_loaded)
{
    struct subscriber carol = person(CAROL);

    (void)add(scene, &carol, NOW);
    carol = *find(scene, CAROL);
    assert_int_equal(carol.kinds, NEWS_ALL);
    assert_int_equal(carol.digest_at, 0);
    carol.kind = SUBSCRIBER_LIST;
    carol.format = FORMAT_TEXT;
    carol.severity = SEVERITY_CRITICAL;
    carol.topics = mail_only;
    carol.topic_count = 1;
    carol.kinds = NEWS_MAINTENANCE;
    carol.delivery = DELIVERY_WEEKLY;
    carol.digest_minute = 61;
    carol.digest_weekday = 7;
    carol.breaks_through = true;
    carol.paused_until = NOW + 100;
    carol.digest_since = NOW + 1;
    carol.digest_at = NOW + 200;
    carol.language = "de";
    carol.time_zone = "Europe/Berlin";
    assert_true(subscribers_save(scene->store, &scene_page, &carol, NOW + 2, NULL));
    const struct subscriber *const found = find(scene, CAROL);
    assert_int_equal(found->kind, SUBSCRIBER_LIST);
    assert_int_equal(found->format, FORMAT_TEXT);
    assert_int_equal(found->severity, SEVERITY_CRITICAL);
    assert_int_equal(found->topic_count, 1);
    assert_string_equal(found->topics[0], "c:comp_mail");
    assert_int_equal(found->kinds, NEWS_MAINTENANCE);
    assert_int_equal(found->delivery, DELIVERY_WEEKLY);
    assert_int_equal(found->digest_minute, 61);
    assert_int_equal(found->digest_weekday, 7);
    assert_true(found->breaks_through);
    assert_int_equal(found->paused_until, NOW + 100);
    assert_int_equal(found->digest_since, NOW + 1);
    assert_int_equal(found->digest_at, NOW + 200);
    assert_string_equal(found->language, "de");
    assert_string_equal(found->time_zone, "Europe/Berlin");
    assert_int_equal(found->confirmed_at, NOW);
}

SCENE(a_digest_without_a_moment_is_due_at_once_and_one_given_up_has_none)
{
    struct subscriber carol = person(CAROL);

    carol.delivery = DELIVERY_DAILY;
    (void)add(scene, &carol, NOW);
    carol = *find(scene, CAROL);
    assert_int_equal(carol.digest_since, NOW);
    assert_int_equal(carol.digest_at, NOW);
    carol.delivery = DELIVERY_IMMEDIATE;
    assert_true(subscribers_save(scene->store, &scene_page, &carol, NOW + 2, NULL));
    assert_int_equal(find(scene, CAROL)->digest_since, 0);
    assert_int_equal(find(scene, CAROL)->digest_at, 0);
}

SCENE(who_has_left_or_is_of_another_page_is_not_made_to_hear_by_saving)
{
    static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};
    struct subscriber carol = person(CAROL);

    (void)add(scene, &carol, NOW);
    carol = *find(scene, CAROL);
    carol.severity = SEVERITY_CRITICAL;
    assert_true(subscribers_save(scene->store, &other, &carol, NOW, NULL));
    assert_int_equal(find(scene, CAROL)->severity, SEVERITY_MINOR);
    (void)leave(scene, CAROL);
    assert_true(subscribers_save(scene->store, &scene_page, &carol, NOW, NULL));
    assert_int_equal(find(scene, CAROL)->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM interest"), "0");
}

static const char *search(struct scene *scene, const struct subscriber_filter *filter)
{
    g_autoptr(GString) found = g_string_new("");
    const struct subscriber *listed = NULL;
    size_t listed_count = 0;

    assert_true(
        subscribers_search(scene->store, scene->arena, filter, &listed, &listed_count, NULL));
    for (size_t i = 0; i < listed_count; i++)
        g_string_append_c(found, listed[i].address[0]);
    return arena_string(scene->arena, found->str);
}

static const struct {
    struct subscriber_filter filter;
    const char *want;
} searches[] = {
    {{.listing = {NULL, 0, 10}}, "edcba"},
    {{.listing = {&scene_page, 0, 2}}, "ed"},
    {{.listing = {&scene_page, 3, 10}}, "ba"},
    {{.listing = {NULL, 0, 10}, .has_state = true, .state = SUBSCRIBER_UNSUBSCRIBED}, "e"},
    {{.listing = {NULL, 0, 10}, .has_format = true, .format = FORMAT_PAGER}, "b"},
    {{.listing = {NULL, 0, 10}, .has_kind = true, .kind = SUBSCRIBER_LIST}, "c"},
    {{.listing = {NULL, 0, 10}, .news = NEWS_INCIDENTS}, "edba"},
    {{.listing = {NULL, 0, 10}, .component = &scene_components[0]}, "ecba"}, /* all, Core, API */
    {{.listing = {NULL, 0, 10}, .component = &scene_components[2]}, "edca"},
    {{.listing = {NULL, 0, 10}, .address_part = "X.EXAMPLE"}, "edcba"},
    {{.listing = {NULL, 0, 10}, .address_part = "b@"}, "b"},
    {{.listing = {NULL, 0, 10}, .address_part = "%"}, ""},
};

SCENE(a_search_finds_by_state_format_kind_component_and_part_of_the_address)
{
    const char *const addresses[] = {"a@x.example", "b@x.example", "c@x.example", "d@x.example",
                                     "e@x.example"};

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        struct subscriber subscriber = person(addresses[i]);

        subscriber.format = i == 1 ? FORMAT_PAGER : FORMAT_HTML;
        subscriber.kind = i == 2 ? SUBSCRIBER_LIST : SUBSCRIBER_PERSON;
        subscriber.kinds = i == 2 ? NEWS_MAINTENANCE : NEWS_ALL;
        subscriber.topics = i == 1 ? api_and_core : mail_only;
        subscriber.topic_count = i == 1 ? 2 : (i == 3 ? 1 : 0);
        (void)add(scene, &subscriber, NOW);
    }
    (void)leave(scene, "e@x.example");
    for (size_t i = 0; i < G_N_ELEMENTS(searches); i++)
        if (strcmp(search(scene, &searches[i].filter), searches[i].want) != 0)
            fail_msg("search %zu: %s", i, search(scene, &searches[i].filter));
}

SCENE(what_can_be_said_is_told_once_a_day)
{
    const struct subscriber carol = person(CAROL);
    bool may = false;

    (void)add(scene, &carol, NOW);
    assert_true(subscribers_note_answer(scene->store, 1, NOW, &may, NULL));
    assert_true(may);
    assert_true(subscribers_note_answer(scene->store, 1, NOW + 86399999, &may, NULL));
    assert_false(may);
    assert_true(subscribers_note_answer(scene->store, 1, NOW + 86400000, &may, NULL));
    assert_true(may);
    assert_true(subscribers_note_answer(scene->store, 99, NOW, &may, NULL));
    assert_false(may);
}

SCENE(many_are_added_in_one_transaction_and_all_or_none)
{
    assert_true(store_begin(scene->store, NULL));
    for (int i = 0; i < 2000; i++) {
        g_autofree char *address = g_strdup_printf("s%d@example.net", i);
        const struct subscriber subscriber = person(address);

        assert_false(add(scene, &subscriber, NOW));
    }
    assert_int_equal(count(scene, 5000), 2000);
    store_rollback(scene->store);
    assert_int_equal(count(scene, 5000), 0);
}

SCENE(sql_in_an_address_or_topic_is_text)
{
    static const char evil[] = "'); DELETE FROM subscriber; --";
    static const char *const topics[] = {evil};
    struct subscriber carol = person(CAROL);
    struct subscriber mallory = person(evil);

    mallory.topics = topics;
    mallory.topic_count = 1;
    (void)add(scene, &carol, NOW);
    (void)add(scene, &mallory, NOW);
    assert_string_equal(find(scene, evil)->topics[0], evil);
    assert_true(leave(scene, evil));
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM subscriber"), "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_subscriber_is_stored_with_her_wishes),
        SCENE_TEST(who_is_there_is_left_as_she_is),
        SCENE_TEST(who_left_hears_nothing_and_comes_back_under_her_id_with_new_wishes),
        SCENE_TEST(ids_are_never_given_twice),
        SCENE_TEST(nobody_is_removed_who_is_not_there_or_of_another_page),
        SCENE_TEST(each_hearer_counts_once_though_she_chose_several_topics),
        SCENE_TEST(subscribers_are_listed_newest_first),
        SCENE_TEST(every_setting_is_saved_and_loaded),
        SCENE_TEST(a_digest_without_a_moment_is_due_at_once_and_one_given_up_has_none),
        SCENE_TEST(who_has_left_or_is_of_another_page_is_not_made_to_hear_by_saving),
        SCENE_TEST(a_search_finds_by_state_format_kind_component_and_part_of_the_address),
        SCENE_TEST(what_can_be_said_is_told_once_a_day),
        SCENE_TEST(many_are_added_in_one_transaction_and_all_or_none),
        SCENE_TEST(sql_in_an_address_or_topic_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
