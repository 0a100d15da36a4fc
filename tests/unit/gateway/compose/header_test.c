#include "gateway/compose/header.h"
#include "tests/unit/unit.h"

#include <gmime/gmime.h>

static char *written(const struct header *header)
{
    GString *output = g_string_new(NULL);

    header_write(output, header);
    return g_string_free(output, FALSE);
}

/* What a reader's program makes of the header, by GMime. */
static char *read_back(const char *line)
{
    g_autofree char *whole = g_strdup_printf("%s\r\nbody\r\n", line);
    g_autoptr(GObject) stream = G_OBJECT(g_mime_stream_mem_new_with_buffer(whole, strlen(whole)));
    g_autoptr(GObject) parser = G_OBJECT(g_mime_parser_new_with_stream((GMimeStream *)stream));
    g_autoptr(GObject) object =
        G_OBJECT(g_mime_parser_construct_message((GMimeParser *)parser, NULL));
    GMimeMessage *message = (GMimeMessage *)object;

    assert_non_null(message);
    assert_int_equal(
        g_mime_header_list_get_count(g_mime_object_get_header_list((GMimeObject *)message)), 1);
    return g_strdup(g_mime_message_get_subject(message));
}

static void assert_lines(const char *bytes, size_t most)
{
    const struct text whole = text_of(bytes);
    size_t column = 0;

    for (size_t i = 0; i < whole.size; i++) {
        assert_true((unsigned char)whole.at[i] < 0x7f);
        if (whole.at[i] == '\n') {
            assert_true(i > 0 && whole.at[i - 1] == '\r');
            column = 0;
        } else if (whole.at[i] == '\r') {
            assert_true(i + 1 < whole.size && whole.at[i + 1] == '\n');
            assert_true(column > 0);
        } else {
            assert_true(++column <= most);
        }
    }
    assert_true(text_has_suffix(whole, TEXT("\r\n")));
}

static void assert_subject(const char *value, const char *wanted)
{
    g_autofree char *line = written(&(struct header){"Subject", HEADER_TEXT, value, NULL});
    g_autofree char *read = read_back(line);

    assert_lines(line, 78);
    assert_string_equal(read, wanted);
}

TEST(plain_words_stay_plain)
{
    g_autofree char *line =
        written(&(struct header){"Subject", HEADER_TEXT, "[Identified] API errors (#42)", NULL});

    assert_string_equal(line, "Subject: [Identified] API errors (#42)\r\n");
}

TEST(subjects_are_read_as_they_were_meant)
{
    static const char *const subjects[] = {
        "a",
        "Störung der Anmeldung (#42)",
        "[Resolved] Störung in Köln und Zürich: alles wieder gut (#7)",
        "=?utf-8?q?not_encoded?= (#1)",
        "a =?= b ?= c",
        "日本語のタイトルは空白を持たないので長くなることがありますがそれでも正しく読めなければなり"
        "ません",
        "mixed ascii and ünïcödé words that go on for long enough to need more lines than one or "
        "two",
        "ünïcödé mit Leerzeichen zwischen lauter Wörtern, äöü ßßß éèê ñ ç å ø",
        "<script>alert(\"x\")</script> & \\ 'quotes'",
        "{{#incidents}}{{{secret}}}{{/incidents}}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aa",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        assert_subject(subjects[i], subjects[i]);
}

TEST(a_subject_of_300_emoji_decodes_to_the_same)
{
    g_autoptr(GString) emoji = g_string_new(NULL);

    for (size_t i = 0; i < 300; i++)
        g_string_append(emoji, i % 2 == 0 ? "\U0001F525" : "\U0001F692");
    assert_subject(emoji->str, emoji->str);
}

TEST(every_length_is_folded_right)
{
    static const char *const letters[] = {"x", "é", "€", "\U0001F525", "x ", "é ", "x é "};

    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        for (size_t count = 1; count < 120; count++) {
            g_autoptr(GString) value = g_string_new(NULL);
            for (size_t j = 0; j < count; j++)
                g_string_append(value, letters[i]);
            g_strchomp(value->str);
            assert_subject(value->str, value->str);
        }
}

/* Security A51. */
TEST(no_value_makes_another_header)
{
    static const struct {
        const char *value;
        size_t size;
        const char *wanted;
    } cases[] = {
#define CASE(literal, wanted) {literal, sizeof(literal) - 1, wanted}
        CASE("x\r\nBcc: a@example.org", "x Bcc: a@example.org"),
        CASE("x\nBcc: a@example.org", "x Bcc: a@example.org"),
        CASE("x\rBcc: a@example.org", "x Bcc: a@example.org"),
        CASE("x\r\n\r\nbody", "x body"),
        CASE("x\x01\x1b[0my\x7f", "x [0my"),
        CASE("x\xc2\x85"
             "Bcc: a",
             "x Bcc: a"),
        CASE("x\u2028Bcc: a", "x Bcc: a"),
        CASE("x\u2029Bcc: a", "x Bcc: a"),
        CASE("a\u202eb\u2066c", "abc"),
        CASE("a\tb", "a b"),
#undef CASE
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_subject(cases[i].value, cases[i].wanted);
}

TEST(no_form_lets_a_line_end_through)
{
    static const struct header headers[] = {
        {"From", HEADER_PHRASE, "x\r\nBcc: a@example.org", "status@example.com"},
        {"From", HEADER_PHRASE, "é\r\nBcc: a@example.org", "status@example.com"},
        {"From", HEADER_PHRASE, "x", "status@example.com>\r\nBcc: <a@example.org"},
        {"X-Tocsin-Incident", HEADER_TOKENS, "inc_a\r\nBcc: a@example.org\xc3\xa9", NULL},
        {"List-Id", HEADER_PHRASE, "x\xe2\x80\xa8y", "a.b"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autofree char *line = written(&headers[i]);
        assert_lines(line, 998);
        assert_null(strstr(line, "\nBcc"));
    }
}

TEST(display_names_are_atoms_quoted_or_encoded)
{
    static const struct {
        const char *name;
        const char *wanted;
    } cases[] = {
        {"Example", "From: Example <a@example.com>\r\n"},
        {"Example Status", "From: Example Status <a@example.com>\r\n"},
        {"Example, Inc.", "From: \"Example, Inc.\" <a@example.com>\r\n"},
        {"The \"best\" \\", "From: \"The \\\"best\\\" \\\\\" <a@example.com>\r\n"},
        {"a@b <c@d>", "From: \"a@b <c@d>\" <a@example.com>\r\n"},
        {"Käse", "From: =?UTF-8?Q?K=C3=A4se?= <a@example.com>\r\n"},
        {"", "From: <a@example.com>\r\n"},
        {"=?utf-8?q?x?=", "From: =?UTF-8?Q?=3D=3Futf-8=3Fq=3Fx=3F=3D?= <a@example.com>\r\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line =
            written(&(struct header){"From", HEADER_PHRASE, cases[i].name, "a@example.com"});
        assert_string_equal(line, cases[i].wanted);
    }
}

TEST(an_empty_value_writes_nothing)
{
    g_autofree char *none = written(&(struct header){"Reply-To", HEADER_TOKENS, "", NULL});
    g_autofree char *null = written(&(struct header){"Reply-To", HEADER_TOKENS, NULL, NULL});

    assert_string_equal(none, "");
    assert_string_equal(null, "");
}

TEST(addresses_are_dot_atoms)
{
    static const struct {
        const char *address;
        bool is_address;
    } cases[] = {
        {"carol@example.net", true},
        {"o'brien+x@example.net", true},
        {"a=b@example.net", true},
        {"", false},
        {"carol", false},
        {"@example.net", false},
        {"carol@", false},
        {"a..b@example.net", false},
        {".a@example.net", false},
        {"a.@example.net", false},
        {"-f@example.net", false},
        {"a b@example.net", false},
        {"a@b@c", false},
        {"\"a b\"@example.net", false},
        {"k\xc3\xa4se@example.net", false},
        {"a@example.net\r\nX: y", false},
        {"<a@example.net>", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(header_is_address(cases[i].address), cases[i].is_address);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_plain),
        cmocka_unit_test(subjects_are_read_as_they_were_meant),
        cmocka_unit_test(a_subject_of_300_emoji_decodes_to_the_same),
        cmocka_unit_test(every_length_is_folded_right),
        cmocka_unit_test(no_value_makes_another_header),
        cmocka_unit_test(no_form_lets_a_line_end_through),
        cmocka_unit_test(display_names_are_atoms_quoted_or_encoded),
        cmocka_unit_test(an_empty_value_writes_nothing),
        cmocka_unit_test(addresses_are_dot_atoms),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
