/* Who is suspended: probed, restored, removed. */
#include "tests/unit/gateway/store/ward.h"

#include "gateway/store/letters.h"

static void suspend(struct ward *ward)
{
    (void)bounce(ward, "5.1.1", true);
    tell(ward, DAY_MS);
    assert_int_equal(bounce(ward, "5.1.1", true), BOUNCE_SUSPENDED);
}

static enum bounce_effect return_probe(struct ward *ward, const char *status)
{
    const char *id = ask(ward, "SELECT max(id) FROM letter");
    const struct bounce bounce = {.letter_id = g_ascii_strtoll(id, NULL, 10),
                                  .is_permanent = true,
                                  .status = status,
                                  .words = "still no such user"};

    return note(ward, &bounce);
}

SCENE(who_is_suspended_gets_a_probe_and_is_told_when_mail_works_again)
{
    struct ward ward = begin(scene);

    suspend(&ward);
    assert_int_equal(run(&ward), 0);
    ward.now += 3 * DAY_MS;
    assert_int_equal(run(&ward), 1);
    assert_string_equal(ask(&ward, "SELECT address || kind || subscriber_id FROM letter"),
                        "ada@example.net171");
    assert_string_equal(ask(&ward, "SELECT group_concat(name || '=' || value) FROM letter_fact"),
                        "reason=no such user,suspended_at=1800086400000");
    assert_int_equal(run(&ward), 0);
    send_letters(&ward);
    ward.now += 2 * DAY_MS - 1;
    assert_int_equal(run(&ward), 0);
    ward.now += 1;
    assert_int_equal(run(&ward), 1);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    assert_string_equal(ask(&ward, "SELECT count(*) FROM interest WHERE subscriber_id = 1"), "1");
    assert_string_equal(ask(&ward, "SELECT kind FROM letter ORDER BY id DESC"), "18");
    tell(&ward, 1); /* and what was before counts no more */
    assert_int_equal(bounce(&ward, "5.1.1", true), BOUNCE_COUNTED);
    end(&ward);
}

SCENE(a_probe_that_waits_for_a_relay_proves_nothing)
{
    struct ward ward = begin(scene);

    suspend(&ward);
    ward.now += 3 * DAY_MS;
    assert_int_equal(run(&ward), 1);
    ward.now += 30 * DAY_MS;
    assert_int_equal(run(&ward), 1);
    assert_string_equal(ask(&ward, ASK_STATE), "2");
    send_letters(&ward);
    ward.now += HOUR_MS;
    assert_int_equal(run(&ward), 1);
    assert_string_equal(ask(&ward, ASK_STATE), "2");
    ward.now += 2 * DAY_MS;
    assert_int_equal(run(&ward), 1);
    assert_string_equal(ask(&ward, ASK_STATE), "1");
    end(&ward);
}

SCENE(the_last_probe_that_comes_back_unsubscribes_and_suppresses)
{
    struct ward ward = begin(scene);

    suspend(&ward);
    for (int i = 0; i < 3; i++) {
        ward.now += 3 * DAY_MS;
        assert_int_equal(run(&ward), 1);
        send_letters(&ward);
        assert_int_equal(return_probe(&ward, "5.1.1"), i < 2 ? BOUNCE_COUNTED : BOUNCE_REMOVED);
    }
    assert_string_equal(ask(&ward, ASK_STATE), "3");
    assert_string_equal(ask(&ward, "SELECT act || how FROM consent WHERE subscriber_id = 1"
                                   " ORDER BY id DESC"),
                        "3bounces");
    assert_string_equal(ask(&ward, "SELECT count(*) || max(why) FROM suppression"), "12");
    assert_int_equal(run(&ward), 0);
    end(&ward);
}

SCENE(a_probe_that_is_delayed_or_refused_by_policy_has_not_come_back)
{
    struct ward ward = begin(scene);
    struct bounce delayed = {.letter_id = 1, .is_delayed = true, .status = "4.4.1", .words = ""};

    ward.settings.probes = 1;
    suspend(&ward);
    ward.now += 3 * DAY_MS;
    assert_int_equal(run(&ward), 1);
    send_letters(&ward);
    assert_int_equal(return_probe(&ward, "5.7.1"), BOUNCE_NOTHING);
    ward.now += DAY_MS;
    assert_int_equal(note(&ward, &delayed), BOUNCE_COUNTED);
    ward.now += DAY_MS;
    assert_int_equal(run(&ward), 0); /* its silence is counted anew */
    delayed.is_delayed = false;
    delayed.status = "4.4.7";
    assert_int_equal(note(&ward, &delayed), BOUNCE_REMOVED);
    end(&ward);
}

SCENE(a_late_bounce_of_a_notification_is_no_probe)
{
    struct ward ward = begin(scene);
    struct bounce old;

    ward.settings.probes = 1;
    suspend(&ward);
    old = bounce_of(&ward, "5.1.1", true);
    old.in_dialogue = true;
    assert_int_equal(note(&ward, &old), BOUNCE_COUNTED);
    assert_string_equal(ask(&ward, ASK_STATE), "2");
    end(&ward);
}

SCENE(a_letter_that_came_back_has_failed_with_the_words)
{
    struct ward ward = begin(scene);
    struct letter letter = {.page_id = "sp_abc123",
                            .kind = LETTER_COPY,
                            .address = "ada@example.com",
                            .language = "",
                            .time_zone = "",
                            .created_at = NOW};
    const struct letter_return came_back = {&scene_page, 1, "550 5.1.1 gone", NOW + 5};
    g_autoptr(GError) error = NULL;
    bool was_there = true;

    assert_true(letters_add(scene->store, &letter, &error));
    assert_true(letters_note_return(scene->store, &came_back, &was_there, &error));
    assert_false(was_there); /* it was not sent yet */
    send_letters(&ward);
    assert_true(letters_note_return(scene->store, &came_back, &was_there, &error));
    assert_true(was_there);
    assert_string_equal(ask(&ward, "SELECT state || reason FROM letter"), "2550 5.1.1 gone");
    end(&ward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(who_is_suspended_gets_a_probe_and_is_told_when_mail_works_again),
        SCENE_TEST(a_probe_that_waits_for_a_relay_proves_nothing),
        SCENE_TEST(the_last_probe_that_comes_back_unsubscribes_and_suppresses),
        SCENE_TEST(a_probe_that_is_delayed_or_refused_by_policy_has_not_come_back),
        SCENE_TEST(a_late_bounce_of_a_notification_is_no_probe),
        SCENE_TEST(a_letter_that_came_back_has_failed_with_the_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
