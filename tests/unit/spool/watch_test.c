#include "spool/watch.h"

#include "tests/unit/unit.h"

static const struct spool_watch limits = {30000, 60000, 600000};

TEST(a_worker_is_stuck_by_the_limit_of_what_it_does)
{
    static const struct {
        enum watch_phase phase;
        int64_t span_ms;
        bool want;
    } cases[] = {
        {WATCH_IDLE, INT64_MAX, false},  {WATCH_CONNECTING, 30000, false},
        {WATCH_CONNECTING, 30001, true}, {WATCH_TALKING, 60000, false},
        {WATCH_TALKING, 60001, true},    {WATCH_DOT, 600000, false},
        {WATCH_DOT, 600001, true},       {(enum watch_phase)77, 0, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(watch_is_stuck(&limits, cases[i].phase, cases[i].span_ms), cases[i].want);
}

TEST(turns_keep_a_rate_and_save_nothing_up)
{
    struct watch_relay relay = {0};

    assert_int_equal(watch_take_turn(&relay, 0, 1000), 0);
    assert_int_equal(watch_take_turn(&relay, 100, 1000), 0);
    assert_int_equal(watch_take_turn(&relay, 100, 1000), 10000);
    assert_int_equal(watch_take_turn(&relay, 100, 6000), 15000);
    assert_int_equal(watch_take_turn(&relay, 100, 9000000), 0);
    assert_int_equal(watch_take_turn(&relay, 100, 9000000), 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_is_stuck_by_the_limit_of_what_it_does),
        cmocka_unit_test(turns_keep_a_rate_and_save_nothing_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
