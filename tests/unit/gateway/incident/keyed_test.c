#include "gateway/incident/keyed.h"
#include "tests/unit/unit.h"

static const uint8_t root[32] = {1, 2, 3};
static const struct page page = {.id = "sp_abc123",
                                 .local = "status",
                                 .domain = "status.example.com",
                                 .address = "status@status.example.com"};
static const struct page other = {.id = "sp_other",
                                  .local = "status",
                                  .domain = "status.example.com",
                                  .address = "status@status.example.com"};

static size_t extension_size(const char *address)
{
    return (size_t)(strchr(address, '@') - strchr(address, '+')) - 1;
}

static enum keyed_kind read_kind(const struct secret *secret, const char *address)
{
    struct keyed keyed;

    return keyed_read(secret, &page, text_of(address), &keyed) ? keyed.kind : (enum keyed_kind)99;
}

TEST(a_bounce_address_gives_back_subscriber_and_notification_in_any_case)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(secret) secret = secret_new(root);
    char *address = keyed_write_bounce(arena, secret, &page, 1234567, 42);
    struct keyed keyed;

    assert_true(extension_size(address) <= KEYED_EXTENSION_MOST);
    for (char *at = address; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    assert_true(keyed_read(secret, &page, text_of(address), &keyed));
    assert_int_equal(keyed.kind, KEYED_BOUNCE);
    assert_int_equal(keyed.subscriber_id, 1234567);
    assert_int_equal(keyed.notification_id, 42);
}

TEST(letters_and_unsubscriptions_are_told_apart)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(secret) secret = secret_new(root);
    struct keyed keyed;

    assert_true(
        keyed_read(secret, &page, text_of(keyed_write_letter(arena, secret, &page, 9)), &keyed));
    assert_int_equal(keyed.kind, KEYED_LETTER);
    assert_int_equal(keyed.letter_id, 9);
    assert_true(keyed_read(secret, &page,
                           text_of(keyed_write_unsubscribe(arena, secret, &page, 77)), &keyed));
    assert_int_equal(keyed.kind, KEYED_UNSUBSCRIBE);
    assert_int_equal(keyed.subscriber_id, 77);
}

TEST(every_changed_letter_of_a_key_is_wrong)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(secret) secret = secret_new(root);
    const char *right = keyed_write_unsubscribe(arena, secret, &page, 77);
    const size_t first = strlen("status+u");

    for (size_t i = first; right[i] != '@'; i++) {
        char *wrong = arena_string(arena, right);

        wrong[i] = wrong[i] == 'a' ? 'b' : 'a';
        assert_int_equal(read_kind(secret, wrong), KEYED_WRONG);
        wrong[i] = '7'; /* with all bits set, also those that no key uses */
        if (right[i] != '7')
            assert_int_equal(read_kind(secret, wrong), KEYED_WRONG);
    }
}

TEST(a_key_of_one_page_is_wrong_on_another)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(secret) secret = secret_new(root);

    assert_int_equal(read_kind(secret, keyed_write_unsubscribe(arena, secret, &other, 77)),
                     KEYED_WRONG);
}

TEST(whose_address_it_is)
{
    static const struct {
        const char *address;
        enum keyed_kind want;
    } cases[] = {
        {"status@status.example.com", KEYED_NONE},
        {"Status@STATUS.example.com", KEYED_NONE},
        {"prvs=0123456789=status@status.example.com", KEYED_NONE},
        {"status+help@status.example.com", KEYED_WORD},
        {"status-unsubscribe@status.example.com", KEYED_WORD},
        {"status+inc42@status.example.com", KEYED_UNKNOWN},
        {"status+@status.example.com", KEYED_UNKNOWN},
        {"status-team@status.example.com", (enum keyed_kind)99},
        {"status%evil.test@status.example.com", (enum keyed_kind)99},
        {"statuses@status.example.com", (enum keyed_kind)99},
        {"status@example.com", (enum keyed_kind)99},
        {"status", (enum keyed_kind)99},
        {"", (enum keyed_kind)99},
    };
    OWN(secret) secret = secret_new(root);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(read_kind(secret, cases[i].address), cases[i].want);
}

TEST(ids_name_what_they_were_made_for_and_nothing_else)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(secret) secret = secret_new(root);
    const struct {
        const char *id;
        enum keyed_id_kind kind;
        int64_t number;
    } cases[] = {
        {keyed_write_root_id(arena, secret, &page, 42), KEYED_ID_ROOT, 42},
        {keyed_write_notification_id(arena, secret, &page, 7, 1234), KEYED_ID_NOTIFICATION, 7},
        {keyed_write_letter_id(arena, secret, &page, 9), KEYED_ID_LETTER, 9},
        {keyed_write_root_id(arena, secret, &other, 42), KEYED_ID_FOREIGN, 0},
        {"i42.aaaaaaaa@status.example.com", KEYED_ID_FOREIGN, 0},
        {"i42@status.example.com", KEYED_ID_FOREIGN, 0},
        {"CAF=x@mail.example", KEYED_ID_FOREIGN, 0},
        {"", KEYED_ID_FOREIGN, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct keyed_id read = keyed_read_id(secret, &page, text_of(cases[i].id));

        assert_int_equal(read.kind, cases[i].kind);
        assert_int_equal(read.number, cases[i].number);
    }
}

TEST(our_keys_never_reach_what_is_published)
{
    OWN(arena) arena = arena_open(1 << 20);

    assert_string_equal(
        keyed_redact(arena, &page,
                     "On Tue <status+rk7k7k7k7k7k7k7k7@status.example.com> wrote status+x"),
        "On Tue <status@status.example.com> wrote status+x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bounce_address_gives_back_subscriber_and_notification_in_any_case),
        cmocka_unit_test(letters_and_unsubscriptions_are_told_apart),
        cmocka_unit_test(every_changed_letter_of_a_key_is_wrong),
        cmocka_unit_test(a_key_of_one_page_is_wrong_on_another),
        cmocka_unit_test(whose_address_it_is),
        cmocka_unit_test(ids_name_what_they_were_made_for_and_nothing_else),
        cmocka_unit_test(our_keys_never_reach_what_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
