#include "gateway/base/error.h"
#include "gateway/mail/address.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)1 << 20)

static const char *parse(struct arena *arena, const char *string, bool is_from)
{
    struct text bytes = unit_bytes(text_of(string));
    g_autoptr(GError) error = NULL;
    const struct mail_address *address =
        is_from ? address_parse_from(arena, bytes, &error) : address_parse(arena, bytes, &error);

    assert_true((address == NULL) == (error != NULL));
    assert_true(error == NULL || error->code == TOCSIN_ERROR_INPUT);
    const char *whole = address == NULL ? NULL : arena_string(arena, address->whole);
    unit_free(bytes);
    return whole;
}

static const struct {
    const char *given;
    const char *want_whole;
} specs[] = {
    {"ada@example.com", "ada@example.com"},
    {"Ada.Byron+x@Mail.Example.COM", "Ada.Byron+x@mail.example.com"},
    {"o'brien=x@example.com", "o'brien=x@example.com"},
    {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
    {"", NULL},
    {"ada", NULL},
    {"@example.com", NULL},
    {"ada@", NULL},
    {"ada@localhost", NULL},
    {"ada@example.com.", NULL},
    {"ada@.example.com", NULL},
    {"ada@example..com", NULL},
    {".ada@example.com", NULL},
    {"ada.@example.com", NULL},
    {"a..b@example.com", NULL},
    {"-ada@example.com", NULL},
    {"ada@-example.com", NULL},
    {"ada@example-.com", NULL},
    {"ada@exam_ple.com", NULL},
    {"ada@192.0.2.1", NULL},
    {"ada@[192.0.2.1]", NULL},
    {"a@b@example.com", NULL},
    {"\"ada\"@example.com", NULL},
    {"\"a b\"@example.com", NULL},
    {"a b@example.com", NULL},
    {" ada@example.com", NULL},
    {"ada@example.com ", NULL},
    {"ada@example.com\r\nRCPT TO:<x@example.com>", NULL},
    {"<ada@example.com>", NULL},
    {"@a.example:ada@example.com", NULL},
    {"ada@b\xc3\xbc"
     "cher.example",
     NULL},
    {"\xd0\xb0"
     "da@example.com",
     NULL},
    {"ada@example.com,bob@example.com", NULL},
    {"|sh@example.com", NULL},
    {"/etc/passwd@example.com", NULL},
    {"a/b|c@example.com", "a/b|c@example.com"},
    {"ada(x)@example.com", NULL},
};

TEST(only_a_dot_atom_at_a_domain_is_an_address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const char *whole = parse(arena, specs[i].given, false);
        if (g_strcmp0(whole, specs[i].want_whole) != 0) {
            print_message("%s: %s\n", specs[i].given, whole == NULL ? "refused" : whole);
        }
        assert_true(g_strcmp0(whole, specs[i].want_whole) == 0);
    }
}

TEST(lengths_are_those_of_rfc_5321)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *local = g_strnfill(64, 'a');
    g_autofree char *label = g_strnfill(63, 'b');
    g_autofree char *longest = g_strdup_printf("%s@example.com", local);
    g_autofree char *local_65 = g_strdup_printf("a%s@example.com", local);
    g_autofree char *label_64 = g_strdup_printf("a@b%s.com", label);
    g_autofree char *whole_255 = g_strdup_printf("%s@%s.%s.%s", local, label, label, label);

    assert_non_null(parse(arena, longest, false));
    assert_null(parse(arena, local_65, false));
    assert_null(parse(arena, label_64, false));
    assert_null(parse(arena, whole_255, false));
}

/* security notes A3 to A6 */
static const struct {
    const char *given;
    const char *want_whole;
} froms[] = {
    {"ada@example.com", "ada@example.com"},
    {"<ada@example.com>", "ada@example.com"},
    {"Ada Byron <ada@example.com>", "ada@example.com"},
    {"\"Byron, Ada\" <ada@example.com>", "ada@example.com"},
    {"ada@example.com (Ada, \\) <x@y.example>)", "ada@example.com"},
    {"Ada (a (b) c) <ada@example.com> (d)", "ada@example.com"},
    {"\"ada@example.com\" <ada@example.com>", "ada@example.com"},
    {"Who? Me! <ada@example.com>", "ada@example.com"},
    {"\"ada@example.com\" <evil@example.net>", "evil@example.net"},
    {"ada@example.com (c) <evil@example.net>", "evil@example.net"},
    {"=?utf-8?q?ada=40example.com=3E=2C_=3C?= <evil@example.net>", "evil@example.net"},
    {"\"x <ada@example.com>\" <evil@example.net>", "evil@example.net"},
    {"", NULL},
    {" ", NULL},
    {"ada@example.com, evil@example.net", NULL},
    {"<ada@example.com>, <evil@example.net>", NULL},
    {"<ada@example.com> <evil@example.net>", NULL},
    {"<ada@example.com> evil@example.net", NULL},
    {"<ada@example.com>evil", NULL},
    {"ops: ada@example.com;", NULL},
    {"ada@example.com;", NULL},
    {"undisclosed-recipients:;", NULL},
    {"<@evil.example:ada@example.com>", NULL},
    {"\"ada@example.com\"@evil.example", NULL},
    {"ada@example.com@evil.example", NULL},
    {"<ada@example.com", NULL},
    {"ada@example.com>", NULL},
    {"\"ada@example.com", NULL},
    {"(ada@example.com", NULL},
    {"<<ada@example.com>>", NULL},
    {"ada @example.com", NULL},
    {"Ada", NULL},
    {"ada@[192.0.2.1]", NULL},
    {"ada@example.com.", NULL},
    {"\xd0\xb0"
     "da@example.com",
     NULL},
};

TEST(from_is_one_mailbox_that_every_program_reads_alike)
{
    for (size_t i = 0; i < G_N_ELEMENTS(froms); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const char *whole = parse(arena, froms[i].given, true);
        if (g_strcmp0(whole, froms[i].want_whole) != 0) {
            print_message("%s: %s\n", froms[i].given, whole == NULL ? "refused" : whole);
        }
        assert_true(g_strcmp0(whole, froms[i].want_whole) == 0);
    }
}

static const struct {
    const char *given;
    const char *want_name;
} names[] = {
    {"ada@example.com", ""},
    {"Ada Byron <ada@example.com>", "Ada Byron"},
    {"\"Byron, \\\"Ada\\\"\" <ada@example.com>", "Byron, \"Ada\""},
    {"=?iso-8859-1?Q?J=FCrgen?= <ada@example.com>", "J\xc3\xbcrgen"},
    {"ada@example.com (Ada Byron)", "Ada Byron"},
    {"=?utf-8?q?a=0D=0Ab?= <ada@example.com>", "a b"},
};

TEST(a_display_name_is_decoded_and_cleaned)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct mail_address *address =
            address_parse_from(arena, text_of(names[i].given), NULL);
        assert_non_null(address);
        assert_string_equal(address->name, names[i].want_name);
    }
}

TEST(a_list_is_flattened_and_what_is_no_address_left_out)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct mail_address list[4];
    struct text value =
        TEXT("Ops: a@example.com, \"B, B\" <b@example.com>;, nobody, c@example.com");

    assert_int_equal(address_parse_list(arena, value, list, 4), 3);
    assert_string_equal(list[0].whole, "a@example.com");
    assert_string_equal(list[1].whole, "b@example.com");
    assert_string_equal(list[2].whole, "c@example.com");
    assert_int_equal(address_parse_list(arena, value, list, 2), 2);
    assert_int_equal(address_parse_list(arena, TEXT("undisclosed-recipients:;"), list, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_dot_atom_at_a_domain_is_an_address),
        cmocka_unit_test(lengths_are_those_of_rfc_5321),
        cmocka_unit_test(from_is_one_mailbox_that_every_program_reads_alike),
        cmocka_unit_test(a_display_name_is_decoded_and_cleaned),
        cmocka_unit_test(a_list_is_flattened_and_what_is_no_address_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
