#include "gateway/base/moment.h"
#include "gateway/incident/subscriber.h"
#include "tests/unit/unit.h"

static int64_t moment(const char *iso)
{
    int64_t at = 0;

    assert_true(moment_parse_iso(text_of(iso), &at));
    return at;
}

TEST(a_digest_is_due_at_her_hour_in_her_zone)
{
    static const struct {
        enum subscriber_delivery delivery;
        unsigned minute;
        unsigned weekday;
        const char *zone;
        const char *page_zone;
        const char *now;
        const char *due;
    } cases[] = {
        /* 2026-11-24 is a Tuesday. */
        {DELIVERY_DAILY, 480, 1, "", "Etc/UTC", "2026-11-24T07:59:59Z", "2026-11-24T08:00:00Z"},
        {DELIVERY_DAILY, 480, 1, "", "Etc/UTC", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z"},
        {DELIVERY_DAILY, 480, 1, "", "Europe/Berlin", "2026-11-24T06:00:00Z",
         "2026-11-24T07:00:00Z"},
        {DELIVERY_DAILY, 480, 1, "Asia/Tokyo", "Europe/Berlin", "2026-11-24T06:00:00Z",
         "2026-11-24T23:00:00Z"},
        {DELIVERY_DAILY, 0, 1, "Asia/Kolkata", "Etc/UTC", "2026-11-24T12:00:00Z",
         "2026-11-24T18:30:00Z"},
        {DELIVERY_DAILY, 1439, 1, "Pacific/Kiritimati", "Etc/UTC", "2026-12-31T09:00:00Z",
         "2026-12-31T09:59:00Z"},
        /* Her own zone is none: UTC. */
        {DELIVERY_DAILY, 480, 1, "Mars/Olympus", "Europe/Berlin", "2026-11-24T06:00:00Z",
         "2026-11-24T08:00:00Z"},
        {DELIVERY_WEEKLY, 480, 1, "", "Etc/UTC", "2026-11-24T06:00:00Z", "2026-11-30T08:00:00Z"},
        {DELIVERY_WEEKLY, 480, 2, "", "Etc/UTC", "2026-11-24T06:00:00Z", "2026-11-24T08:00:00Z"},
        {DELIVERY_WEEKLY, 480, 2, "", "Etc/UTC", "2026-11-24T08:00:00Z", "2026-12-01T08:00:00Z"},
        {DELIVERY_WEEKLY, 480, 7, "", "Etc/UTC", "2026-11-24T08:00:00Z", "2026-11-29T08:00:00Z"},
        /* Where it is already Wednesday. */
        {DELIVERY_WEEKLY, 480, 3, "Asia/Tokyo", "Etc/UTC", "2026-11-24T20:00:00Z",
         "2026-11-24T23:00:00Z"},
        /* Clocks change on 2026-03-29 and 2026-10-25 in Berlin. */
        {DELIVERY_DAILY, 480, 1, "Europe/Berlin", "Etc/UTC", "2026-03-28T07:00:00Z",
         "2026-03-29T06:00:00Z"},
        {DELIVERY_DAILY, 480, 1, "Europe/Berlin", "Etc/UTC", "2026-10-24T06:00:00Z",
         "2026-10-25T07:00:00Z"},
        /* 02:30 does not exist there on that day: after 01:59 comes 03:00. */
        {DELIVERY_DAILY, 150, 1, "Europe/Berlin", "Etc/UTC", "2026-03-28T12:00:00Z",
         "2026-03-29T01:00:00Z"},
        {DELIVERY_WEEKLY, 150, 7, "Europe/Berlin", "Etc/UTC", "2026-03-28T12:00:00Z",
         "2026-03-29T01:00:00Z"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct subscriber subscriber = subscriber_default;
        subscriber.delivery = cases[i].delivery;
        subscriber.digest_minute = cases[i].minute;
        subscriber.digest_weekday = cases[i].weekday;
        subscriber.time_zone = cases[i].zone;
        const int64_t due =
            subscriber_next_digest(&subscriber, cases[i].page_zone, moment(cases[i].now));
        if (due != moment(cases[i].due))
            print_error("case %zu: %+.2f h\n", i,
                        (double)(due - moment(cases[i].due)) / (double)HOUR_MS);
        assert_int_equal(due, moment(cases[i].due));
    }
}

TEST(who_hears_at_once_has_no_digest)
{
    assert_int_equal(subscriber_next_digest(&subscriber_default, "Etc/UTC", 1), 0);
}

TEST(the_next_digest_is_never_past_and_never_more_than_a_week_away)
{
    static const char *const zones[] = {"Europe/Berlin",       "America/New_York",
                                        "Australia/Lord_Howe", "Asia/Kathmandu",
                                        "Africa/Casablanca",   "Etc/UTC"};
    g_autoptr(GRand) random = g_rand_new_with_seed(4);

    for (int i = 0; i < 3000; i++) {
        struct subscriber subscriber = subscriber_default;
        const int64_t now = moment("2026-01-01T00:00:00Z") +
                            (int64_t)(g_rand_double(random) * 400.0 * (double)DAY_MS);
        subscriber.delivery = g_rand_boolean(random) ? DELIVERY_DAILY : DELIVERY_WEEKLY;
        subscriber.digest_minute = (unsigned)g_rand_int_range(random, 0, 1440);
        subscriber.digest_weekday = (unsigned)g_rand_int_range(random, 1, 8);
        subscriber.time_zone = zones[g_rand_int_range(random, 0, G_N_ELEMENTS(zones))];
        const int64_t due = subscriber_next_digest(&subscriber, "Etc/UTC", now);
        const int64_t most = (subscriber.delivery == DELIVERY_DAILY ? 1 : 7) * DAY_MS;
        assert_true(due > now && due <= now + most + 2 * HOUR_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_due_at_her_hour_in_her_zone),
        cmocka_unit_test(who_hears_at_once_has_no_digest),
        cmocka_unit_test(the_next_digest_is_never_past_and_never_more_than_a_week_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
