#include "gateway/store/digests.h"

#include "tests/unit/gateway/store/digest_scene.h"

SCENE(what_opened_and_ended_meanwhile_stands_once_as_resolved)
{
    struct digest digest;

    add_reader(scene, CAROL);
    const int64_t id = open_at(scene, "API errors", SEVERITY_MAJOR, NOW - 3 * HOUR_MS);
    tell(scene, id, "Found it.", NOW - 2 * HOUR_MS);
    resolve(scene, id, NOW - HOUR_MS);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.story_count, 1);
    assert_int_equal(digest.stories[0].kind, NOTIFICATION_RESOLVED);
    assert_int_equal(digest.stories[0].incident->status, INCIDENT_RESOLVED);
    assert_int_equal(digest.stories[0].incident->resolved_at, NOW - HOUR_MS);
    assert_int_equal(digest.stories[0].incident->created_at, NOW - 3 * HOUR_MS);
    assert_int_equal(digest.stories[0].update_count, 3);
    assert_int_equal(digest.stories[0].first_missed, 0);
}

SCENE(the_most_severe_is_first_then_the_newest)
{
    struct digest digest;

    add_reader(scene, CAROL);
    (void)open_at(scene, "Old minor", SEVERITY_MINOR, NOW - 5 * HOUR_MS);
    (void)open_at(scene, "Critical", SEVERITY_CRITICAL, NOW - 4 * HOUR_MS);
    (void)open_at(scene, "New minor", SEVERITY_MINOR, NOW - 3 * HOUR_MS);
    (void)open_at(scene, "Major", SEVERITY_MAJOR, NOW - 2 * HOUR_MS);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.story_count, 4);
    assert_string_equal(digest.stories[0].incident->title, "Critical");
    assert_string_equal(digest.stories[1].incident->title, "Major");
    assert_string_equal(digest.stories[2].incident->title, "New minor");
    assert_string_equal(digest.stories[3].incident->title, "Old minor");
}

SCENE(a_digest_is_as_things_were_at_its_end)
{
    struct digest digest;

    add_reader(scene, CAROL);
    const int64_t id = open_at(scene, "API errors", SEVERITY_MINOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    resolve(scene, id, NOW + HOUR_MS);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.stories[0].incident->status, INCIDENT_INVESTIGATING);
    assert_int_equal(digest.stories[0].incident->resolved_at, 0);
    assert_int_equal(digest.stories[0].update_count, 1);
}

SCENE(the_next_tells_what_came_since_and_nothing_twice)
{
    struct digest digest;

    add_reader(scene, CAROL);
    const int64_t id = open_at(scene, "API errors", SEVERITY_MINOR, NOW - HOUR_MS);
    (void)open_at(scene, "Over there", SEVERITY_MINOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    tell(scene, id, "Found it.", NOW + HOUR_MS);
    assert_int_equal(run(scene, TOMORROW), 1);
    assert_int_equal(letters(scene), 2);
    digest = load(scene, CAROL, NOW, TOMORROW);
    assert_int_equal(digest.story_count, 1);
    assert_int_equal(digest.stories[0].update_count, 2);
    assert_int_equal(digest.stories[0].first_missed, 1);
}

SCENE(a_change_that_is_committed_late_is_in_the_next_digest_alone)
{
    struct digest digest;

    add_reader(scene, CAROL);
    (void)open_at(scene, "In time", SEVERITY_MINOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    (void)open_at(scene, "Late", SEVERITY_MINOR, NOW - 10);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.story_count, 1);
    assert_string_equal(digest.stories[0].incident->title, "In time");
    assert_int_equal(run(scene, TOMORROW), 1);
    assert_int_equal(letters(scene), 2);
    digest = load(scene, CAROL, NOW, TOMORROW);
    assert_int_equal(digest.story_count, 1);
    assert_string_equal(digest.stories[0].incident->title, "Late");
}

SCENE(who_hears_of_it_only_now_because_it_got_worse_gets_the_story_so_far)
{
    struct digest digest;

    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET severity = 1");
    const int64_t id = open_at(scene, "API errors", SEVERITY_MINOR, YESTERDAY - HOUR_MS);
    struct command worse = update_command(id, "It is worse.");
    worse.has_severity = true;
    worse.severity = SEVERITY_MAJOR;
    (void)change(scene, &worse, NOW - HOUR_MS);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.story_count, 1);
    assert_int_equal(digest.stories[0].first_missed, 0);
}

SCENE(what_broke_through_is_not_repeated)
{
    struct digest digest;

    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET breaks_through = 1");
    (void)open_at(scene, "Critical", SEVERITY_CRITICAL, NOW - 2 * HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    (void)open_at(scene, "Major", SEVERITY_MAJOR, NOW + HOUR_MS);
    (void)open_at(scene, "Critical again", SEVERITY_CRITICAL, NOW + HOUR_MS);
    assert_int_equal(run(scene, TOMORROW), 1);
    assert_int_equal(letters(scene), 1);
    digest = load(scene, CAROL, NOW, TOMORROW);
    assert_int_equal(digest.story_count, 1);
    assert_string_equal(digest.stories[0].incident->title, "Major");
}

SCENE(the_same_taste_is_the_same_string_and_another_is_another)
{
    struct subscriber one = subscriber_default;
    struct subscriber other = subscriber_default;
    const char *const topics[] = {"c:comp_api"};
    const char *tastes[3] = {NULL};

    one.id = 1;
    other.id = 2;
    other.time_zone = "Europe/Berlin";
    assert_true(digests_find_taste(scene->store, scene->arena, &one, &tastes[0], NULL));
    assert_true(digests_find_taste(scene->store, scene->arena, &other, &tastes[1], NULL));
    other.topics = topics;
    other.topic_count = 1;
    assert_true(digests_find_taste(scene->store, scene->arena, &other, &tastes[2], NULL));
    assert_string_equal(tastes[0], tastes[1]);
    assert_string_not_equal(tastes[0], tastes[2]);
}

SCENE(a_very_long_list_of_incidents_is_cut_to_the_most_severe)
{
    struct digest digest;
    size_t updates = 0;

    add_reader(scene, CAROL);
    for (int i = 0; i < DIGEST_STORIES_MOST + 5; i++)
        tell(scene, open_at(scene, "Minor", SEVERITY_MINOR, NOW - HOUR_MS), "More.", NOW - HOUR_MS);
    (void)open_at(scene, "Critical", SEVERITY_CRITICAL, NOW - 2 * HOUR_MS);
    digest = load(scene, CAROL, YESTERDAY, NOW);
    assert_int_equal(digest.story_count, DIGEST_STORIES_MOST);
    assert_string_equal(digest.stories[0].incident->title, "Critical");
    for (size_t i = 0; i < digest.story_count; i++)
        updates += digest.stories[i].update_count;
    assert_true(updates <= DIGEST_UPDATES_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_opened_and_ended_meanwhile_stands_once_as_resolved),
        SCENE_TEST(the_most_severe_is_first_then_the_newest),
        SCENE_TEST(a_digest_is_as_things_were_at_its_end),
        SCENE_TEST(the_next_tells_what_came_since_and_nothing_twice),
        SCENE_TEST(a_change_that_is_committed_late_is_in_the_next_digest_alone),
        SCENE_TEST(who_hears_of_it_only_now_because_it_got_worse_gets_the_story_so_far),
        SCENE_TEST(what_broke_through_is_not_repeated),
        SCENE_TEST(the_same_taste_is_the_same_string_and_another_is_another),
        SCENE_TEST(a_very_long_list_of_incidents_is_cut_to_the_most_severe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
