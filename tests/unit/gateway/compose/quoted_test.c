#include "gateway/compose/quoted.h"
#include "tests/unit/unit.h"

#include <gmime/gmime.h>

static const char slot[] = "slotslotslotslotslotslotslotslot";

static char *quoted(struct text text, const char *standing)
{
    GString *output = g_string_new(NULL);
    const struct text bytes = unit_bytes(text);

    quoted_write(output, bytes, standing);
    unit_free(bytes);
    return g_string_free(output, FALSE);
}

static char *decoded(const char *encoded)
{
    GMimeEncoding state;
    const size_t size = strlen(encoded);
    char *output = g_malloc0(size + 8);

    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    size_t used = g_mime_encoding_step(&state, encoded, size, output);
    used += g_mime_encoding_flush(&state, "", 0, output + used);
    output[used] = '\0';
    return output;
}

static void assert_valid(const char *encoded)
{
    size_t column = 0;

    for (size_t i = 0; encoded[i] != '\0'; i++) {
        if (encoded[i] == '\n') {
            assert_true(i > 0 && encoded[i - 1] == '\r');
            column = 0;
            continue;
        }
        if (encoded[i] == '\r') {
            assert_int_equal(encoded[i + 1], '\n');
            if (i > 0)
                assert_true(encoded[i - 1] != ' ' && encoded[i - 1] != '\t');
            continue;
        }
        assert_true((unsigned char)encoded[i] >= 0x20 && (unsigned char)encoded[i] < 0x7f);
        assert_true(!(column == 0 && encoded[i] == '.'));
        assert_true(++column <= 76);
    }
}

/* LF becomes CRLF, and the last line has an end; nothing else changes. */
static char *wanted_of(struct text text)
{
    GString *wanted = g_string_new(NULL);

    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '\n')
            g_string_append_c(wanted, '\r');
        g_string_append_c(wanted, text.at[i]);
    }
    if (text.size > 0 && text.at[text.size - 1] != '\n')
        g_string_append(wanted, "\r\n");
    return g_string_free(wanted, FALSE);
}

TEST(quoted_printable_decodes_to_the_text)
{
    static const char *const texts[] = {
        "plain\n",
        "",
        "no end",
        "Käse kostet 5 €\n",
        "a = b\n",
        "trailing space \nand tab\t\n \n",
        "\n.\r\nMAIL FROM:<x>\n",
        ".\n..\n.hidden\n",
        "From here\nFrom: there\n",
        "a\rb\n",
        "\n\n\n",
        "-- \nsignature\n",
        "\x01\x02\x1b\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aa"
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb. "
        ". . ."
        "\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const struct text text = text_from(texts[i], strlen(texts[i]));
        g_autofree char *encoded = quoted(text, "");
        g_autofree char *back = decoded(encoded);
        g_autofree char *wanted = wanted_of(text);
        assert_valid(encoded);
        assert_string_equal(back, wanted);
    }
}

TEST(every_length_of_every_kind_keeps_its_lines_short)
{
    static const char *const letters[] = {"x", "é", "=", " ", "\U0001F525", ".", "x ", "From "};

    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (size_t count = 0; count < 200; count++) {
            g_string_append(text, letters[i]);
            g_autofree char *encoded = quoted(text_from(text->str, text->len), "");
            g_autofree char *back = decoded(encoded);
            g_autofree char *wanted = wanted_of(text_from(text->str, text->len));
            assert_valid(encoded);
            assert_string_equal(back, wanted);
        }
    }
}

TEST(a_slot_stands_on_a_line_of_its_own)
{
    for (size_t before = 0; before < 160; before++) {
        g_autofree char *left = g_strnfill(before, 'x');
        g_autofree char *text = g_strdup_printf("%s%s?subject=unsubscribe\n%s\n", left, slot, slot);
        g_autofree char *encoded = quoted(text_from(text, strlen(text)), slot);
        const char *at = strstr(encoded, slot);
        assert_non_null(at);
        assert_true(at == encoded || g_str_has_prefix(at - 3, "=\r\n"));
        assert_true(g_str_has_prefix(at + strlen(slot), "=\r\n?subject=3Dunsub"));
        at = strstr(at + 1, slot);
        assert_non_null(at);
        assert_true(g_str_has_prefix(at - 2, "\r\n"));
        assert_true(g_str_has_prefix(at + strlen(slot), "\r\n"));
        g_autofree char *back = decoded(encoded);
        g_autofree char *wanted = wanted_of(text_from(text, strlen(text)));
        assert_string_equal(back, wanted);
    }
}

TEST(short_ascii_needs_no_quoting)
{
    static const struct {
        const char *text;
        bool is_needless;
    } cases[] = {
        {"plain\n", true},
        {"", true},
        {"-- \nsignature\n", true},
        {"é\n", false},
        {"space \n", false},
        {"tab\there\n", false},
        {".hidden\n", false},
        {"From here\n", false},
        {"cr\r\n", false},
        {"1234567890123456789012345678901234567890123456789012345678901234567890123456\n", true},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567\n", false},
        {"slotslotslotslotslotslotslotslot\n", true},
        {"xxslotslotslotslotslotslotslotslot\n", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(quoted_is_needless(text_from(cases[i].text, strlen(cases[i].text)), slot),
                         cases[i].is_needless);
}

TEST(plain_lines_end_in_crlf)
{
    g_autoptr(GString) output = g_string_new(NULL);

    quoted_write_plain(output, TEXT("a\n\nb"));
    assert_string_equal(output->str, "a\r\n\r\nb\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoted_printable_decodes_to_the_text),
        cmocka_unit_test(every_length_of_every_kind_keeps_its_lines_short),
        cmocka_unit_test(a_slot_stands_on_a_line_of_its_own),
        cmocka_unit_test(short_ascii_needs_no_quoting),
        cmocka_unit_test(plain_lines_end_in_crlf),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
