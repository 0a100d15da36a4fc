#include "gateway/base/log.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

static char *format_value(struct arena *arena, struct text value)
{
    return log_format(arena, "e", (const struct log_field[]){LOG_BYTES("k", value), LOG_END});
}

TEST(a_line_is_the_event_and_its_fields)
{
    OWN(arena) arena = arena_open(4096);
    const struct log_field fields[] = {LOG_TEXT("page", "sp_abc123"), LOG_NUMBER("", 7),
                                       LOG_NUMBER("subscribers", 2), LOG_TEXT("title", NULL),
                                       LOG_END};

    assert_string_equal(log_format(arena, "incident.opened", fields),
                        "incident.opened page=sp_abc123 subscribers=2 title=\"\"");
}

TEST(values_are_quoted_and_escaped_where_needed)
{
    static const struct {
        struct text value;
        const char *want;
    } cases[] = {
        {TEXT_INIT("ada@example.com"), "e k=ada@example.com"},
        {TEXT_INIT("Größe🔥"), "e k=Größe🔥"},
        {TEXT_INIT("a b"), "e k=\"a b\""},
        {TEXT_INIT("a=b"), "e k=\"a=b\""},
        {TEXT_INIT("say \"x\\\""), "e k=\"say \\\"x\\\\\\\"\""},
        {TEXT_INIT("a\nfake.event k=v"), "e k=\"a\\nfake.event k=v\""},
        {TEXT_INIT("\x1b[2J\r\0"), "e k=\"\\x1b[2J\\x0d\\x00\""},
        {TEXT_INIT("\xff"), "e k=\"\\xff\""},
        {TEXT_INIT("\xe2\x80\xae"), "e k=\"\\xe2\\x80\\xae\""},
        {TEXT_INIT("\xe2\x80\xa8"), "e k=\"\\xe2\\x80\\xa8\""},
    };
    OWN(arena) arena = arena_open(4096);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].value);

        assert_string_equal(format_value(arena, bytes), cases[i].want);
        unit_free(bytes);
    }
}

TEST(a_value_is_cut_at_one_kibibyte_and_at_a_character)
{
    GString *value = g_string_new("x");
    OWN(arena) arena = arena_open(1 << 16);

    while (value->len < 3000)
        g_string_append(value, "ä");
    const char *line = format_value(arena, text_from(value->str, value->len));
    assert_int_equal(strlen(line), strlen("e k=") + 1023 + strlen("…"));
    assert_true(g_utf8_validate(line, -1, NULL));
    g_string_free(value, TRUE);
}

/* Standard error becomes a pipe; what the test reads from, or -1 to undo it. */
static int redirect(int *saved)
{
    int ends[2];

    *saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    (void)close(ends[1]);
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return ends[0];
}

static void restore(int saved, int reader)
{
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    (void)close(reader);
}

static char *read_all(struct arena *arena, int reader)
{
    char *bytes = arena_alloc(arena, 1 << 20);
    size_t size = 0;
    ssize_t got = 0;

    while ((got = read(reader, bytes + size, (1 << 20) - size - 1)) > 0)
        size += (size_t)got;
    return bytes;
}

TEST(journald_gets_a_level_and_people_a_time)
{
    OWN(arena) arena = arena_open(1 << 22);
    int saved = -1;
    const int reader = redirect(&saved);

    log_open(LOG_LEVEL_INFO);
    (void)setenv("JOURNAL_STREAM", "8:1", 1);
    log_error("a");
    log_warning("b", LOG_NUMBER("n", 1));
    log_info("c", LOG_TEXT("k", "v"), LOG_NUMBER("n", -1));
    log_debug("d");
    (void)unsetenv("JOURNAL_STREAM");
    const char *lines = read_all(arena, reader);
    log_info("e");
    const char *stamped = read_all(arena, reader);
    restore(saved, reader);

    assert_string_equal(lines, "<3>a\n<4>b n=1\n<6>c k=v n=-1\n");
    assert_int_equal(strlen(stamped), strlen("2026-11-24T13:18:20.123Z e\n"));
    assert_string_equal(stamped + 23, "Z e\n");
}

TEST(what_glib_says_goes_the_same_way)
{
    OWN(arena) arena = arena_open(1 << 22);
    int saved = -1;
    const int reader = redirect(&saved);

    (void)setenv("JOURNAL_STREAM", "8:1", 1);
    log_open(LOG_LEVEL_INFO);
    g_log("gmime", G_LOG_LEVEL_WARNING, "odd %s", "part");
    (void)unsetenv("JOURNAL_STREAM");
    const char *lines = read_all(arena, reader);
    restore(saved, reader);

    assert_string_equal(lines, "<4>library.message library=gmime message=\"odd part\"\n");
}

TEST(a_full_standard_error_loses_lines_and_they_are_counted)
{
    OWN(arena) arena = arena_open(1 << 22);
    int saved = -1;
    const int reader = redirect(&saved);

    (void)setenv("JOURNAL_STREAM", "8:1", 1);
    for (int i = 0; i < 20000; i++)
        log_info("filler");
    size_t kept = 0;
    struct text rest = text_of(read_all(arena, reader));
    struct text line;
    while (text_next_line(&rest, &line)) {
        assert_true(text_is_equal(line, TEXT("<6>filler")));
        kept++;
    }
    log_info("next");
    log_info("last");
    const char *lines = read_all(arena, reader);
    (void)unsetenv("JOURNAL_STREAM");
    restore(saved, reader);

    assert_string_equal(
        lines, arena_format(arena, "<6>log.lost count=%zu; next\n<6>last\n", 20000 - kept));
    assert_true(kept > 0 && kept < 20000);
}

TEST(a_line_is_written_at_once_and_never_longer_than_a_pipe_takes)
{
    char long_value[1000];
    OWN(arena) arena = arena_open(1 << 22);
    int saved = -1;
    const int reader = redirect(&saved);

    memset(long_value, '\x01', sizeof long_value);
    const struct text value = text_from(long_value, sizeof long_value);
    log_info("long", LOG_BYTES("a", value), LOG_BYTES("b", value), LOG_BYTES("c", value));
    const char *lines = read_all(arena, reader);
    restore(saved, reader);

    assert_int_equal(strlen(lines), 4096);
    assert_int_equal(lines[4095], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_the_event_and_its_fields),
        cmocka_unit_test(values_are_quoted_and_escaped_where_needed),
        cmocka_unit_test(a_value_is_cut_at_one_kibibyte_and_at_a_character),
        cmocka_unit_test(journald_gets_a_level_and_people_a_time),
        cmocka_unit_test(what_glib_says_goes_the_same_way),
        cmocka_unit_test(a_full_standard_error_loses_lines_and_they_are_counted),
        cmocka_unit_test(a_line_is_written_at_once_and_never_longer_than_a_pipe_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
