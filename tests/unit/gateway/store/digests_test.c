#include "gateway/store/digests.h"

#include "gateway/base/moment.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

#include <inttypes.h>

#define CAROL "carol@example.net"
#define DAVE  "dave@example.net"
#define MOST  100

/* NOW is 2027-01-15 08:00 UTC, a Friday. */
#define YESTERDAY (NOW - DAY_MS)
#define TOMORROW  (NOW + DAY_MS)

static void set(struct scene *scene, const char *sql, ...) __attribute__((format(printf, 2, 3)));
static void set(struct scene *scene, const char *sql, ...)
{
    va_list values;

    va_start(values, sql);
    g_autofree char *whole = g_strdup_vprintf(sql, values);
    va_end(values);
    assert_int_equal(scene_try(scene, whole), SQLITE_OK);
}

static int64_t ask(struct scene *scene, const char *sql)
{
    return g_ascii_strtoll(scene_ask(scene, sql), NULL, 10);
}

/* Confirmed long ago, with a digest that was sent yesterday and is due now. */
static void add_reader(struct scene *scene, const char *address)
{
    struct subscriber reader = subscriber_default;
    bool was_there = false;

    reader.page_id = scene_page.id;
    reader.address = address;
    assert_true(subscribers_add(scene->store, &reader, YESTERDAY - DAY_MS, &was_there, NULL));
    set(scene,
        "UPDATE subscriber SET delivery = 1, digest_since = %" PRId64 ", digest_at = %" PRId64
        " WHERE address = '%s'",
        YESTERDAY, NOW, address);
}

static int64_t open_at(struct scene *scene, const char *title, enum incident_severity severity,
                       int64_t at)
{
    struct command command = open_command(title);

    command.severity = severity;
    return change(scene, &command, at)->incident->id;
}

static void tell(struct scene *scene, int64_t incident_id, const char *message, int64_t at)
{
    const struct command command = update_command(incident_id, message);

    (void)change(scene, &command, at);
}

static void resolve(struct scene *scene, int64_t incident_id, int64_t at)
{
    struct command command = update_command(incident_id, "It is over.");

    command.has_status = true;
    command.status = INCIDENT_RESOLVED;
    (void)change(scene, &command, at);
}

static int64_t run(struct scene *scene, int64_t now)
{
    g_autoptr(GError) error = NULL;
    int64_t done = -1;

    (void)digests_run_due(scene->store, &scene_page, now, MOST, &done, &error);
    scene_fail_on(error);
    return done;
}

static int64_t letters(struct scene *scene)
{
    return ask(scene, "SELECT count(*) FROM letter WHERE kind = 19");
}

/* What the digest for `address` between these moments tells. */
static struct digest load(struct scene *scene, const char *address, int64_t since, int64_t until)
{
    struct digest digest = {.page = &scene_page, .since = since, .until = until};
    const struct subscriber *row = NULL;
    struct subscriber reader;
    g_autoptr(GError) error = NULL;

    assert_true(subscribers_find(scene->store, scene->arena, &scene_page, address, &row, &error));
    reader = *row;
    reader.kinds = (unsigned)ask(scene, "SELECT kinds FROM subscriber ORDER BY id LIMIT 1");
    reader.breaks_through =
        ask(scene, "SELECT breaks_through FROM subscriber ORDER BY id LIMIT 1") != 0;
    (void)digests_load(scene->store, scene->arena, &reader, &digest, &error);
    scene_fail_on(error);
    return digest;
}

SCENE(who_is_due_gets_one_letter_and_her_next_moment)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 1);
    assert_string_equal(scene_ask(scene, "SELECT address || priority || subscriber_id FROM letter"),
                        CAROL "91");
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'since'"), YESTERDAY);
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'until'"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), TOMORROW);
    assert_int_equal(run(scene, NOW), 0);
    assert_int_equal(letters(scene), 1);
}

SCENE(where_nothing_changed_there_is_no_letter_and_the_moment_goes_on)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "Told before", SEVERITY_MAJOR, YESTERDAY - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), TOMORROW);
}

SCENE(a_change_that_was_silent_makes_no_letter)
{
    struct command command = open_command("Quiet");

    command.is_silent = true;
    add_reader(scene, CAROL);
    (void)change(scene, &command, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
}

SCENE(nobody_is_due_before_her_moment)
{
    int64_t at = 0;

    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW - 1), 0);
    assert_true(digests_next(scene->store, &scene_page, &at, NULL));
    assert_int_equal(at, NOW);
    set(scene, "UPDATE subscriber SET state = 2");
    assert_true(digests_next(scene->store, &scene_page, &at, NULL));
    assert_int_equal(at, 0);
    assert_int_equal(run(scene, NOW), 0);
}

SCENE(an_hour_is_that_of_her_zone)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET time_zone = 'America/New_York', digest_minute = 510");
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"),
                     NOW + 5 * HOUR_MS + 30 * MINUTE_MS); /* 08:30 EST is 13:30 UTC */
}

SCENE(a_week_ends_on_her_weekday)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET delivery = 2, digest_weekday = 1");
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), NOW + 3 * DAY_MS);
}

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

/* Its writer took the time before the digest was made, and the lock after it. */
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

/* What she chose, and whether a major incident of the API is then in her digest. */
static const struct {
    const char *sql;
    bool hears;
} choices[] = {
    {"UPDATE subscriber SET severity = 1", true},
    {"UPDATE subscriber SET severity = 2", false},
    {"UPDATE subscriber SET kinds = 6", false},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_api')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_mail')", false},
    {"INSERT INTO subscriber_topic VALUES (1, 'c:comp_mail'), (1, 'g:Core')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'i:1')", true},
    {"INSERT INTO subscriber_topic VALUES (1, 'i:2')", false},
    {"INSERT INTO subscriber_mute VALUES (1, 1)", false},
};

SCENE(filters_kinds_and_mutes_decide_whether_there_is_a_letter)
{
    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
        set(scene,
            "DELETE FROM letter_fact; DELETE FROM letter; DELETE FROM subscriber_topic;"
            "DELETE FROM subscriber_mute; UPDATE subscriber SET severity = 0, kinds = 7,"
            " digest_since = %" PRId64 ", digest_at = %" PRId64 "; %s",
            YESTERDAY, NOW, choices[i].sql);
        assert_int_equal(run(scene, NOW), 1);
        if (letters(scene) != choices[i].hears)
            fail_msg("%s", choices[i].sql);
        assert_int_equal(load(scene, CAROL, YESTERDAY, NOW).story_count, choices[i].hears);
    }
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

SCENE(a_pause_puts_it_off_and_loses_nothing)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET paused_until = %" PRId64, NOW + DAY_MS + HOUR_MS);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_at FROM subscriber"), NOW + 2 * DAY_MS);
    assert_int_equal(run(scene, NOW + 2 * DAY_MS), 1);
    assert_int_equal(ask(scene, "SELECT value FROM letter_fact WHERE name = 'since'"), YESTERDAY);
}

SCENE(who_wants_each_at_once_has_no_moment)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET delivery = 0");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_string_equal(scene_ask(scene, "SELECT digest_at FROM subscriber"), "");
}

SCENE(a_digest_without_a_beginning_begins_now)
{
    add_reader(scene, CAROL);
    set(scene, "UPDATE subscriber SET digest_since = NULL");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_int_equal(run(scene, NOW), 1);
    assert_int_equal(letters(scene), 0);
    assert_int_equal(ask(scene, "SELECT digest_since FROM subscriber"), NOW);
}

SCENE(a_transaction_takes_as_many_as_it_is_told_and_the_longest_waiting_first)
{
    int64_t done = 0;

    add_reader(scene, CAROL);
    add_reader(scene, DAVE);
    set(scene, "UPDATE subscriber SET digest_at = digest_at - 60000 WHERE address = '" DAVE "'");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    assert_true(digests_run_due(scene->store, &scene_page, NOW, 1, &done, NULL));
    assert_int_equal(done, 1);
    assert_string_equal(scene_ask(scene, "SELECT address FROM letter"), DAVE);
    assert_true(digests_run_due(scene->store, &scene_page, NOW, 1, &done, NULL));
    assert_int_equal(letters(scene), 2);
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
        SCENE_TEST(who_is_due_gets_one_letter_and_her_next_moment),
        SCENE_TEST(where_nothing_changed_there_is_no_letter_and_the_moment_goes_on),
        SCENE_TEST(a_change_that_was_silent_makes_no_letter),
        SCENE_TEST(nobody_is_due_before_her_moment),
        SCENE_TEST(an_hour_is_that_of_her_zone),
        SCENE_TEST(a_week_ends_on_her_weekday),
        SCENE_TEST(what_opened_and_ended_meanwhile_stands_once_as_resolved),
        SCENE_TEST(the_most_severe_is_first_then_the_newest),
        SCENE_TEST(a_digest_is_as_things_were_at_its_end),
        SCENE_TEST(the_next_tells_what_came_since_and_nothing_twice),
        SCENE_TEST(a_change_that_is_committed_late_is_in_the_next_digest_alone),
        SCENE_TEST(who_hears_of_it_only_now_because_it_got_worse_gets_the_story_so_far),
        SCENE_TEST(filters_kinds_and_mutes_decide_whether_there_is_a_letter),
        SCENE_TEST(what_broke_through_is_not_repeated),
        SCENE_TEST(a_pause_puts_it_off_and_loses_nothing),
        SCENE_TEST(who_wants_each_at_once_has_no_moment),
        SCENE_TEST(a_digest_without_a_beginning_begins_now),
        SCENE_TEST(a_transaction_takes_as_many_as_it_is_told_and_the_longest_waiting_first),
        SCENE_TEST(the_same_taste_is_the_same_string_and_another_is_another),
        SCENE_TEST(a_very_long_list_of_incidents_is_cut_to_the_most_severe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
