/* What came back: which codes count, and when somebody is suspended. */
#include "tests/unit/gateway/store/ward.h"

SCENE(the_code_says_whose_failure_it_is)
{
    static const struct {
        const char *status;
        enum bounce_fault fault;
    } cases[] = {
        {"5.1.1", BOUNCE_FAULT_PERMANENT},  {"5.1.2", BOUNCE_FAULT_PERMANENT},
        {"5.1.3", BOUNCE_FAULT_PERMANENT},  {"5.1.6", BOUNCE_FAULT_PERMANENT},
        {"5.1.10", BOUNCE_FAULT_PERMANENT}, {"5.2.1", BOUNCE_FAULT_PERMANENT},
        {"5.2.2", BOUNCE_FAULT_TEMPORARY},  {"5.4.7", BOUNCE_FAULT_TEMPORARY},
        {"4.2.2", BOUNCE_FAULT_TEMPORARY},  {"4.4.1", BOUNCE_FAULT_TEMPORARY},
        {"4.4.7", BOUNCE_FAULT_TEMPORARY},  {"4.1.1", BOUNCE_FAULT_TEMPORARY},
        {"5.1.7", BOUNCE_FAULT_OURS},       {"5.1.8", BOUNCE_FAULT_OURS},
        {"5.1.0", BOUNCE_FAULT_OURS},       {"5.3.4", BOUNCE_FAULT_OURS},
        {"5.4.4", BOUNCE_FAULT_OURS},       {"5.5.0", BOUNCE_FAULT_OURS},
        {"5.6.0", BOUNCE_FAULT_OURS},       {"5.7.1", BOUNCE_FAULT_OURS},
        {"5.7.26", BOUNCE_FAULT_OURS},      {"4.7.1", BOUNCE_FAULT_OURS},
        {"4.6.0", BOUNCE_FAULT_OURS},       {"2.1.5", BOUNCE_FAULT_OURS},
        {"5.1.11", BOUNCE_FAULT_OURS},      {"", BOUNCE_FAULT_OURS},
    };

    (void)scene;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (bounce_judge_status(cases[i].status) != cases[i].fault)
            fail_msg("%s", cases[i].status);
}

SCENE(two_permanent_failures_on_different_days_suspend)
{
    struct ward ward = begin(scene);

    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    tell(&ward, DAY_MS);
    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_SUSPENDED);
    assert_string_equal(ask(&ward, ASK_STATE), "2");
    assert_string_equal(ask(&ward, "SELECT count(*) FROM interest WHERE subscriber_id = 1"), "0");
    assert_string_equal(ask(&ward, "SELECT state FROM subscriber WHERE id = 2"), "1");
    end(&ward);
}

SCENE(a_burst_of_ten_in_a_day_counts_once)
{
    struct ward ward = begin(scene);

    for (int i = 0; i < 10; i++) {
        assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
        tell(&ward, HOUR_MS);
    }
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    end(&ward);
}

SCENE(one_delivery_counts_once_however_often_it_comes_back)
{
    struct ward ward = begin(scene);
    struct bounce back = bounce_of(&ward, "5.1.1", true);

    ward.settings.apart_ms = 0;
    assert_int_equal(note(&ward, &back), BOUNCE_COUNTED);
    ward.now += DAY_MS;
    assert_int_equal(note(&ward, &back), BOUNCE_NOTHING);
    back.in_dialogue = true; /* and the same by both ways is one failure */
    assert_int_equal(note(&ward, &back), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    end(&ward);
}

SCENE(what_is_older_than_the_span_counts_no_more)
{
    struct ward ward = begin(scene);

    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
    tell(&ward, 7 * DAY_MS);
    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    tell(&ward, 6 * DAY_MS);
    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_SUSPENDED);
    end(&ward);
}

SCENE(policy_and_content_never_score)
{
    static const char *const statuses[] = {"5.7.1", "5.6.0", "5.7.26", "4.7.1", "5.3.4", "5.4.4"};
    struct ward ward = begin(scene);

    for (size_t i = 0; i < 3 * G_N_ELEMENTS(statuses); i++) {
        assert_int_equal(bounce(&ward, statuses[i % G_N_ELEMENTS(statuses)], true), BOUNCE_NOTHING);
        tell(&ward, DAY_MS);
    }
    assert_string_equal(ask(&ward, "SELECT count(*) FROM bounce"), "0");
    end(&ward);
}

SCENE(temporary_failures_suspend_after_five_days_of_them)
{
    struct ward ward = begin(scene);

    for (int day = 0; day < 5; day++) {
        assert_int_equal(bounce(&ward, "4.2.2", false), BOUNCE_COUNTED);
        tell(&ward, DAY_MS);
    }
    assert_int_equal(bounce(&ward, "4.2.2", false), BOUNCE_SUSPENDED);
    end(&ward);
}

SCENE(a_full_mailbox_is_temporary_though_the_report_says_failed)
{
    struct ward ward = begin(scene);

    assert_int_equal(bounce(&ward, "5.2.2", true), BOUNCE_COUNTED);
    tell(&ward, DAY_MS);
    assert_int_equal(bounce(&ward, "5.2.2", true), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    end(&ward);
}

SCENE(temporary_failures_with_a_long_quiet_between_begin_anew)
{
    struct ward ward = begin(scene);

    assert_int_equal(bounce(&ward, "4.4.1", false), BOUNCE_COUNTED);
    tell(&ward, 8 * DAY_MS);
    assert_int_equal(bounce(&ward, "4.4.1", false), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    end(&ward);
}

SCENE(a_delayed_mail_that_fails_at_last_counts_as_permanent)
{
    struct ward ward = begin(scene);
    struct bounce delayed = bounce_of(&ward, "4.4.1", false);

    delayed.is_delayed = true;
    assert_int_equal(note(&ward, &delayed), BOUNCE_COUNTED);
    ward.now += DAY_MS;
    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, "SELECT count(*) || max(is_permanent) FROM bounce"), "11");
    end(&ward);
}

SCENE(a_bare_refusal_counts)
{
    struct ward ward = begin(scene);

    assert_int_equal(bounce(&ward, "", true), BOUNCE_COUNTED);
    tell(&ward, 2 * DAY_MS);
    assert_int_equal(bounce(&ward, "", true), BOUNCE_SUSPENDED);
    end(&ward);
}

SCENE(a_delivery_that_never_was_counts_for_nobody)
{
    struct ward ward = begin(scene);
    struct bounce back = bounce_of(&ward, "5.1.1", true);

    back.notification_id = 999;
    assert_int_equal(note(&ward, &back), BOUNCE_NOTHING);
    back = bounce_of(&ward, "5.1.1", true);
    back.subscriber_id = 999;
    assert_int_equal(note(&ward, &back), BOUNCE_NOTHING);
    join(scene, "late@example.net"); /* behind the horizon */
    back.subscriber_id = 3;
    assert_int_equal(note(&ward, &back), BOUNCE_NOTHING);
    back.subscriber_id = 1;
    ward.now += 15 * DAY_MS; /* nobody reports so late */
    assert_int_equal(note(&ward, &back), BOUNCE_NOTHING);
    assert_string_equal(ask(&ward, "SELECT count(*) FROM bounce"), "0");
    end(&ward);
}

SCENE(a_mail_taken_forgets_what_was_said_in_the_dialogue_only)
{
    struct ward ward = begin(scene);
    struct bounce back = bounce_of(&ward, "5.1.1", true);
    g_autoptr(GError) error = NULL;

    assert_int_equal(note(&ward, &back), BOUNCE_COUNTED);
    tell(&ward, DAY_MS / 2);
    back = bounce_of(&ward, "5.1.1", true);
    back.in_dialogue = true;
    assert_int_equal(note(&ward, &back), BOUNCE_COUNTED);
    assert_true(bounces_reset(scene->store, 1, &error));
    assert_string_equal(ask(&ward, "SELECT group_concat(in_dialogue) FROM bounce"), "0");
    end(&ward);
}

SCENE(a_complaint_unsubscribes_and_suppresses)
{
    struct ward ward = begin(scene);
    const struct bounce_desk desk = desk_of(&ward);
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    assert_true(bounces_complain(&desk, 1, "<fbl@isp> from 192.0.2.1", &was_there, &error));
    assert_true(was_there);
    assert_string_equal(ask(&ward, ASK_STATE), "3");
    assert_string_equal(ask(&ward, "SELECT act || source FROM consent WHERE subscriber_id = 1"
                                   " ORDER BY id DESC"),
                        "4<fbl@isp> from 192.0.2.1");
    assert_string_equal(ask(&ward, "SELECT count(*) || max(why) FROM suppression"), "10");
    assert_true(bounces_complain(&desk, 1, "again", &was_there, &error));
    assert_false(was_there);
    assert_true(bounces_complain(&desk, 99, "nobody", &was_there, &error));
    assert_false(was_there);
    end(&ward);
}

SCENE(the_score_says_what_counts_today)
{
    struct ward ward = begin(scene);
    struct bounce_score score = {0};
    g_autoptr(GError) error = NULL;
    struct bounce_desk desk;

    (void)bounce(&ward, "4.2.2", false);
    tell(&ward, DAY_MS);
    (void)bounce(&ward, "5.1.1", true);
    desk = desk_of(&ward);
    assert_true(bounces_score(&desk, scene->arena, 1, &score, &error));
    assert_int_equal(score.permanent, 1);
    assert_int_equal(score.temporary_since, NOW);
    assert_int_equal(score.row_count, 2);
    assert_string_equal(score.rows[0].status, "5.1.1");
    assert_string_equal(score.rows[0].words, "no such user");
    assert_int_equal(score.suspended_at, 0);
    tell(&ward, DAY_MS);
    (void)bounce(&ward, "5.1.1", true);
    desk = desk_of(&ward);
    assert_true(bounces_score(&desk, scene->arena, 1, &score, &error));
    assert_int_equal(score.suspended_at, ward.now);
    end(&ward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_code_says_whose_failure_it_is),
        SCENE_TEST(two_permanent_failures_on_different_days_suspend),
        SCENE_TEST(a_burst_of_ten_in_a_day_counts_once),
        SCENE_TEST(one_delivery_counts_once_however_often_it_comes_back),
        SCENE_TEST(what_is_older_than_the_span_counts_no_more),
        SCENE_TEST(policy_and_content_never_score),
        SCENE_TEST(temporary_failures_suspend_after_five_days_of_them),
        SCENE_TEST(a_full_mailbox_is_temporary_though_the_report_says_failed),
        SCENE_TEST(temporary_failures_with_a_long_quiet_between_begin_anew),
        SCENE_TEST(a_delayed_mail_that_fails_at_last_counts_as_permanent),
        SCENE_TEST(a_bare_refusal_counts),
        SCENE_TEST(a_delivery_that_never_was_counts_for_nobody),
        SCENE_TEST(a_mail_taken_forgets_what_was_said_in_the_dialogue_only),
        SCENE_TEST(a_complaint_unsubscribes_and_suppresses),
        SCENE_TEST(the_score_says_what_counts_today),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
