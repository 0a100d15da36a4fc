#include "gateway/base/error.h"
#include "gateway/yaml/reader.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES (16 * 1024 * 1024)

enum tls { TLS_NONE, TLS_STARTTLS };

struct relay {
    const struct yaml_node *node;
    const char *host;
    int64_t port;
    int tls;
    bool is_port_given;
};

struct damping {
    int64_t alerts;
    int64_t for_ms;
};

struct settings {
    const char *state;
    const char *note;
    bool is_loud;
    int64_t wait_ms;
    int64_t most_bytes;
    const char *const *dropped;
    size_t dropped_count;
    struct relay *relays;
    size_t relay_count;
    struct damping damping;
    size_t match_count;
    size_t header_count;
};

static bool check_host(const char *value, GError **error)
{
    return strchr(value, ' ') == NULL ||
           error_set(error, TOCSIN_ERROR_CONFIG, "is no host: write a name");
}

static const char *const tls_names[] = {"none", "starttls", NULL};

static const struct reader_field relay_fields[] = {
    {.name = "host",
     .kind = READER_STRING,
     .at = READER_AT(struct relay, host),
     .is_required = true,
     .check = check_host,
     .help = "the relay's name"},
    {.name = "port",
     .kind = READER_INTEGER,
     .at = READER_AT(struct relay, port),
     .given_at = READER_AT(struct relay, is_port_given),
     .standard = "25",
     .least = 1,
     .most = 65535},
    {.name = "tls", .kind = READER_ENUM, .at = READER_AT(struct relay, tls), .names = tls_names},
};
static const struct reader_table relay_table = {relay_fields,
                                                G_N_ELEMENTS(relay_fields),
                                                sizeof(struct relay),
                                                READER_AT(struct relay, node),
                                                NULL,
                                                NULL};

static const struct reader_field damping_fields[] = {
    {.name = "alerts",
     .kind = READER_INTEGER,
     .at = READER_AT(struct damping, alerts),
     .standard = "1"},
    {.name = "for",
     .kind = READER_SPAN,
     .at = READER_AT(struct damping, for_ms),
     .standard = "0s",
     .most = 86400000},
};
static const struct reader_table damping_table = {
    .fields = damping_fields,
    .count = G_N_ELEMENTS(damping_fields),
    .size = sizeof(struct damping),
};

static void read_match(const struct reader *reader, const struct yaml_node *node, void *member)
{
    assert_ptr_equal(reader->context, tls_names);
    *(size_t *)member = node->count;
}

static bool read_header(const struct reader *reader, const struct yaml_node *node, void *target)
{
    (void)reader;
    if (!g_str_has_prefix(node->key, "header "))
        return false;
    ((struct settings *)target)->header_count++;
    return true;
}

static const struct reader_field fields[] = {
    {.name = "state",
     .kind = READER_STRING,
     .at = READER_AT(struct settings, state),
     .standard = "/var/lib/tocsin"},
    {.name = "note", .kind = READER_TEXT, .at = READER_AT(struct settings, note)},
    {.name = "loud", .kind = READER_BOOL, .at = READER_AT(struct settings, is_loud)},
    {.name = "wait",
     .kind = READER_SPAN,
     .at = READER_AT(struct settings, wait_ms),
     .standard = "5m",
     .least = 1000,
     .most = 90000000},
    {.name = "most",
     .kind = READER_SIZE,
     .at = READER_AT(struct settings, most_bytes),
     .standard = "1MiB",
     .least = 1024},
    {.name = "dropped",
     .kind = READER_STRINGS,
     .at = READER_AT(struct settings, dropped),
     .count_at = READER_AT(struct settings, dropped_count),
     .standard = "EXTERNAL, EXT, SPAM",
     .least = 1,
     .most = 10},
    {.name = "relays",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, relays),
     .count_at = READER_AT(struct settings, relay_count),
     .table = &relay_table,
     .least = 1,
     .most = 3},
    {.name = "open_after",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, damping),
     .table = &damping_table},
    {.name = "match",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct settings, match_count),
     .read = read_match},
    {.name = "http", .kind = READER_IGNORED},
};
static const struct reader_table table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct settings),
    .other = read_header,
};

static const char *read_settings(struct arena *arena, const char *source, struct settings *settings)
{
    struct problems *problems = problems_new(arena);
    const struct reader reader = {arena, problems, (void *)(uintptr_t)tls_names};

    reader_read(&reader, yaml_load(arena, "f", text_of(source), problems), &table, settings);
    return problems_write(problems, arena);
}

TEST(an_empty_file_gives_the_defaults)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct settings settings = {.is_loud = true, .relay_count = 7};

    assert_string_equal(read_settings(arena, "", &settings), "");
    assert_string_equal(settings.state, "/var/lib/tocsin");
    assert_null(settings.note);
    assert_false(settings.is_loud);
    assert_int_equal(settings.wait_ms, 300000);
    assert_int_equal(settings.most_bytes, 1048576);
    assert_int_equal(settings.dropped_count, 3);
    assert_string_equal(settings.dropped[1], "EXT");
    assert_int_equal(settings.relay_count, 0);
    assert_int_equal(settings.damping.alerts, 1);
}

TEST(each_kind_is_read)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct settings settings;

    assert_string_equal(
        read_settings(arena,
                      "state: /x\nnote: |\n  a\n  b\nloud: Yes\nwait: 1h\nmost: 64KiB\n"
                      "dropped: one\nrelays:\n  - host: a\n    port: 2525\n"
                      "  - {host: b, tls: starttls}\nopen_after: { alerts: 3, for: 90s }\n"
                      "match: { host: '^api', service: . }\nhttp: [unread, {a: b}]\n"
                      "header X-Spam: ^no\n",
                      &settings),
        "");
    assert_string_equal(settings.state, "/x");
    assert_string_equal(settings.note, "a\nb\n");
    assert_true(settings.is_loud);
    assert_int_equal(settings.wait_ms, 3600000);
    assert_int_equal(settings.most_bytes, 65536);
    assert_int_equal(settings.dropped_count, 1);
    assert_string_equal(settings.dropped[0], "one");
    assert_int_equal(settings.relay_count, 2);
    assert_int_equal(settings.relays[0].port, 2525);
    assert_true(settings.relays[0].is_port_given);
    assert_int_equal(settings.relays[0].node->line, 10);
    assert_int_equal(settings.relays[1].port, 25);
    assert_false(settings.relays[1].is_port_given);
    assert_int_equal(settings.relays[1].tls, TLS_STARTTLS);
    assert_int_equal(settings.damping.alerts, 3);
    assert_int_equal(settings.damping.for_ms, 90000);
    assert_int_equal(settings.match_count, 2);
    assert_int_equal(settings.header_count, 1);
}

TEST(each_error_names_its_place_and_what_would_be_right)
{
    static const struct {
        const char *source;
        const char *problems;
    } cases[] = {
        {"relays: [{host: a, port: smtp}]\n",
         "f:1:26: relays[0].port: \"smtp\" is no whole number from 1 to 65535\n"},
        {"relays: [{host: a, port: 0x19}]\n",
         "f:1:26: relays[0].port: \"0x19\" is no whole number from 1 to 65535\n"},
        {"relays: [{host: a, port: 65536}]\n",
         "f:1:26: relays[0].port: \"65536\" is no whole number from 1 to 65535\n"},
        {"relays: [{host: a, port: }]\n",
         "f:1:26: relays[0].port: has no value: give it a number, or leave it out\n"},
        {"relays: [{host: 'a b'}]\n", "f:1:17: relays[0].host: \"a b\" is no host: write a name\n"},
        {"relays: [{host: a, tls: startls}]\n",
         "f:1:25: relays[0].tls: \"startls\" is not known here: did you mean \"starttls\"?\n"},
        {"relays: [{host: a, tls: full}]\n",
         "f:1:25: relays[0].tls: \"full\" is not one of none, starttls\n"},
        {"relays:\n  - port: 25\n", "f:2:5: relays[0]: `host` is required: the relay's name\n"},
        {"relays:\n  - host: a\n    prot: 25\n",
         "f:3:5: relays[0]: unknown field `prot`: did you mean `port`?\n"},
        {"relays:\n  - host: a\n    colour: red\n",
         "f:3:5: relays[0]: unknown field `colour`: known here are host, port, tls\n"},
        {"relays: a\n",
         "f:1:9: relays: is a single value where a list is expected (`- name: …`)\n"},
        {"relays: [a]\n",
         "f:1:10: relays[0]: is a single value where a mapping of fields is expected\n"},
        {"relays: []\n", "f:1:9: relays: needs at least 1 element\n"},
        {"loud: maybe\n", "f:1:7: loud: \"maybe\" is neither true nor false\n"},
        {"wait: 5 minutes\n",
         "f:1:7: wait: \"5 minutes\" is no span of time from 1s to 25h (written "
         "250ms, 30s, 5m, 2h or 7d)\n"},
        {"wait: 100ms\n",
         "f:1:7: wait: \"100ms\" is no span of time from 1s to 25h (written 250ms, "
         "30s, 5m, 2h or 7d)\n"},
        {"most: 1GB\n",
         "f:1:7: most: \"1GB\" is no size of at least 1KiB (written 4096, 64KiB or 1MiB)\n"},
        {"most: 99999999999GiB\n", "f:1:7: most: \"99999999999GiB\" is no size of at least 1KiB "
                                   "(written 4096, 64KiB or 1MiB)\n"},
        {"dropped: [a, {b: c}, '', abcdefghijk]\n",
         "f:1:14: dropped[1]: is a mapping where a list of texts is expected\n"
         "f:1:22: dropped[2]: is empty\n"
         "f:1:26: dropped[3]: has 11 characters: 1 to 10 are allowed\n"},
        {"state: \"a\\nb\"\n", "f:1:8: state: must be a single line\n"},
        {"open_after: 3\n",
         "f:1:13: open_after: is a single value where a mapping of fields is expected\n"},
        {"open_after: {for: 2d}\nsate: /x\n",
         "f:1:19: open_after.for: \"2d\" is no span of time from 0s to 1d (written 250ms, 30s, 5m, "
         "2h or 7d)\n"
         "f:2:1: unknown field `sate`: did you mean `state`?\n"},
        {"[a]\n", "f:1:1: is a list where a mapping of fields is expected\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct settings settings;
        assert_string_equal(read_settings(arena, cases[i].source, &settings), cases[i].problems);
        assert_int_equal(settings.most_bytes, 1048576); /* what is wrong leaves the default */
    }
}

TEST(a_broken_value_is_reported_once)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct settings settings;

    assert_string_equal(read_settings(arena, "relays:\n  - *a\n  - host: *b\n", &settings),
                        "f:2:5: relays[0]: aliases (*name) are not taken: write the value out\n"
                        "f:3:11: relays[1].host: aliases (*name) are not taken: write the value "
                        "out\n");
}

TEST(empty_lists_and_mappings_may_be_left_commented_out)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct settings settings;

    assert_string_equal(read_settings(arena, "dropped:\nopen_after:\n", &settings), "");
    assert_int_equal(settings.dropped_count, 0);
    assert_int_equal(settings.damping.alerts, 1);
}

TEST(the_nearest_name_is_one_edit_away_two_from_six_letters_on)
{
    static const char *const names[] = {"address", "name", "port"};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"adress", "address"},
        {"addres", "address"},
        {"Address", "address"},
        {"adrress", "address"},
        {"nmae", "name"},
        {"names", "name"},
        {"mane", NULL},
        {"prt", "port"},
        {"colour", NULL},
        {"adresses", NULL},
        {"", NULL},
        {"n", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *nearest = reader_find_nearest(cases[i].word, names, G_N_ELEMENTS(names));
        if (cases[i].nearest == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_gives_the_defaults),
        cmocka_unit_test(each_kind_is_read),
        cmocka_unit_test(each_error_names_its_place_and_what_would_be_right),
        cmocka_unit_test(a_broken_value_is_reported_once),
        cmocka_unit_test(empty_lists_and_mappings_may_be_left_commented_out),
        cmocka_unit_test(the_nearest_name_is_one_edit_away_two_from_six_letters_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
