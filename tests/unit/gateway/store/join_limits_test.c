/* How many confirmation letters there may be (security A39). */
#include "gateway/base/moment.h"
#include "tests/unit/gateway/store/joining.h"

DESK(one_letter_an_hour_three_a_day_and_five_until_she_confirms)
{
    static const struct {
        int64_t at;
        bool may;
    } asked[] = {
        {0, true},
        {1, false},
        {HOUR_MS - 1, false},
        {HOUR_MS, true},
        {2 * HOUR_MS, true},
        {3 * HOUR_MS, false}, /* the fourth of the day */
        {DAY_MS - 1, false},
        {DAY_MS, true},
        {2 * DAY_MS, true},
        {3 * DAY_MS, false}, /* the sixth */
        {30 * DAY_MS, false},
    };

    (void)scene;
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        if (joining_ask(desk, CAROL, "", NOW + asked[i].at) != asked[i].may)
            fail_msg("request %zu", i);
    const struct subscriber carol = joining_person(CAROL);
    (void)joining_confirm(desk, &carol, NOW + 31 * DAY_MS);
    for (int day = 32; day < 40; day++) /* who is confirmed is not counted until she confirms */
        assert_true(joining_ask(desk, CAROL, "", NOW + day * DAY_MS));
}

DESK(what_is_refused_uses_up_nothing_and_is_counted)
{
    for (int i = 0; i < 100; i++)
        assert_int_equal(joining_ask(desk, CAROL, "192.0.2.1", NOW + i), i == 0);
    assert_string_equal(scene_ask(scene, "SELECT count FROM tally WHERE name = 'join.refused'"),
                        "99");
    assert_string_equal(scene_ask(scene, "SELECT max(count) FROM tally"
                                         " WHERE name <> 'join.refused'"),
                        "1");
    assert_true(joining_ask(desk, CAROL, "192.0.2.1", NOW + HOUR_MS));
}

DESK(a_hundred_addresses_of_a_domain_an_hour)
{
    int taken = 0;

    for (int i = 0; i < 150; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.net", i);

        taken += joining_ask(desk, address, "", NOW + i) ? 1 : 0;
    }
    assert_int_equal(taken, 100);
    assert_true(joining_ask(desk, "p@example.org", "", NOW + 150));
    assert_false(joining_ask(desk, "late@example.net", "", NOW + HOUR_MS - 1));
    assert_true(joining_ask(desk, "late@example.net", "", NOW + HOUR_MS));
    (void)scene;
}

static const struct {
    const char *one;
    const char *other;
    bool is_same;
} networks[] = {
    {"192.0.2.1", "192.0.2.200", true},
    {"192.0.2.1", "::ffff:192.0.2.9", true},
    {"192.0.2.1", "192.0.3.1", false},
    {"2001:db8:1:2::1", "2001:db8:1:ffff::2", true},
    {"2001:db8:1::1", "2001:db8:2::1", false},
    {"", "", false}, /* a shell's are measured by the others alone */
    {"not an address", "not an address", false},
};

DESK(twenty_asked_for_by_a_network_an_hour)
{
    int64_t at = NOW;

    (void)scene;
    for (size_t i = 0; i < G_N_ELEMENTS(networks); i++) {
        at += DAY_MS;
        for (int k = 0; k < 20; k++) {
            g_autofree char *address = g_strdup_printf("n%zu@d%d.example", i, k);

            assert_true(joining_ask(desk, address, networks[i].one, at));
        }
        if (joining_ask(desk, "last@last.example", networks[i].other, at) == networks[i].is_same)
            fail_msg("%s and %s", networks[i].one, networks[i].other);
    }
}

DESK(the_pages_of_an_installation_have_their_own_measures)
{
    assert_true(joining_ask(desk, CAROL, "", NOW));
    desk->page = &joining_other_page;
    assert_true(joining_ask(desk, CAROL, "", NOW));
    assert_false(joining_ask(desk, CAROL, "", NOW));
    (void)scene;
}

DESK(the_measure_until_she_confirms_outlives_what_is_forgotten_weekly)
{
    assert_true(joining_ask(desk, CAROL, "", NOW));
    const int64_t since = g_ascii_strtoll(
        scene_ask(scene, "SELECT since FROM tally WHERE name = 'join.life'"), NULL, 10);
    assert_int_equal(since, NOW + 83 * DAY_MS); /* intakes_forget() takes it at 90 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(one_letter_an_hour_three_a_day_and_five_until_she_confirms),
        SCENE_TEST(what_is_refused_uses_up_nothing_and_is_counted),
        SCENE_TEST(a_hundred_addresses_of_a_domain_an_hour),
        SCENE_TEST(twenty_asked_for_by_a_network_an_hour),
        SCENE_TEST(the_pages_of_an_installation_have_their_own_measures),
        SCENE_TEST(the_measure_until_she_confirms_outlives_what_is_forgotten_weekly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
