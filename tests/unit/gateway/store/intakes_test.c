#include "gateway/store/intakes.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/store/keys.h"
#include "tests/unit/gateway/store/scene.h"

static const uint8_t one[INTAKES_DIGEST_SIZE] = {1, 0, 39, 255};
static const uint8_t two[INTAKES_DIGEST_SIZE] = {2};
static const struct page other = {.id = "sp_other", .name = "Other", .address = "o@o.example"};

static bool see(struct scene *scene, const struct page *page, enum seen_kind kind,
                const uint8_t *digest, int64_t now)
{
    g_autoptr(GError) error = NULL;
    bool is_new = false;

    (void)intakes_see(scene->store, page, kind, digest, "<m@x>", now, &is_new, &error);
    scene_fail_on(error);
    return is_new;
}

static bool was_seen(struct scene *scene, const uint8_t *digest)
{
    bool was = false;

    assert_true(intakes_was_seen(scene->store, &scene_page, SEEN_MAIL, digest, &was, NULL));
    return was;
}

SCENE(the_same_mail_is_new_once_for_each_page_and_kind)
{
    assert_false(was_seen(scene, one));
    assert_true(see(scene, &scene_page, SEEN_MAIL, one, NOW));
    assert_false(see(scene, &scene_page, SEEN_MAIL, one, NOW + DAY_MS));
    assert_true(see(scene, &scene_page, SEEN_SIGNATURE, one, NOW));
    assert_true(see(scene, &scene_page, SEEN_MAIL, two, NOW));
    assert_true(see(scene, &other, SEEN_MAIL, one, NOW));
    assert_true(was_seen(scene, one));
}

SCENE(a_mail_is_remembered_for_thirty_days)
{
    assert_true(see(scene, &scene_page, SEEN_MAIL, one, NOW));
    assert_true(see(scene, &scene_page, SEEN_MAIL, two, NOW + DAY_MS));
    assert_false(see(scene, &scene_page, SEEN_MAIL, one, NOW + 30 * DAY_MS));
    assert_true(intakes_forget(scene->store, NOW + 30 * DAY_MS + 1, NULL));
    assert_false(was_seen(scene, one));
    assert_true(was_seen(scene, two));
    assert_true(see(scene, &scene_page, SEEN_MAIL, two, NOW + 31 * DAY_MS + 1));
}

SCENE(a_mail_seen_in_a_transaction_that_was_rolled_back_is_new)
{
    assert_true(store_begin(scene->store, NULL));
    assert_true(see(scene, &scene_page, SEEN_MAIL, one, NOW));
    store_rollback(scene->store);
    assert_false(was_seen(scene, one));
}

SCENE(crashes_are_counted_by_mail)
{
    int64_t count = -1;

    assert_true(intakes_crash_count(scene->store, one, &count, NULL));
    assert_int_equal(count, 0);
    assert_true(intakes_note_crash(scene->store, one, NOW, NULL));
    assert_true(intakes_note_crash(scene->store, one, NOW, NULL));
    assert_true(intakes_note_crash(scene->store, two, NOW, NULL));
    assert_true(intakes_crash_count(scene->store, one, &count, NULL));
    assert_int_equal(count, 2);
    assert_true(intakes_forget(scene->store, NOW + 31 * DAY_MS, NULL));
    assert_true(intakes_crash_count(scene->store, one, &count, NULL));
    assert_int_equal(count, 0);
}

SCENE(a_tally_begins_anew_when_its_span_is_over)
{
    static const struct {
        int64_t at;
        int64_t count;
        int64_t since;
    } steps[] = {
        {NOW, 1, NOW},
        {NOW + 10, 2, NOW},
        {NOW + HOUR_MS - 1, 3, NOW},
        {NOW + HOUR_MS, 1, NOW + HOUR_MS},
        {NOW + HOUR_MS + 1, 2, NOW + HOUR_MS},
        {NOW - DAY_MS, 1, NOW - DAY_MS}, /* the clock was set right */
    };
    int64_t count = -1;
    int64_t since = -1;

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        assert_true(intakes_tally(scene->store, "answers", "ada@example.com", HOUR_MS, steps[i].at,
                                  &count, &since, NULL));
        assert_int_equal(count, steps[i].count);
        assert_int_equal(since, steps[i].since);
        assert_true(intakes_tally_count(scene->store, "answers", "ada@example.com", HOUR_MS,
                                        steps[i].at, &count, NULL));
        assert_int_equal(count, steps[i].count);
    }
    assert_true(intakes_tally_count(scene->store, "answers", "bob@example.com", HOUR_MS, NOW,
                                    &count, NULL));
    assert_int_equal(count, 0);
    assert_true(intakes_tally_count(scene->store, "answers", "ada@example.com", HOUR_MS, NOW,
                                    &count, NULL));
    assert_int_equal(count, 0);
}

SCENE(a_held_mail_keeps_its_bytes_until_a_week_after_its_end)
{
    static const char bytes[] = "From: ada\r\n\r\nNUL \0 and \xff";
    const struct text mail = text_from(bytes, sizeof bytes - 1);
    struct held held = {0, "ada@example.com", 0, mail, "dkim", "to", NOW, NOW + DAY_MS, false};
    const struct held *found = NULL;

    assert_true(intakes_hold(scene->store, &scene_page, &held, NULL));
    assert_true(intakes_find_held(scene->store, scene->arena, &scene_page, held.id, &found, NULL));
    assert_true(text_is_equal(found->mail, mail));
    assert_false(found->is_ended);
    assert_true(intakes_find_held(scene->store, scene->arena, &other, held.id, &found, NULL));
    assert_null(found);
    assert_true(intakes_next_expired_held(scene->store, scene->arena, &scene_page, NOW + DAY_MS - 1,
                                          &found, NULL));
    assert_null(found);
    assert_true(intakes_next_expired_held(scene->store, scene->arena, &scene_page, NOW + DAY_MS,
                                          &found, NULL));
    assert_int_equal(found->id, held.id);
    assert_true(intakes_end_held(scene->store, held.id, NOW + DAY_MS, NULL));
    assert_true(intakes_next_expired_held(scene->store, scene->arena, &scene_page, NOW + 2 * DAY_MS,
                                          &found, NULL));
    assert_null(found);
    assert_true(intakes_forget(scene->store, NOW + 8 * DAY_MS, NULL));
    assert_string_equal(scene_ask(scene, "SELECT length(mail) > 0 FROM held"), "1");
    assert_true(intakes_forget(scene->store, NOW + 8 * DAY_MS + 1, NULL));
    assert_true(intakes_find_held(scene->store, scene->arena, &scene_page, held.id, &found, NULL));
    assert_int_equal(found->mail.size, 0);
    assert_true(found->is_ended);
}

SCENE(a_reply_key_is_found_on_its_page_and_spent_once)
{
    const struct reply_key key = {.operator_address = "ada@example.com",
                                  .expires_at = NOW + DAY_MS};
    const struct reply_key *found = NULL;

    assert_true(keys_add_reply(scene->store, &scene_page, one, &key, NOW, NULL));
    assert_true(keys_find_reply(scene->store, scene->arena, &scene_page, two, &found, NULL));
    assert_null(found);
    assert_true(keys_find_reply(scene->store, scene->arena, &other, one, &found, NULL));
    assert_null(found);
    assert_true(keys_find_reply(scene->store, scene->arena, &scene_page, one, &found, NULL));
    assert_string_equal(found->operator_address, "ada@example.com");
    assert_int_equal(found->expires_at, NOW + DAY_MS);
    assert_false(found->is_spent);
    assert_true(keys_spend_reply(scene->store, one, NOW + 5, NULL));
    assert_true(keys_spend_reply(scene->store, one, NOW + 6, NULL));
    assert_true(keys_find_reply(scene->store, scene->arena, &scene_page, one, &found, NULL));
    assert_true(found->is_spent);
    assert_string_equal(scene_ask(scene, "SELECT spent_at FROM reply_key"), "1800000000005");
    assert_true(intakes_forget(scene->store, NOW + 92 * DAY_MS, NULL));
    assert_true(keys_find_reply(scene->store, scene->arena, &scene_page, one, &found, NULL));
    assert_null(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_same_mail_is_new_once_for_each_page_and_kind),
        SCENE_TEST(a_mail_is_remembered_for_thirty_days),
        SCENE_TEST(a_mail_seen_in_a_transaction_that_was_rolled_back_is_new),
        SCENE_TEST(crashes_are_counted_by_mail),
        SCENE_TEST(a_tally_begins_anew_when_its_span_is_over),
        SCENE_TEST(a_held_mail_keeps_its_bytes_until_a_week_after_its_end),
        SCENE_TEST(a_reply_key_is_found_on_its_page_and_spent_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
