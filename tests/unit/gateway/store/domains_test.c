/* A whole domain that refuses us. */
#include "gateway/store/domains.h"

#include "tests/unit/gateway/store/ward.h"

static bool refuse(struct ward *ward, int64_t subscriber_id)
{
    const struct domain_refusal refusal = {"example.net", subscriber_id, "550 5.7.1 blocked",
                                           ward->now};
    g_autoptr(GError) error = NULL;
    bool is_told = false;

    assert_true(
        domains_note_refusal(ward->scene->store, &refusal, &ward->settings, &is_told, &error));
    scene_fail_on(error);
    return is_told;
}

static struct domain_pause pause_of(struct ward *ward)
{
    struct domain_pause pause = {0};
    g_autoptr(GError) error = NULL;

    assert_true(
        domains_load_pause(ward->scene->store, ward->scene->arena, "example.net", &pause, &error));
    return pause;
}

SCENE(a_domain_that_refuses_several_people_by_policy_is_paused_and_told_of_once)
{
    struct ward ward = begin(scene);
    g_autoptr(GError) error = NULL;
    bool are_any = true;

    assert_true(domains_are_any(scene->store, &are_any, &error));
    assert_false(are_any);
    for (int64_t i = 1; i < 5; i++) {
        assert_false(refuse(&ward, i));
        assert_false(refuse(&ward, 1)); /* the same people again are no others */
    }
    assert_int_equal(pause_of(&ward).until, 0);
    assert_true(refuse(&ward, 5));
    assert_int_equal(pause_of(&ward).until, ward.now + HOUR_MS);
    assert_string_equal(pause_of(&ward).reason, "550 5.7.1 blocked");
    assert_false(refuse(&ward, 6));

    ward.now += HOUR_MS;
    assert_false(refuse(&ward, 7)); /* paused again, but told already */
    assert_int_equal(pause_of(&ward).until, ward.now + HOUR_MS);
    assert_true(domains_reset(scene->store, "example.net", &error));
    assert_int_equal(pause_of(&ward).until, 0);
    for (int64_t i = 1; i < 5; i++)
        assert_false(refuse(&ward, i));
    assert_true(refuse(&ward, 5));
    end(&ward);
}

SCENE(a_domain_that_is_quiet_for_a_day_is_forgotten)
{
    struct ward ward = begin(scene);
    g_autoptr(GError) error = NULL;
    bool are_any = false;

    assert_false(refuse(&ward, 1));
    assert_true(domains_forget(scene->store, ward.now + DAY_MS, &error));
    assert_true(domains_are_any(scene->store, &are_any, &error));
    assert_true(are_any);
    assert_true(domains_forget(scene->store, ward.now + DAY_MS + 1, &error));
    assert_true(domains_are_any(scene->store, &are_any, &error));
    assert_false(are_any);
    end(&ward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_domain_that_refuses_several_people_by_policy_is_paused_and_told_of_once),
        SCENE_TEST(a_domain_that_is_quiet_for_a_day_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
