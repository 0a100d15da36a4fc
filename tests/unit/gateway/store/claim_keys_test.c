/* Letters as they are claimed: when, and with which key. */
#include "gateway/store/joins.h"
#include "gateway/store/keys.h"
#include "gateway/store/letters.h"
#include "tests/unit/gateway/store/hearing.h"

/* subscriber_id 0: a letter of nobody's subscription. */
static void write_letter_of(struct scene *scene, enum letter_kind kind, const char *address,
                            int64_t subscriber_id)
{
    static const struct letter_fact facts[] = {
        {"in_reply_to", "<m@x>"}, {"wishes", "format: text"}, {"source", "<m@x> from 192.0.2.1"}};
    struct letter letter = {.page_id = "sp_abc123",
                            .kind = kind,
                            .address = address,
                            .language = "",
                            .time_zone = "",
                            .facts = facts,
                            .fact_count = G_N_ELEMENTS(facts),
                            .subscriber_id = subscriber_id,
                            .created_at = NOW,
                            .due_at = NOW};

    assert_true(letters_add(scene->store, &letter, NULL));
}

static void write_letter(struct scene *scene, enum letter_kind kind, const char *address)
{
    write_letter_of(scene, kind, address, 0);
}

HEARING(digests_come_after_everything_else_and_not_while_lists_are_paused)
{
    const struct claims_wish letters = {.relay = "r", .most = 10, .letters_only = true};
    const struct claim *claim = NULL;

    const struct subscriber person = hearing_person("carol@x.example");
    const struct subscriber carol = hearing_add(scene, &person, NOW);

    write_letter_of(scene, LETTER_DIGEST, "digest@x.example", carol.id);
    write_letter(scene, LETTER_WELCOME, "welcome@x.example");
    (void)hearing_open(scene, NOW + 1);
    assert_string_equal(hearing_tell(hearing, NOW + 2), "welcome carol digest");
    write_letter_of(scene, LETTER_DIGEST, "again@x.example", carol.id);
    assert_true(claims_take(hearing->claims, scene->arena, &letters, NOW + 3, &claim, NULL));
    assert_null(claim);
    assert_string_equal(hearing_tell(hearing, NOW + 4), "again");
}

static const struct {
    enum letter_kind kind;
    enum join_purpose purpose;
    int64_t lives_ms;
} keyed_letters[] = {
    {LETTER_CONFIRM, JOIN_SUBSCRIBE, CONFIRM_KEY_LIVES_MS},
    {LETTER_LEAVE, JOIN_UNSUBSCRIBE, CONFIRM_KEY_LIVES_MS},
    {LETTER_PREFERENCES, JOIN_PREFERENCES, PREFERENCES_KEY_LIVES_MS},
};

static const struct confirm_key *find_key(struct scene *scene, const struct hearing *hearing,
                                          const char *address)
{
    const struct confirm_key *key = NULL;
    struct keyed keyed;
    uint8_t hash[KEYED_HASH_SIZE];

    assert_true(keyed_read(hearing->secret, &scene_page, text_of(address), &keyed));
    assert_int_equal(keyed.kind, KEYED_CONFIRM);
    keyed_hash(hearing->secret, keyed.key, hash);
    assert_true(joins_find_key(scene->store, scene->arena, &scene_page, hash, &key, NULL));
    assert_non_null(key);
    return key;
}

HEARING(a_letter_that_asks_for_a_word_gets_its_key_when_it_is_claimed)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keyed_letters); i++) {
        write_letter(scene, keyed_letters[i].kind, "carol@x.example");
        const struct claim *claim = hearing_claim(hearing, 10, NOW + 1);
        assert_int_equal(claim->count, 1);
        const struct confirm_key *key = find_key(scene, hearing, claim->items[0].reply_to);
        assert_int_equal(key->purpose, keyed_letters[i].purpose);
        assert_int_equal(key->expires_at, NOW + 1 + keyed_letters[i].lives_ms);
        assert_string_equal(key->address, "carol@x.example");
        assert_string_equal(key->wishes, "format: text");
        assert_string_equal(key->source, "<m@x> from 192.0.2.1");
        assert_false(key->is_spent);
        claims_release(hearing->claims, claim);
        assert_string_equal(hearing_tell(hearing, NOW + 2), "carol");
    }
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM reply_key"), "0");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM confirm_key"), "6");
}

HEARING(a_letter_to_a_stranger_that_asks_nothing_has_no_key)
{
    write_letter(scene, LETTER_WELCOME, "carol@x.example");
    const struct claim *claim = hearing_claim(hearing, 10, NOW + 1);
    assert_string_equal(claim->items[0].reply_to, "");
    assert_string_equal(scene_ask(scene, "SELECT count(*) FROM confirm_key"), "0");
    claims_release(hearing->claims, claim);
}

HEARING(the_key_of_a_draft_names_it_and_its_operator)
{
    assert_int_equal(
        scene_try(scene, "INSERT INTO draft (id, page_id, kind, source, title, message, severity,"
                         " created_at) VALUES (7, 'sp_abc123', 0, 'monitor:m', 't', '', 1, 1)"),
        SQLITE_OK);
    struct letter letter = {.page_id = "sp_abc123",
                            .kind = LETTER_DRAFT,
                            .address = "ada@x.example",
                            .is_operator = true,
                            .language = "",
                            .time_zone = "",
                            .draft_id = 7,
                            .created_at = NOW,
                            .due_at = NOW};
    const struct reply_key *key = NULL;
    struct keyed keyed;
    uint8_t hash[KEYED_HASH_SIZE];

    assert_true(letters_add(scene->store, &letter, NULL));
    const struct claim *claim = hearing_claim(hearing, 10, NOW + 1);
    assert_int_equal(claim->items[0].letter->draft_id, 7);
    assert_true(
        keyed_read(hearing->secret, &scene_page, text_of(claim->items[0].reply_to), &keyed));
    assert_int_equal(keyed.kind, KEYED_REPLY);
    keyed_hash(hearing->secret, keyed.key, hash);
    assert_true(keys_find_reply(scene->store, scene->arena, &scene_page, hash, &key, NULL));
    assert_int_equal(key->draft_id, 7);
    assert_string_equal(key->operator_address, "ada@x.example");
    claims_release(hearing->claims, claim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_key_of_a_draft_names_it_and_its_operator),
        SCENE_TEST(digests_come_after_everything_else_and_not_while_lists_are_paused),
        SCENE_TEST(a_letter_that_asks_for_a_word_gets_its_key_when_it_is_claimed),
        SCENE_TEST(a_letter_to_a_stranger_that_asks_nothing_has_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
