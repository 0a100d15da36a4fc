/* Who is told, by what she chose: pause, digest, mute, following, kinds, groups, lanes. */
#include "tests/unit/gateway/store/hearing.h"

#include "gateway/base/moment.h"

#include <inttypes.h>

static struct subscriber add(struct scene *scene, const char *address)
{
    const struct subscriber person = hearing_person(address);

    return hearing_add(scene, &person, NOW);
}

HEARING(who_is_confirmed_in_the_middle_of_a_fan_out_hears_from_the_next_update_on)
{
    g_autoptr(GString) told = g_string_new("");

    (void)add(scene, "carol@x.example");
    (void)add(scene, "dave@x.example");
    const struct incident *incident = hearing_open(scene, NOW + 1);
    const struct claim *first = hearing_claim(hearing, 1, NOW + 2);
    const struct subscriber erin = hearing_person("erin@x.example");
    (void)hearing_add(scene, &erin, NOW + 3);
    hearing_send(hearing, first, NOW + 4, told);
    assert_string_equal(told->str, "carol");
    assert_string_equal(hearing_tell(hearing, NOW + 5), "dave");
    hearing_update(scene, incident->id, NOW + 6);
    assert_string_equal(hearing_tell(hearing, NOW + 7), "carol dave erin");
}

HEARING(who_leaves_in_the_middle_of_a_fan_out_hears_no_more)
{
    bool was_there = false;
    g_autoptr(GString) told = g_string_new("");

    (void)add(scene, "carol@x.example");
    (void)add(scene, "dave@x.example");
    (void)add(scene, "erin@x.example");
    (void)hearing_open(scene, NOW + 1);
    const struct claim *slice = hearing_claim(hearing, 2, NOW + 2); /* carol and dave */
    assert_true(
        subscribers_remove(scene->store, &scene_page, "dave@x.example", NOW + 3, &was_there, NULL));
    assert_true(
        subscribers_remove(scene->store, &scene_page, "erin@x.example", NOW + 3, &was_there, NULL));
    hearing_send(hearing, slice, NOW + 4, told);
    assert_string_equal(told->str, "carol");
    assert_string_equal(hearing_tell(hearing, NOW + 5), "");
}

HEARING(a_pause_keeps_all_news_back_and_ends_by_itself)
{
    struct subscriber carol = add(scene, "carol@x.example");

    (void)add(scene, "dave@x.example");
    carol.paused_until = NOW + DAY_MS;
    hearing_save(scene, &carol, NOW);
    const struct incident *incident = hearing_open(scene, NOW + 1);
    assert_string_equal(hearing_tell(hearing, NOW + 2), "dave");
    assert_int_equal(hearing_settle(scene, NOW + DAY_MS - 1), 0);
    hearing_update(scene, incident->id, NOW + DAY_MS - 1);
    assert_string_equal(hearing_tell(hearing, NOW + DAY_MS - 1), "dave");
    assert_int_equal(hearing_settle(scene, NOW + DAY_MS), 1);
    assert_int_equal(hearing_find(scene, "carol@x.example")->paused_until, 0);
    assert_int_equal(hearing_settle(scene, NOW + DAY_MS), 0);
    hearing_update(scene, incident->id, NOW + DAY_MS + 1);
    assert_string_equal(hearing_tell(hearing, NOW + DAY_MS + 2), "carol dave");
}

HEARING(who_was_paused_is_not_told_old_news_again)
{
    struct subscriber carol = add(scene, "carol@x.example");

    carol.paused_until = NOW + 10;
    hearing_save(scene, &carol, NOW);
    const struct incident *incident = hearing_open(scene, NOW + 1); /* nobody to tell: being told */
    assert_int_equal(hearing_settle(scene, NOW + 10), 1);
    assert_string_equal(hearing_tell(hearing, NOW + 11), "");
    hearing_update(scene, incident->id, NOW + 12);
    const struct claim *claim = hearing_claim(hearing, 10, NOW + 13);
    assert_non_null(claim);
    assert_int_equal(claim->count, 1);
    assert_string_equal(arena_format(scene->arena, "%" PRId64, claim->items[0].first_missed_id),
                        scene_ask(scene, "SELECT max(id) FROM incident_update"));
    claims_release(hearing->claims, claim);
}

HEARING(who_goes_on_herself_hears_what_is_made_from_then_on)
{
    struct subscriber carol = add(scene, "carol@x.example");

    carol.paused_until = NOW + DAY_MS;
    hearing_save(scene, &carol, NOW);
    const struct incident *incident = hearing_open(scene, NOW + 1);
    carol.paused_until = 0;
    hearing_save(scene, &carol, NOW + 2);
    assert_string_equal(hearing_tell(hearing, NOW + 3), "");
    hearing_update(scene, incident->id, NOW + 4);
    assert_string_equal(hearing_tell(hearing, NOW + 5), "carol");
}

HEARING(critical_news_breaks_through_digest_and_pause_where_she_says_so)
{
    struct subscriber digest = hearing_person("digest@x.example");
    struct subscriber through = hearing_person("through@x.example");
    struct subscriber paused = hearing_person("paused@x.example");
    size_t count = 0;

    digest.delivery = DELIVERY_DAILY;
    through.delivery = DELIVERY_WEEKLY;
    through.breaks_through = true;
    paused.paused_until = NOW + DAY_MS;
    paused.breaks_through = true;
    (void)hearing_add(scene, &digest, NOW);
    (void)hearing_add(scene, &through, NOW);
    (void)hearing_add(scene, &paused, NOW);
    const int64_t id = hearing_open(scene, NOW + 1)->id;
    assert_string_equal(hearing_tell(hearing, NOW + 2), "");
    hearing_raise(scene, id, NOW + 3);
    const struct incident *incident = NULL;
    assert_true(incidents_load(scene->store, scene->arena, &scene_page, id, &incident, NULL));
    assert_true(subscribers_count_for(scene->store, &scene_page, incident, 10, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(hearing_tell(hearing, NOW + 4), "through paused");
}

/* Her exception is of before: interest alone would not keep it back. */
HEARING(a_delivery_that_is_tried_again_asks_anew_whether_she_is_to_hear)
{
    static const struct claims_result later = {CLAIMS_LATER, NOW + 10, false, "451 later"};
    struct subscriber carol = add(scene, "carol@x.example");
    enum claims_answer answer = CLAIMS_SKIP;

    (void)hearing_open(scene, NOW + 1);
    const struct claim *claim = hearing_claim(hearing, 10, NOW + 2);
    assert_true(claims_may_send(hearing->claims, claim, 0, &answer, NULL));
    assert_true(claims_note(hearing->claims, claim, 0, &later, NOW + 3, NULL));
    assert_true(claims_finish(hearing->claims, claim, NOW + 3, NULL));
    carol.paused_until = NOW + DAY_MS;
    hearing_save(scene, &carol, NOW + 4);
    assert_string_equal(hearing_tell(hearing, NOW + 11), "");
    assert_string_equal(scene_ask(scene, "SELECT state FROM exception"), "4");
    assert_string_equal(scene_ask(scene, "SELECT state FROM notification"), "1");
}

HEARING(who_mutes_an_incident_hears_nothing_of_it_but_of_others)
{
    const struct subscriber carol = add(scene, "carol@x.example");
    const struct incident *incident = hearing_open(scene, NOW + 1);
    const struct subscriber_choice choice = {&scene_page, carol.id, incident->number};
    size_t count = 1;
    bool is_known = false;

    assert_string_equal(hearing_tell(hearing, NOW + 2), "carol");
    assert_true(subscribers_mute(scene->store, &choice, &is_known, NULL));
    assert_true(is_known);
    assert_true(subscribers_count_for(scene->store, &scene_page, incident, 10, &count, NULL));
    assert_int_equal(count, 0);
    hearing_update(scene, incident->id, NOW + 3);
    assert_string_equal(hearing_tell(hearing, NOW + 4), "");
    (void)hearing_open(scene, NOW + 5);
    assert_string_equal(hearing_tell(hearing, NOW + 6), "carol");
    assert_true(subscribers_unmute(scene->store, &choice, &is_known, NULL));
    assert_true(is_known);
    hearing_update(scene, incident->id, NOW + 7);
    assert_string_equal(hearing_tell(hearing, NOW + 8), "carol");
}

HEARING(who_follows_one_incident_hears_of_it_alone_until_it_is_over)
{
    const struct subscriber carol = add(scene, "carol@x.example");
    const struct incident *incident = hearing_open(scene, NOW + 1);
    const struct subscriber_choice choice = {&scene_page, carol.id, incident->number};
    size_t count = 0;
    bool is_known = false;

    assert_true(subscribers_follow(scene->store, &choice, &is_known, NULL));
    assert_true(is_known);
    (void)hearing_open(scene, NOW + 2);
    hearing_update(scene, incident->id, NOW + 3);
    assert_string_equal(hearing_tell(hearing, NOW + 4), "carol");
    assert_true(subscribers_count_for(scene->store, &scene_page, incident, 10, &count, NULL));
    assert_int_equal(count, 1);
    hearing_resolve(scene, incident->id, NOW + 5);
    assert_int_equal(hearing_settle(scene, NOW + 6 + scene_page.reopen_ms), 0); /* being told */
    assert_string_equal(hearing_tell(hearing, NOW + 7), "carol");
    assert_int_equal(hearing_settle(scene, NOW + 5 + scene_page.reopen_ms), 0);
    assert_int_equal(hearing_settle(scene, NOW + 6 + scene_page.reopen_ms), 1);
    assert_int_equal(hearing_find(scene, "carol@x.example")->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_string_equal(scene_ask(scene, "SELECT act || how FROM consent"), "3following");
    (void)hearing_open(scene, NOW + 8 + scene_page.reopen_ms);
    assert_string_equal(hearing_tell(hearing, NOW + 9 + scene_page.reopen_ms), "");
}

HEARING(numbers_that_the_page_does_not_have_change_nothing)
{
    static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};
    const struct subscriber carol = add(scene, "carol@x.example");
    const struct incident *incident = hearing_open(scene, NOW + 1);
    const struct subscriber_choice wrong[] = {
        {&scene_page, carol.id, incident->number + 1},
        {&other, carol.id, incident->number},
        {&scene_page, carol.id + 1, incident->number},
    };
    const int64_t *numbers = NULL;
    size_t count = 9;
    bool is_known = true;

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        assert_true(subscribers_mute(scene->store, &wrong[i], &is_known, NULL));
        assert_false(is_known);
        assert_true(subscribers_follow(scene->store, &wrong[i], &is_known, NULL));
        assert_false(is_known);
    }
    assert_true(subscribers_mutes(scene->store, scene->arena, carol.id, &numbers, &count, NULL));
    assert_int_equal(count, 0);
    assert_true(subscribers_followed(scene->store, scene->arena, carol.id, &numbers, &count, NULL));
    assert_int_equal(count, 0);
    assert_string_equal(hearing_tell(hearing, NOW + 2), "carol");
}

HEARING(what_is_muted_and_followed_is_listed_by_number)
{
    const struct subscriber carol = add(scene, "carol@x.example");
    const struct incident *one = hearing_open(scene, NOW + 1);
    const struct incident *two = hearing_open(scene, NOW + 2);
    const struct subscriber_choice first = {&scene_page, carol.id, one->number};
    const struct subscriber_choice second = {&scene_page, carol.id, two->number};
    const int64_t *numbers = NULL;
    size_t count = 0;
    bool is_known = false;

    assert_true(subscribers_mute(scene->store, &second, &is_known, NULL));
    assert_true(subscribers_mute(scene->store, &first, &is_known, NULL));
    assert_true(subscribers_mute(scene->store, &first, &is_known, NULL));
    assert_true(subscribers_mutes(scene->store, scene->arena, carol.id, &numbers, &count, NULL));
    assert_int_equal(count, 2);
    assert_int_equal(numbers[0], one->number);
    assert_true(subscribers_follow(scene->store, &first, &is_known, NULL)); /* and mutes no more */
    assert_true(subscribers_followed(scene->store, scene->arena, carol.id, &numbers, &count, NULL));
    assert_int_equal(count, 1);
    assert_int_equal(numbers[0], one->number);
    assert_true(subscribers_mutes(scene->store, scene->arena, carol.id, &numbers, &count, NULL));
    assert_int_equal(count, 1);
    assert_int_equal(numbers[0], two->number);
    (void)hearing;
}

HEARING(who_wants_no_news_of_incidents_hears_of_none)
{
    struct subscriber carol = hearing_person("carol@x.example");
    size_t count = 1;

    carol.kinds = NEWS_MAINTENANCE | NEWS_POSTMORTEMS;
    (void)hearing_add(scene, &carol, NOW);
    (void)add(scene, "dave@x.example");
    const struct incident *incident = hearing_open(scene, NOW + 1);
    assert_true(subscribers_count_for(scene->store, &scene_page, incident, 10, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(hearing_tell(hearing, NOW + 2), "dave");
}

HEARING(a_component_that_joins_a_group_later_counts_at_once)
{
    static const char *const core[] = {"g:Core"};
    static const struct component_change mail[] = {{COMPONENT_ADD, "comp_mail", false, 0}};
    static const struct component regrouped[] = {{"comp_api", "API", "Core"},
                                                 {"comp_web", "Website", "Core"},
                                                 {"comp_mail", "Mail", "Core"}};
    struct command command = open_command("Mail errors");
    struct subscriber carol = hearing_person("carol@x.example");
    struct page page = scene_page;
    const struct page *const pages[] = {&page};
    size_t count = 0;

    carol.topics = core;
    carol.topic_count = 1;
    (void)hearing_add(scene, &carol, NOW);
    command.components = mail;
    const struct incident *incident = change(scene, &command, NOW + 1)->incident;
    assert_string_equal(hearing_tell(hearing, NOW + 2), "");
    page.components = regrouped;
    assert_true(store_mirror(scene->store, pages, 1, NOW + 3, NULL));
    hearing_update(scene, incident->id, NOW + 4);
    assert_true(subscribers_count_for(scene->store, &page, incident, 10, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(hearing_tell(hearing, NOW + 5), "carol");
}

HEARING(a_change_of_format_keeps_the_lane_while_something_is_told)
{
    struct subscriber carol = add(scene, "carol@x.example");

    (void)hearing_open(scene, NOW + 1);
    carol.format = FORMAT_PAGER;
    hearing_save(scene, &carol, NOW + 2);
    assert_int_equal(hearing_settle(scene, NOW + 2), 0);
    const struct claim *claim = hearing_claim(hearing, 10, NOW + 3);
    assert_non_null(claim);
    assert_int_equal(claim->lane, LANE_MAIL);
    assert_int_equal(claim->items[0].subscriber->format, FORMAT_PAGER);
    claims_release(hearing->claims, claim);
    assert_string_equal(hearing_tell(hearing, NOW + 4), "carol");
    assert_string_equal(scene_ask(scene, "SELECT lane FROM subscriber"), "1");
    assert_int_equal(hearing_settle(scene, NOW + 5), 1);
    assert_string_equal(scene_ask(scene, "SELECT s.lane || i.lane FROM subscriber AS s"
                                         " JOIN interest AS i ON i.subscriber_id = s.id"),
                        "00");
    assert_int_equal(hearing_settle(scene, NOW + 5), 0);
    carol.format = FORMAT_TEXT;
    hearing_save(scene, &carol, NOW + 6);
    assert_string_equal(scene_ask(scene, "SELECT lane FROM interest"), "1");
}

HEARING(who_is_suspended_hears_nothing_and_after_it_what_is_new)
{
    const struct subscriber carol = add(scene, "carol@x.example");

    assert_true(subscribers_suspend(scene->store, carol.id, NOW + 1, NULL));
    assert_int_equal(hearing_find(scene, "carol@x.example")->state, SUBSCRIBER_SUSPENDED);
    const struct incident *incident = hearing_open(scene, NOW + 2);
    assert_true(subscribers_restore(scene->store, carol.id, NOW + 3, NULL));
    assert_string_equal(hearing_tell(hearing, NOW + 4), "");
    hearing_update(scene, incident->id, NOW + 5);
    assert_string_equal(hearing_tell(hearing, NOW + 6), "carol");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(who_is_confirmed_in_the_middle_of_a_fan_out_hears_from_the_next_update_on),
        SCENE_TEST(who_leaves_in_the_middle_of_a_fan_out_hears_no_more),
        SCENE_TEST(a_pause_keeps_all_news_back_and_ends_by_itself),
        SCENE_TEST(who_was_paused_is_not_told_old_news_again),
        SCENE_TEST(who_goes_on_herself_hears_what_is_made_from_then_on),
        SCENE_TEST(critical_news_breaks_through_digest_and_pause_where_she_says_so),
        SCENE_TEST(a_delivery_that_is_tried_again_asks_anew_whether_she_is_to_hear),
        SCENE_TEST(who_mutes_an_incident_hears_nothing_of_it_but_of_others),
        SCENE_TEST(who_follows_one_incident_hears_of_it_alone_until_it_is_over),
        SCENE_TEST(numbers_that_the_page_does_not_have_change_nothing),
        SCENE_TEST(what_is_muted_and_followed_is_listed_by_number),
        SCENE_TEST(who_wants_no_news_of_incidents_hears_of_none),
        SCENE_TEST(a_component_that_joins_a_group_later_counts_at_once),
        SCENE_TEST(a_change_of_format_keeps_the_lane_while_something_is_told),
        SCENE_TEST(who_is_suspended_hears_nothing_and_after_it_what_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
