#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "spool/backoff.h"
#include "tests/unit/unit.h" /* cmocka, and TEST(sentence): a static test function of that name */

static const struct backoff policy = {10 * SECOND_MS, 60 * SECOND_MS, 10 * MINUTE_MS};

TEST(waits_double_until_the_longest_and_chance_spares_up_to_half)
{
    static const int64_t latest_s[] = {10, 20, 40, 60, 60};

    for (uint32_t i = 0; i < G_N_ELEMENTS(latest_s); i++) {
        const struct attempt attempt = {.failures = i + 1};
        int64_t at = -1;
        assert_int_equal(backoff_decide(&policy, &attempt, 0, &at), BACKOFF_RETRY);
        assert_int_equal(at, latest_s[i] * SECOND_MS);
        assert_int_equal(backoff_decide(&policy, &attempt, UINT32_MAX, &at), BACKOFF_RETRY);
        assert_int_equal(at, latest_s[i] * SECOND_MS / 2);
    }
}

TEST(stale_news_is_given_up)
{
    const struct attempt attempt = {.failed_at = 9 * MINUTE_MS + 1, .failures = UINT32_MAX};
    int64_t at = -1;

    assert_int_equal(backoff_decide(&policy, &attempt, 0, &at), BACKOFF_GIVE_UP);
    assert_int_equal(at, -1);
}

TEST(a_wrong_policy_is_refused_by_name)
{
    const struct backoff hasty = {.first_ms = 10, .longest_ms = SECOND_MS, .give_up_ms = DAY_MS};
    g_autoptr(GError) error = NULL;

    assert_true(backoff_check(&backoff_default, NULL));
    assert_false(backoff_check(&hasty, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
    assert_string_equal(error->message, "first: 10 ms is not within 1000..3600000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_until_the_longest_and_chance_spares_up_to_half),
        cmocka_unit_test(stale_news_is_given_up),
        cmocka_unit_test(a_wrong_policy_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
