/* Joining and leaving: keys, confirmation, consent, suppression, forgetting. */
#include "gateway/base/moment.h"
#include "tests/unit/gateway/store/joining.h"

static const uint8_t some_hash[KEYED_HASH_SIZE] = {1, 2, 3};

DESK(who_asks_is_pending_and_hears_nothing)
{
    assert_true(joins_ask(desk, CAROL, "<m@x> from 192.0.2.1", NULL));
    const struct subscriber *carol = joining_find(scene, CAROL);
    assert_int_equal(carol->state, SUBSCRIBER_PENDING);
    assert_int_equal(carol->confirmed_at, 0);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM interest"), "0");
    assert_string_equal(scene_ask(scene, "SELECT act || how || source FROM consent"),
                        "0mail<m@x> from 192.0.2.1");
}

/* Whatever she is, and whoever asks in her name (security A42). */
DESK(asking_again_never_changes_a_state)
{
    static const char *const states[] = {"1", "2", "3"};
    const struct subscriber carol = joining_person(CAROL);

    (void)joining_confirm(desk, &carol, NOW);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *sql = g_strdup_printf("UPDATE subscriber SET state = %s", states[i]);

        assert_int_equal(scene_try(scene, sql), SQLITE_OK);
        assert_true(joins_ask(desk, CAROL, "", NULL));
        assert_string_equal(scene_ask(scene, "SELECT state FROM subscriber"), states[i]);
        assert_string_equal(scene_ask(scene, "SELECT created_at FROM subscriber"), "1800000000000");
    }
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM interest"), "1");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM consent"), "0");
}

DESK(confirming_makes_a_subscriber_of_who_is_new_or_pending)
{
    struct subscriber carol = joining_person(CAROL);
    const struct subscriber dave = joining_person("dave@example.net");

    assert_true(joins_ask(desk, CAROL, "", NULL));
    const int64_t id = joining_find(scene, CAROL)->id;
    carol.severity = SEVERITY_MAJOR;
    assert_int_equal(joining_confirm(desk, &carol, NOW + 1), id);
    assert_int_equal(joining_find(scene, CAROL)->state, SUBSCRIBER_CONFIRMED);
    assert_int_equal(joining_find(scene, CAROL)->confirmed_at, NOW + 1);
    assert_int_equal(joining_find(scene, CAROL)->severity, SEVERITY_MAJOR);
    const int64_t other_id = joining_confirm(desk, &dave, NOW + 1);
    assert_int_equal(joining_find(scene, "dave@example.net")->id, other_id);
    assert_string_equal(scene_ask(scene, "SELECT sum(severity * 10 + 1) FROM interest"), "12");
}

DESK(confirming_gives_a_confirmed_one_the_settings_and_keeps_her_moment)
{
    struct subscriber carol = joining_person(CAROL);

    const int64_t id = joining_confirm(desk, &carol, NOW);
    carol.format = FORMAT_TEXT;
    carol.severity = SEVERITY_CRITICAL;
    assert_int_equal(joining_confirm(desk, &carol, NOW + 5), id);
    assert_int_equal(joining_find(scene, CAROL)->format, FORMAT_TEXT);
    assert_int_equal(joining_find(scene, CAROL)->confirmed_at, NOW);
    assert_string_equal(scene_ask(scene, "SELECT group_concat(severity) FROM interest"), "2");
}

DESK(who_left_or_is_suspended_comes_back_and_her_bounces_are_forgotten)
{
    const struct subscriber carol = joining_person(CAROL);
    bool is_suppressed = true;
    bool was_there = false;

    const int64_t id = joining_confirm(desk, &carol, NOW);
    assert_true(subscribers_suspend(scene->store, id, NOW + 1, NULL));
    assert_int_equal(scene_try(scene, "INSERT INTO bounce (subscriber_id, notification_id,"
                                      " letter_id, at, is_permanent, is_delayed, in_dialogue,"
                                      " status, words)"
                                      " VALUES (1, 1, 0, 1, 1, 0, 0, '5.1.1', '')"),
                     SQLITE_OK);
    assert_int_equal(joining_confirm(desk, &carol, NOW + 2), id);
    assert_int_equal(joining_find(scene, CAROL)->state, SUBSCRIBER_CONFIRMED);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM bounce"), "0");
    assert_string_equal(scene_ask(scene, "SELECT coalesce(suspended_at, 'none') FROM subscriber"),
                        "none");
    assert_true(subscribers_remove(scene->store, &scene_page, CAROL, NOW + 3, &was_there, NULL));
    assert_true(joins_suppress(desk, CAROL, SUPPRESSED_COMPLAINED, NULL));
    assert_int_equal(joining_confirm(desk, &carol, NOW + 4), id);
    assert_int_equal(joining_find(scene, CAROL)->confirmed_at, NOW + 4);
    assert_true(joins_is_suppressed(desk, CAROL, &is_suppressed, NULL));
    assert_false(is_suppressed);
}

static const struct confirm_key *find_key(struct scene *scene, const struct page *page,
                                          const uint8_t hash[KEYED_HASH_SIZE])
{
    const struct confirm_key *key = NULL;

    assert_true(joins_find_key(scene->store, scene->arena, page, hash, &key, NULL));
    return key;
}

DESK(a_key_is_found_on_its_page_and_spent_once)
{
    static const uint8_t wrong[KEYED_HASH_SIZE] = {1, 2, 4};
    const struct confirm_key key = {CAROL,   JOIN_UNSUBSCRIBE, "format: text",
                                    "<m@x>", NOW + 5,          false};

    assert_true(joins_add_key(scene->store, &scene_page, some_hash, &key, NOW, NULL));
    const struct confirm_key *found = find_key(scene, &scene_page, some_hash);
    assert_string_equal(found->address, CAROL);
    assert_int_equal(found->purpose, JOIN_UNSUBSCRIBE);
    assert_string_equal(found->wishes, "format: text");
    assert_string_equal(found->source, "<m@x>");
    assert_int_equal(found->expires_at, NOW + 5);
    assert_false(found->is_spent);
    assert_null(find_key(scene, &joining_other_page, some_hash));
    assert_null(find_key(scene, &scene_page, wrong));
    assert_true(joins_spend_key(scene->store, some_hash, NOW + 1, NULL));
    assert_true(joins_spend_key(scene->store, some_hash, NOW + 2, NULL));
    assert_true(find_key(scene, &scene_page, some_hash)->is_spent);
    assert_string_equal(scene_ask(scene, "SELECT spent_at FROM confirm_key"), "1800000000001");
    (void)desk;
}

DESK(the_store_holds_no_key_and_no_suppressed_address)
{
    bool is = false;

    assert_true(joins_suppress(desk, CAROL, SUPPRESSED_FORGOTTEN, NULL));
    assert_true(joins_is_suppressed(desk, "Carol@Example.NET", &is, NULL));
    assert_true(is);
    assert_true(joins_is_suppressed(desk, "dave@example.net", &is, NULL));
    assert_false(is);
    desk->page = &joining_other_page;
    assert_true(joins_is_suppressed(desk, CAROL, &is, NULL));
    assert_false(is);
    assert_string_equal(scene_ask(scene, "SELECT typeof(hash) || length(hash) FROM suppression"),
                        "blob32");
}

DESK(consents_are_told_oldest_first)
{
    const struct subscriber carol = joining_person(CAROL);
    const int64_t id = joining_confirm(desk, &carol, NOW);
    const struct consent given[] = {
        {NOW, CONSENT_CONFIRMED, "mail", "<m@x> from 192.0.2.1", "format: text"},
        {NOW + 1, CONSENT_LEFT, "cli:ada", "", ""},
    };
    const struct consent *consents = NULL;
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        assert_true(joins_record(scene->store, id, &given[i], NULL));
    assert_true(joins_consents(scene->store, scene->arena, id, &consents, &count, NULL));
    assert_int_equal(count, 2);
    assert_int_equal(consents[0].act, CONSENT_CONFIRMED);
    assert_string_equal(consents[0].words, "format: text");
    assert_int_equal(consents[1].at, NOW + 1);
    assert_string_equal(consents[1].how, "cli:ada");
    assert_string_equal(consent_act_name(consents[1].act), "left");
}

DESK(who_never_confirmed_is_forgotten_and_who_once_was_more_has_left)
{
    const struct subscriber dave = joining_person("dave@example.net");
    const struct confirm_key key = {CAROL, JOIN_SUBSCRIBE, "", "", NOW + CONFIRM_KEY_LIVES_MS,
                                    false};

    assert_true(joins_ask(desk, CAROL, "<m@x>", NULL));
    assert_true(joins_add_key(scene->store, &scene_page, some_hash, &key, NOW, NULL));
    (void)joining_confirm(desk, &dave, NOW);
    assert_int_equal(scene_try(scene, "UPDATE subscriber SET state = 0 WHERE id = 2"), SQLITE_OK);
    assert_true(joins_forget(scene->store, NOW + 2 * DAY_MS, NULL));
    assert_non_null(joining_find(scene, CAROL));
    assert_true(joins_forget(scene->store, NOW + 20 * DAY_MS, NULL));
    assert_null(joining_find(scene, CAROL));
    assert_int_equal(joining_find(scene, "dave@example.net")->state, SUBSCRIBER_UNSUBSCRIBED);
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM confirm_key"), "0");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM consent"), "0");
}

/* In how many rows of all tables `word` stands, in whatever column. */
static int count_word(struct scene *scene, const char *word)
{
    g_autofree char *path = g_strdup(scene_path(scene, "tocsin.db"));
    g_autofree char *bytes = NULL;
    gsize size = 0;
    int count = 0;

    assert_int_equal(scene_try(scene, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (gsize i = 0; i + strlen(word) <= size; i++)
        count += memcmp(bytes + i, word, strlen(word)) == 0 ? 1 : 0;
    return count;
}

/* All that may refer to subscriber 1, and what stays: an operator's letter, another's row. */
static const char everything[] =
    "INSERT INTO subscriber_topic VALUES (1, 'c:comp_api');"
    "INSERT INTO subscriber_mute VALUES (1, 1);"
    "INSERT INTO bounce (subscriber_id, notification_id, letter_id, at, is_permanent, is_delayed,"
    " in_dialogue, status, words) VALUES (1, 1, 0, 1, 1, 0, 0, '5.1.1', 'erase.me unknown');"
    "INSERT INTO exception (notification_id, subscriber_id, state, due_at, began_at)"
    " VALUES (1, 1, 0, 1, 1);"
    "INSERT INTO letter (id, page_id, kind, address, is_operator, priority, created_at, due_at,"
    " subscriber_id) VALUES (1, 'sp_abc123', 13, 'erase.me@example.net', 0, 2, 1, 1, NULL),"
    " (2, 'sp_abc123', 16, 'help@example.com', 0, 2, 1, 1, 1);"
    "INSERT INTO letter_fact VALUES (1, 0, 'quoted', 'erase.me'), (2, 0, 'quoted', 'erase.me');";

DESK(to_forget_somebody_leaves_nothing_of_her_but_a_hash)
{
    const struct subscriber her = joining_person("erase.me@example.net");
    const struct subscriber dave = joining_person("dave@example.net");
    const struct consent consent = {NOW, CONSENT_CONFIRMED, "mail", "erase.me", ""};
    const struct confirm_key key = {"erase.me@example.net", JOIN_SUBSCRIBE, "", "", NOW, false};
    const struct command command = open_command("API errors");
    bool is = false;

    assert_true(joining_ask(desk, "erase.me@example.net", "", NOW));
    assert_int_equal(joining_confirm(desk, &her, NOW), 1);
    (void)joining_confirm(desk, &dave, NOW);
    (void)change(scene, &command, NOW);
    assert_true(joins_record(scene->store, 1, &consent, NULL));
    assert_true(joins_add_key(scene->store, &scene_page, some_hash, &key, NOW, NULL));
    assert_int_equal(scene_try(scene, everything), SQLITE_OK);
    assert_true(joins_erase(desk, "erase.me@example.net", &is, NULL));
    assert_true(is);
    assert_int_equal(count_word(scene, "erase.me"), 0);
    assert_int_equal(count_word(scene, "dave@example.net") > 0, 1);
    assert_true(joins_is_suppressed(desk, "erase.me@example.net", &is, NULL));
    assert_true(is);
    assert_true(joins_erase(desk, "erase.me@example.net", &is, NULL));
    assert_false(is);
    assert_int_equal(joining_confirm(desk, &her, NOW), 3); /* ids are never given twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(who_asks_is_pending_and_hears_nothing),
        SCENE_TEST(asking_again_never_changes_a_state),
        SCENE_TEST(confirming_makes_a_subscriber_of_who_is_new_or_pending),
        SCENE_TEST(confirming_gives_a_confirmed_one_the_settings_and_keeps_her_moment),
        SCENE_TEST(who_left_or_is_suspended_comes_back_and_her_bounces_are_forgotten),
        SCENE_TEST(a_key_is_found_on_its_page_and_spent_once),
        SCENE_TEST(the_store_holds_no_key_and_no_suppressed_address),
        SCENE_TEST(consents_are_told_oldest_first),
        SCENE_TEST(who_never_confirmed_is_forgotten_and_who_once_was_more_has_left),
        SCENE_TEST(to_forget_somebody_leaves_nothing_of_her_but_a_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
