/* "Why did I get nothing?" One notification, and for each reason somebody whom it keeps from it. */
#include "gateway/store/claims.h"
#include "gateway/store/deliveries.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

#include <inttypes.h>

static const uint8_t root[32] = {1};

static const struct subscriber *join(struct scene *scene, const char *address, int64_t at)
{
    g_autoptr(GError) error = NULL;
    const struct subscriber *found = NULL;
    struct subscriber wishes = subscriber_default;
    bool was_there = false;

    wishes.page_id = "sp_abc123";
    wishes.address = address;
    wishes.language = "";
    wishes.time_zone = "";
    assert_true(subscribers_add(scene->store, &wishes, at, &was_there, &error));
    assert_true(subscribers_find(scene->store, scene->arena, &scene_page, address, &found, &error));
    struct subscriber *whole = ARENA_NEW(scene->arena, struct subscriber);
    *whole = *found;
    whole->kinds = NEWS_ALL;
    return whole;
}

/* All that is due is taken; whom `failing` names fails, whom `later` names is deferred. */
static void send_all(struct scene *scene, const char *relay, const char *failing, const char *later,
                     int64_t now)
{
    g_autoptr(GError) error = NULL;
    OWN(secret) secret = secret_new(root);
    const struct claims_settings settings = {scene->store, secret, scene->directory, scene_pages,
                                             1};
    OWN(claims) claims = claims_open(&settings, &error);
    const struct claims_wish wish = {.relay = relay, .most = 2};
    const struct claim *claim = NULL;

    while (claims_take(claims, scene->arena, &wish, now, &claim, &error) && claim != NULL) {
        for (size_t i = 0; i < claim->count; i++) {
            const char *address = claim->items[i].subscriber->address;
            struct claims_result result = {.outcome = CLAIMS_SENT, .reason = ""};
            enum claims_answer answer = CLAIMS_SKIP;

            assert_true(claims_may_send(claims, claim, i, &answer, &error));
            if (strcmp(address, failing) == 0)
                result = (struct claims_result){CLAIMS_FAILED, now, false, "550 no such user"};
            if (strcmp(address, later) == 0)
                result = (struct claims_result){CLAIMS_LATER, now + 1000, false, "450 come again"};
            if (answer == CLAIMS_SEND)
                assert_true(claims_note(claims, claim, i, &result, now, &error));
        }
        assert_true(claims_finish(claims, claim, now + 5, &error));
    }
    scene_fail_on(error);
}

static struct delivery ask_since(struct scene *scene, const struct subscriber *subscriber,
                                 int64_t since)
{
    g_autoptr(GError) error = NULL;
    const struct deliveries_wish wish = {&scene_page, subscriber, since, 10};
    const struct delivery *deliveries = NULL;
    size_t count = 0;

    assert_true(deliveries_list(scene->store, scene->arena, &wish, &deliveries, &count, &error));
    scene_fail_on(error);
    assert_int_equal(count, 1);
    return deliveries[0];
}

static struct delivery ask(struct scene *scene, const struct subscriber *subscriber)
{
    return ask_since(scene, subscriber, 0);
}

static void expect(const struct delivery *delivery, const char *outcome, bool is_judged)
{
    assert_string_equal(delivery_outcome_name(delivery->outcome), outcome);
    assert_int_equal(delivery->is_by_todays_preferences, is_judged);
}

SCENE(what_was_sent_names_the_moments_and_the_relay)
{
    const struct subscriber *ada = join(scene, "ada@example.net", NOW - 10);
    const struct subscriber *bob = join(scene, "bob@example.net", NOW - 10);
    const struct subscriber *eve = join(scene, "eve@example.net", NOW - 10);
    const struct command opened = open_command("API errors");

    (void)change(scene, &opened, NOW);
    struct delivery delivery = ask(scene, ada);
    expect(&delivery, "under way", false);
    assert_int_equal(delivery.incident_number, 1);
    assert_string_equal(delivery.title, "API errors");
    assert_int_equal(delivery.made_at, NOW);

    send_all(scene, "mx:25", "eve@example.net", "bob@example.net", NOW + 100);
    delivery = ask(scene, ada);
    expect(&delivery, "sent", false);
    assert_int_equal(delivery.opened_at, NOW + 100);
    assert_int_equal(delivery.closed_at, NOW + 105);
    assert_string_equal(delivery.relay, "mx:25");

    delivery = ask(scene, bob);
    expect(&delivery, "deferred", false);
    assert_string_equal(delivery.reason, "450 come again");
    delivery = ask(scene, eve);
    expect(&delivery, "failed", false);
    assert_string_equal(delivery.reason, "550 no such user");

    send_all(scene, "mx:25", "", "", NOW + 2000);
    delivery = ask(scene, bob);
    expect(&delivery, "sent", false);
    delivery = ask(scene, ada);
    assert_string_equal(delivery.relay, "mx:25");
}

SCENE(two_relays_are_told_apart)
{
    const struct subscriber *ada = join(scene, "ada@example.net", NOW - 10);
    const struct subscriber *bob = join(scene, "bob@example.net", NOW - 10);
    const struct command opened = open_command("API errors");
    OWN(secret) secret = secret_new(root);
    const struct claims_settings settings = {scene->store, secret, scene->directory, scene_pages,
                                             1};
    g_autoptr(GError) error = NULL;
    OWN(claims) claims = claims_open(&settings, &error);

    (void)change(scene, &opened, NOW);
    for (int i = 0; i < 2; i++) {
        const struct claims_wish wish = {.relay = i == 0 ? "one" : "two", .most = 1};
        const struct claims_result sent = {.outcome = CLAIMS_SENT, .reason = ""};
        const struct claim *claim = NULL;
        enum claims_answer answer = CLAIMS_SKIP;

        assert_true(claims_take(claims, scene->arena, &wish, NOW + i, &claim, &error));
        assert_true(claims_may_send(claims, claim, 0, &answer, &error));
        assert_true(claims_note(claims, claim, 0, &sent, NOW + i, &error));
        assert_true(claims_finish(claims, claim, NOW + i, &error));
    }
    assert_string_equal(ask(scene, ada).relay, "one");
    assert_string_equal(ask(scene, bob).relay, "two");
}

SCENE(why_not_is_judged_by_todays_preferences_and_says_so)
{
    static const char *const mail_topic[] = {"c:comp_mail"};
    struct subscriber her = *join(scene, "ada@example.net", NOW - 10);
    const struct command opened = open_command("API errors");

    (void)change(scene, &opened, NOW);
    send_all(scene, "mx:25", "", "", NOW + 100);

    struct subscriber changed = her;
    changed.severity = SEVERITY_CRITICAL;
    struct delivery delivery = ask(scene, &changed);
    expect(&delivery, "filtered", true);

    changed = her;
    changed.kinds = NEWS_MAINTENANCE;
    delivery = ask(scene, &changed);
    expect(&delivery, "kind unwanted", true);

    changed = her;
    changed.delivery = DELIVERY_DAILY;
    delivery = ask(scene, &changed);
    expect(&delivery, "in digest", true);

    changed = her;
    changed.paused_until = NOW + 1;
    delivery = ask(scene, &changed);
    expect(&delivery, "paused", true);

    changed.silent_since = delivery.made_at + 1; /* it was told before the pause began */
    delivery = ask(scene, &changed);
    expect(&delivery, "sent", false);

    changed = her;
    changed.silent_since = delivery.made_at;
    changed.hears_since = delivery.made_at + 1;
    delivery = ask(scene, &changed);
    expect(&delivery, "paused", false);
    changed.hears_since = delivery.made_at;
    delivery = ask(scene, &changed);
    expect(&delivery, "sent", false);

    assert_int_equal(scene_try(scene, "INSERT INTO subscriber_mute VALUES (1, 1)"), SQLITE_OK);
    delivery = ask(scene, &her);
    expect(&delivery, "muted", true);
    assert_int_equal(scene_try(scene, "DELETE FROM subscriber_mute"), SQLITE_OK);

    assert_int_equal(scene_try(scene, "INSERT INTO subscriber_topic VALUES (1, 'c:comp_mail')"),
                     SQLITE_OK);
    her.topics = mail_topic;
    her.topic_count = 1;
    delivery = ask(scene, &her);
    expect(&delivery, "filtered", true);
    assert_int_equal(scene_try(scene, "INSERT INTO subscriber_topic VALUES (1, 'g:Core')"),
                     SQLITE_OK);
    delivery = ask(scene, &her);
    expect(&delivery, "sent", false);
}

SCENE(critical_news_that_break_through_were_sent)
{
    struct subscriber her = *join(scene, "ada@example.net", NOW - 10);
    struct command opened = open_command("API errors");

    opened.severity = SEVERITY_CRITICAL;
    (void)change(scene, &opened, NOW);
    send_all(scene, "mx:25", "", "", NOW + 100);
    her.delivery = DELIVERY_WEEKLY;
    her.breaks_through = true;
    struct delivery delivery = ask(scene, &her);
    expect(&delivery, "sent", false);
    her.breaks_through = false;
    delivery = ask(scene, &her);
    expect(&delivery, "in digest", true);
}

SCENE(who_came_late_left_or_is_suspended_is_told_so)
{
    const struct command opened = open_command("API errors");
    struct subscriber gone = *join(scene, "gone@example.net", NOW - 10);
    struct subscriber lost = *join(scene, "lost@example.net", NOW - 10);

    assert_int_equal(scene_try(scene, "UPDATE subscriber SET state = 3, left_at = 5 WHERE id = 1;"
                                      "UPDATE subscriber SET state = 2, suspended_at = 5"
                                      " WHERE id = 2"),
                     SQLITE_OK);
    gone.state = SUBSCRIBER_UNSUBSCRIBED;
    lost.state = SUBSCRIBER_SUSPENDED;
    (void)change(scene, &opened, NOW);
    const struct subscriber *late = join(scene, "late@example.net", NOW + 10);

    struct delivery delivery = ask(scene, &gone);
    expect(&delivery, "left", false);
    delivery = ask(scene, &lost);
    expect(&delivery, "suspended", false);
    delivery = ask(scene, late);
    expect(&delivery, "not yet confirmed", false);
}

SCENE(what_a_newer_one_stopped_is_superseded_and_what_is_old_is_left_out)
{
    const struct subscriber *ada = join(scene, "ada@example.net", NOW - 10);
    const struct command opened = open_command("API errors");
    const struct decision *decision = change(scene, &opened, NOW);
    const struct command resolved = update_command(decision->incident->id, "Better.");
    const struct deliveries_wish wish = {&scene_page, ada, 0, 10};
    const struct delivery *deliveries = NULL;
    g_autoptr(GError) error = NULL;
    size_t count = 0;

    (void)change(scene, &resolved, NOW + 50);
    send_all(scene, "mx:25", "", "", NOW + 100);
    assert_true(deliveries_list(scene->store, scene->arena, &wish, &deliveries, &count, &error));
    assert_int_equal(count, 2);
    expect(&deliveries[0], "sent", false);
    expect(&deliveries[1], "superseded", false);
    struct delivery newest = ask_since(scene, ada, NOW + 20);
    expect(&newest, "sent", false);
}

SCENE(slices_are_forgotten_after_a_month_and_then_no_relay_is_named)
{
    const struct subscriber *ada = join(scene, "ada@example.net", NOW - 10);
    const struct command opened = open_command("API errors");
    g_autoptr(GError) error = NULL;

    (void)change(scene, &opened, NOW);
    send_all(scene, "mx:25", "", "", NOW + 100);
    assert_true(deliveries_forget(scene->store, NOW + INT64_C(30) * 24 * 3600 * 1000, &error));
    assert_string_equal(ask(scene, ada).relay, "mx:25");
    assert_true(deliveries_forget(scene->store, NOW + INT64_C(32) * 24 * 3600 * 1000, &error));
    struct delivery delivery = ask(scene, ada);
    expect(&delivery, "sent", false);
    assert_string_equal(delivery.relay, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_was_sent_names_the_moments_and_the_relay),
        SCENE_TEST(two_relays_are_told_apart),
        SCENE_TEST(why_not_is_judged_by_todays_preferences_and_says_so),
        SCENE_TEST(critical_news_that_break_through_were_sent),
        SCENE_TEST(who_came_late_left_or_is_suspended_is_told_so),
        SCENE_TEST(what_a_newer_one_stopped_is_superseded_and_what_is_old_is_left_out),
        SCENE_TEST(slices_are_forgotten_after_a_month_and_then_no_relay_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
