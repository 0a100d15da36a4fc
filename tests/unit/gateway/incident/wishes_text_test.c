#include "gateway/base/moment.h"
#include "gateway/incident/wishes.h"
#include "tests/unit/unit.h"

static const char *const topics_mixed[] = {"c:comp_web", "g:API", "g:Core"};

TEST(wishes_are_written_one_a_line)
{
    OWN(arena) arena = arena_open(1 << 20);
    static const int64_t muted[] = {42, 43};
    const struct wishes wishes = {
        .has_topics = true,
        .topics = topics_mixed,
        .topic_count = 3,
        .has_severity = true,
        .severity = SEVERITY_MAJOR,
        .has_delivery = true,
        .delivery = DELIVERY_WEEKLY,
        .has_digest_weekday = true,
        .digest_weekday = 1,
        .has_digest_minute = true,
        .digest_minute = 480,
        .language = "de",
        .has_pause = true,
        .pause_ms = 7 * DAY_MS,
        .muted = muted,
        .muted_count = 2,
    };

    assert_string_equal(wishes_write(arena, &wishes), "components: web, \"API\", \"Core\"\n"
                                                      "severity: major\n"
                                                      "delivery: weekly mon 08:00\n"
                                                      "language: de\n"
                                                      "pause: 7 days\n"
                                                      "mute: #42, #43\n");
    assert_string_equal(wishes_write(arena, &(struct wishes){0}), "");
    assert_true(wishes_are_none(wishes_read(arena, "")));
}

static const char *const *random_topics(struct arena *arena, GRand *random, size_t *count)
{
    static const char *const some[] = {
        "c:comp_api",    "c:comp_all", "c:web",      "c:comp_", "c:comp_a b", "c:comp_comp_x",
        "g:Core",        "g:all",      "g:a, b",     "g:\"q\"", "g:back\\n",  "g:two\nlines",
        "g:-minus",      "g:+plus",    "g:comp_api", "g:C",     "g:日本",     "c:comp_-x",
        "g:components:", "g: spaces ", "c:id \"x\"", "g:id"};
    const char **topics = ARENA_ARRAY(arena, const char *, 5);

    *count = (size_t)g_rand_int_range(random, 0, 6);
    for (size_t i = 0; i < *count; i++)
        topics[i] = some[g_rand_int_range(random, 0, G_N_ELEMENTS(some))];
    return topics;
}

static const int64_t *random_numbers(struct arena *arena, GRand *random, size_t *count)
{
    int64_t *numbers = ARENA_ARRAY(arena, int64_t, 4);

    *count = (size_t)g_rand_int_range(random, 0, 4);
    for (size_t i = 0; i < *count; i++)
        numbers[i] = 1 + (int64_t)g_rand_int(random) * g_rand_int_range(random, 0, 9999);
    return numbers;
}

static struct wishes random_choices(GRand *random)
{
    static const char *const zones[] = {NULL, "", "Europe/Berlin", "Etc/GMT+5"};
    static const char *const languages[] = {NULL, "", "de", "pt-br"};
    struct wishes wishes = {
        .has_severity = g_rand_boolean(random),
        .has_kinds = g_rand_boolean(random),
        .has_format = g_rand_boolean(random),
        .has_delivery = g_rand_boolean(random),
        .has_digest_minute = g_rand_boolean(random),
        .has_digest_weekday = g_rand_boolean(random),
        .has_breaks_through = g_rand_boolean(random),
        .time_zone = zones[g_rand_int_range(random, 0, 4)],
        .language = languages[g_rand_int_range(random, 0, 4)],
        .has_pause = g_rand_boolean(random),
        .followed = g_rand_boolean(random) ? g_rand_int_range(random, 1, 99) : 0,
    };

    if (wishes.has_severity)
        wishes.severity = (enum incident_severity)g_rand_int_range(random, 0, 3);
    if (wishes.has_kinds)
        wishes.kinds = (unsigned)g_rand_int_range(random, 0, 8);
    if (wishes.has_format)
        wishes.format = (enum subscriber_format)g_rand_int_range(random, 0, 3);
    if (wishes.has_delivery)
        wishes.delivery = (enum subscriber_delivery)g_rand_int_range(random, 0, 3);
    if (wishes.has_digest_minute)
        wishes.digest_minute = (unsigned)g_rand_int_range(random, 0, 1440);
    if (wishes.has_digest_weekday)
        wishes.digest_weekday = (unsigned)g_rand_int_range(random, 1, 8);
    if (wishes.has_breaks_through)
        wishes.breaks_through = g_rand_boolean(random);
    if (wishes.has_pause && g_rand_boolean(random))
        wishes.pause_ms =
            (g_rand_boolean(random) ? 1 : MINUTE_MS) * g_rand_int_range(random, 1, 500000);
    return wishes;
}

static struct wishes random_wishes(struct arena *arena, GRand *random)
{
    struct wishes wishes = random_choices(random);

    wishes.topics = random_topics(arena, random, &wishes.topic_count);
    wishes.has_topics = wishes.topic_count > 0 || g_rand_boolean(random);
    wishes.added_topics = random_topics(arena, random, &wishes.added_count);
    wishes.removed_topics = random_topics(arena, random, &wishes.removed_count);
    wishes.muted = random_numbers(arena, random, &wishes.muted_count);
    wishes.unmuted = random_numbers(arena, random, &wishes.unmuted_count);
    return wishes;
}

static void assert_same_topics(const char *const *one, size_t one_count, const char *const *other,
                               size_t other_count)
{
    assert_int_equal(one_count, other_count);
    for (size_t i = 0; i < one_count; i++)
        assert_string_equal(one[i], other[i]);
}

static void assert_same_name(const char *one, const char *other)
{
    assert_true(g_strcmp0(one, other) == 0);
}

static void assert_same_choices(const struct wishes *one, const struct wishes *other)
{
    assert_int_equal(one->has_topics, other->has_topics);
    assert_int_equal(one->has_severity, other->has_severity);
    assert_int_equal(one->severity, other->severity);
    assert_int_equal(one->has_kinds, other->has_kinds);
    assert_int_equal(one->kinds, other->kinds);
    assert_int_equal(one->has_format, other->has_format);
    assert_int_equal(one->format, other->format);
    assert_int_equal(one->has_delivery, other->has_delivery);
    assert_int_equal(one->delivery, other->delivery);
    assert_int_equal(one->has_digest_minute, other->has_digest_minute);
    assert_int_equal(one->digest_minute, other->digest_minute);
    assert_int_equal(one->has_digest_weekday, other->has_digest_weekday);
    assert_int_equal(one->digest_weekday, other->digest_weekday);
    assert_int_equal(one->has_breaks_through, other->has_breaks_through);
    assert_int_equal(one->breaks_through, other->breaks_through);
    assert_int_equal(one->has_pause, other->has_pause);
    assert_int_equal(one->pause_ms, other->pause_ms);
    assert_int_equal(one->followed, other->followed);
    assert_same_name(one->time_zone, other->time_zone);
    assert_same_name(one->language, other->language);
}

TEST(what_was_written_is_read_back_whole)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(42);

    for (int i = 0; i < 5000; i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const struct wishes one = random_wishes(arena, random);
        const struct wishes *other = wishes_read(arena, wishes_write(arena, &one));
        assert_same_choices(&one, other);
        assert_same_topics(one.topics, one.topic_count, other->topics, other->topic_count);
        assert_same_topics(one.added_topics, one.added_count, other->added_topics,
                           other->added_count);
        assert_same_topics(one.removed_topics, one.removed_count, other->removed_topics,
                           other->removed_count);
        assert_int_equal(one.muted_count, other->muted_count);
        if (one.muted_count > 0)
            assert_memory_equal(one.muted, other->muted, one.muted_count * sizeof *one.muted);
        assert_int_equal(one.unmuted_count, other->unmuted_count);
        assert_int_equal(wishes_are_none(&one), wishes_are_none(other));
    }
}

TEST(hostile_lines_are_read_as_far_as_they_go)
{
    static const char *const pieces[] = {
        "components: ", "\"",     "\\",        "id ",      "-",           "+",         ",",
        "\n",           "mute: ", "#",         "9",        "pause: ",     "days",      "delivery: ",
        "kinds:",       " ",      "follow: #", "\xC3\xA9", "time zone: ", "language:", "all",
        "resume",       ":",      "ms"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (int i = 0; i < 5000; i++) {
        OWN(arena) arena = arena_open(4 << 20);
        g_autoptr(GString) lines = g_string_new(NULL);
        for (int n = g_rand_int_range(random, 0, 200); n > 0; n--)
            g_string_append(lines, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        const struct wishes *wishes = wishes_read(arena, lines->str);
        assert_true(wishes->topic_count <= WISHES_TOPICS_MOST);
        assert_true(wishes->pause_ms >= 0 && wishes->pause_ms <= WISHES_PAUSE_MOST_MS);
        assert_true(wishes->followed >= 0);
        /* What came of it can be written, and means the same then. */
        assert_same_choices(wishes, wishes_read(arena, wishes_write(arena, wishes)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes_are_written_one_a_line),
        cmocka_unit_test(what_was_written_is_read_back_whole),
        cmocka_unit_test(hostile_lines_are_read_as_far_as_they_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
