#include "gateway/base/base32.h"

#include "tests/unit/unit.h"

/* RFC 4648 section 10, in lower case and without padding. */
static const struct {
    struct text bytes;
    const char *letters;
} vectors[] = {
    {TEXT_INIT(""), ""},
    {TEXT_INIT("f"), "my"},
    {TEXT_INIT("fo"), "mzxq"},
    {TEXT_INIT("foo"), "mzxw6"},
    {TEXT_INIT("foob"), "mzxw6yq"},
    {TEXT_INIT("fooba"), "mzxw6ytb"},
    {TEXT_INIT("foobar"), "mzxw6ytboi"},
    {TEXT_INIT("\0\xff\0\xff\0\xff\0\xff\0\xff"), "ad7qb7ya74ap6ah7"},
};

TEST(bytes_become_letters_and_come_back)
{
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const struct text bytes = vectors[i].bytes;
        char parsed[16] = {0};

        assert_string_equal(base32_write(arena, bytes.at, bytes.size), vectors[i].letters);
        g_autofree char *upper = g_ascii_strup(vectors[i].letters, -1);
        struct text letters = unit_bytes(text_of(upper));
        assert_true(base32_parse(letters, parsed, bytes.size));
        assert_memory_equal(parsed, bytes.at, bytes.size);
        unit_free(letters);
    }
}

TEST(one_value_has_one_spelling)
{
    static const struct text bad[] = {
        TEXT_INIT(""),     TEXT_INIT("mzx"),   TEXT_INIT("mzxqa"), TEXT_INIT("mzxr"),
        TEXT_INIT("mzx1"), TEXT_INIT("mzx\0"), TEXT_INIT("mzx="),  TEXT_INIT("mz q"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct text letters = unit_bytes(bad[i]);
        char parsed[2] = "??";

        assert_false(base32_parse(letters, parsed, 2));
        assert_memory_equal(parsed, "??", 2);
        unit_free(letters);
    }
}

TEST(hexadecimal_digits_are_lower_case)
{
    OWN(arena) arena = arena_open(4096);

    assert_string_equal(hex_write(arena, "\x00\xab\x0f", 3), "00ab0f");
    assert_string_equal(hex_write(arena, "", 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_letters_and_come_back),
        cmocka_unit_test(one_value_has_one_spelling),
        cmocka_unit_test(hexadecimal_digits_are_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
