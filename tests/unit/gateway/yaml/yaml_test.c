#include "gateway/yaml/yaml.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_BYTES (64 * 1024 * 1024)

static struct yaml_node *load(struct arena *arena, const char *file, struct text source,
                              struct problems *problems)
{
    const struct text bytes = unit_bytes(source);
    struct yaml_node *root = yaml_load(arena, file, bytes, problems);

    unit_free(bytes);
    return root;
}

struct refusal {
    const char *source;
    const char *problems; /* of the file "f" */
};

static void assert_refused(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct problems *problems = problems_new(arena);
        (void)load(arena, "f", text_of(cases[i].source), problems);
        assert_string_equal(problems_write(problems, arena), cases[i].problems);
    }
}

TEST(a_file_becomes_nodes_that_know_their_place)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    const struct yaml_node *root = load(
        arena, "f", TEXT("# first\nstate: /x\nrelays:\n  - host: a\n  - {host: b, port: '25'}\n"),
        problems);

    assert_int_equal(problems_count_errors(problems), 0);
    assert_int_equal(root->kind, YAML_MAPPING);
    assert_string_equal(yaml_find(root, "state")->value, "/x");
    assert_null(yaml_find(root, "nothing"));
    const struct yaml_node *relays = yaml_find(root, "relays");
    assert_int_equal(relays->kind, YAML_SEQUENCE);
    assert_int_equal(relays->count, 2);
    const struct yaml_node *port = yaml_find(relays->last, "port");
    assert_string_equal(port->value, "25");
    assert_false(port->is_plain);
    assert_int_equal(port->line, 5);
    assert_int_equal(port->column, 21);
    assert_int_equal(port->key_column, 15);
    assert_string_equal(yaml_path(arena, port), "relays[1].port");
    assert_string_equal(yaml_path(arena, root), "");
}

TEST(an_empty_file_is_a_mapping_without_fields)
{
    static const char *const sources[] = {"", "# only words\n", "---\n", "--- ~\n", "\xef\xbb\xbf"};

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct problems *problems = problems_new(arena);
        const struct yaml_node *root = load(arena, "f", text_of(sources[i]), problems);
        assert_non_null(root);
        assert_int_equal(root->kind, YAML_MAPPING);
        assert_int_equal(root->count, 0);
        assert_int_equal(problems_count_errors(problems), 0);
    }
}

TEST(anchors_aliases_merge_keys_and_tags_are_refused_each_with_its_line)
{
    static const struct refusal cases[] = {
        {"a: &x 1\nb: *x\n",
         "f:1:4: anchors (&name) are not taken: write the value out where it is needed\n"
         "f:2:4: b: aliases (*name) are not taken: write the value out\n"},
        {"a: &x\n  k: *x\n", /* a cycle */
         "f:1:4: anchors (&name) are not taken: write the value out where it is needed\n"
         "f:2:6: a.k: aliases (*name) are not taken: write the value out\n"},
        {"a: {}\nb:\n  <<: {c: 1}\n  d: 2\n",
         "f:3:3: merge keys (<<) are not taken: write the fields out\n"},
        {"a: [1, *b]\n*c : 1\n", "f:1:8: a[1]: aliases (*name) are not taken: write the value out\n"
                                 "f:2:1: aliases (*name) are not taken: write the value out\n"},
        {"a: !!python/object:os.system x\n",
         "f:1:4: tags (!name) are not taken: write the value alone\n"},
        {"a: !!map {b: !x [1]}\n", "f:1:4: tags (!name) are not taken: write the value alone\n"
                                   "f:1:14: tags (!name) are not taken: write the value alone\n"},
    };

    assert_refused(cases, G_N_ELEMENTS(cases));
}

TEST(a_key_given_twice_is_refused_and_the_first_counts)
{
    static const struct refusal cases[] = {
        {"a: 1\nb: 2\na: 3\n", "f:3:1: `a` is given twice: first in line 1\n"},
        {"r:\n  - {p: 1, p: [2, 3]}\n", "f:2:12: r[0]: `p` is given twice: first in line 2\n"},
        {"a: 1\n'a': 3\n\"\\x61\": 4\n", "f:2:1: `a` is given twice: first in line 1\n"
                                         "f:3:1: `a` is given twice: first in line 1\n"},
    };
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct yaml_node *root = load(arena, "f", text_of(cases[0].source), problems_new(arena));

    assert_refused(cases, G_N_ELEMENTS(cases));
    assert_int_equal(root->count, 2);
    assert_string_equal(yaml_find(root, "a")->value, "1");
}

TEST(what_is_no_yaml_or_no_setting_is_named_with_line_and_column)
{
    static const struct refusal cases[] = {
        {"a: 1\n---\nb: 2\n", "f:2:1: a second document begins here: a file holds one only\n"},
        {"a: [1\nb: 2\n",
         "f:2:2: is no YAML: did not find expected ',' or ']' while parsing a flow "
         "sequence that begins in line 1\n"},
        {"a:\n\tb: 1\n", "f:2:1: is no YAML: found character that cannot start any token while "
                         "scanning for the next token that begins in line 2 (YAML is indented by "
                         "spaces, not by tabs)\n"},
        {"a: 1\n? [x]\n: 2\n", "f:2:3: the name of a field must be a word, not a list or mapping "
                               "(text with { or [ needs quotes)\n"},
        {"a: {{name}}\n", "f:1:5: the name of a field must be a word, not a list or mapping (text "
                          "with { or [ needs quotes)\n"},
        {"'': 1\n", "f:1:1: a field without a name\n"},
        {"ok: 1\nbad: \xff\n", "f:2:6: is no YAML: invalid leading UTF-8 octet\n"},
        {"ok: 1\nbad: \x01\n", "f:2:6: is no YAML: control characters are not allowed\n"},
    };

    assert_refused(cases, G_N_ELEMENTS(cases));
}

TEST(control_characters_written_as_escapes_are_refused)
{
    static const char *const values[] = {"\\0", "\\x07", "a\\x1bb", "\\r", "\\x7f"};

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct problems *problems = problems_new(arena);
        const char *source = arena_format(arena, "b: 1\na: \"%s\"\n", values[i]);
        const struct yaml_node *root = load(arena, "f", text_of(source), problems);
        assert_int_equal(problems_count_errors(problems), 1);
        assert_int_equal(yaml_find(root, "a")->kind, YAML_BROKEN);
        assert_true(g_str_has_prefix(problems_write(problems, arena), "f:2:4: a: "));
    }
}

TEST(nesting_and_size_meet_their_limits)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) deep = g_string_new("a: ");
    g_autoptr(GString) many = g_string_new("a: [");
    struct problems *problems = problems_new(arena);

    for (int i = 0; i < 100000; i++) {
        g_string_append_c(deep, '[');
        g_string_append(many, "1,");
    }
    assert_null(load(arena, "deep", text_from(deep->str, deep->len), problems));
    g_string_append(many, "]");
    assert_null(load(arena, "many", text_from(many->str, many->len), problems));
    g_string_set_size(many, YAML_MOST_BYTES + 1);
    assert_null(load(arena, "large", text_from(many->str, many->len), problems));
    const char *all = problems_write(problems, arena);
    assert_non_null(strstr(all, "deep:1:35: is nested more than 32 deep\n"));
    assert_non_null(strstr(all, "too much: 100,000 values are the most\n"));
    assert_non_null(strstr(all, "large: is larger than 1 MiB\n"));
}

TEST(a_bomb_of_aliases_is_refused_with_its_lines)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) bomb = g_string_new("a0: &a0 [lol]\n");
    struct problems *problems = problems_new(arena);

    for (int i = 1; i < 1000; i++)
        g_string_append_printf(bomb, "a%d: &a%d [*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1);
    (void)load(arena, "f", text_from(bomb->str, bomb->len), problems);
    assert_int_equal(problems_count_errors(problems), 1000 + 999 * 3);
    assert_true(g_str_has_suffix(problems_write(problems, arena), "\nand 3797 more\n"));
}

TEST(files_are_merged_lists_one_after_the_other)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    struct yaml_node *root = load(
        arena, "a", TEXT("state: /x\nrelays: [{host: a}]\noperators:\ntrust: {id: m}\n"), problems);
    struct yaml_node *more = load(
        arena, "b",
        TEXT("relays: [{host: b}]\noperators: [{name: c}]\ntrust: {id: n, nets: []}\nstate: /y\n"),
        problems);

    yaml_merge(root, more, problems);
    assert_int_equal(yaml_find(root, "relays")->count, 2);
    assert_int_equal(yaml_find(root, "operators")->count, 1);
    assert_non_null(yaml_find(yaml_find(root, "trust"), "nets"));
    const struct yaml_node *second = yaml_find(root, "relays")->last;
    assert_string_equal(second->file, "b");
    assert_string_equal(yaml_path(arena, second), "relays[0]");
    assert_string_equal(problems_write(problems, arena),
                        "b:3:13: trust.id: is given already in a:4\n"
                        "b:4:8: state: is given already in a:1\n");
}

TEST(a_single_monitor_is_one_of_the_monitors)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    struct yaml_node *root = load(arena, "a", TEXT("monitors: [{name: a}]\n"), problems);
    struct yaml_node *more = load(arena, "b", TEXT("monitor: {name: b}\n"), problems);
    struct yaml_node *both = load(arena, "c", TEXT("monitors: []\nmonitor: {name: b}\n"), problems);

    yaml_make_list(arena, root, "monitor", "monitors", problems);
    yaml_make_list(arena, more, "monitor", "monitors", problems);
    yaml_make_list(arena, both, "monitor", "monitors", problems);
    yaml_merge(root, more, problems);
    const struct yaml_node *monitors = yaml_find(root, "monitors");
    assert_int_equal(monitors->count, 2);
    const struct yaml_node *name = yaml_find(monitors->last, "name");
    assert_string_equal(name->value, "b");
    assert_string_equal(yaml_path(arena, name), "monitors[0].name");
    assert_string_equal(problems_write(problems, arena),
                        "c:2:1: `monitor` and `monitors` cannot stand in one file\n");
}

TEST(a_file_that_others_may_write_is_not_trusted)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    g_autofree char *path = g_strdup("/tmp/tocsin-yaml-XXXXXX");
    const int descriptor = g_mkstemp(path);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "a: 1\n", 5), 5);
    assert_int_equal(fchmod(descriptor, 0660), 0);
    assert_null(yaml_load_file(arena, path, true, problems));
    assert_non_null(strstr(problems_write(problems, arena), ": may be written by others"));
    assert_non_null(yaml_load_file(arena, path, false, problems));
    assert_int_equal(fchmod(descriptor, 0640), 0);
    assert_string_equal(yaml_find(yaml_load_file(arena, path, true, problems), "a")->value, "1");
    assert_int_equal(problems_count_errors(problems), 1);
    (void)close(descriptor);
    (void)g_unlink(path);
}

TEST(what_is_no_file_is_a_problem)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);

    assert_null(yaml_load_file(arena, "/nonexistent/f", true, problems));
    assert_null(yaml_load_file(arena, "/dev/null", true, problems));
    assert_null(yaml_load_file(arena, "/", true, problems));
    assert_string_equal(problems_write(problems, arena),
                        "/nonexistent/f: No such file or directory\n"
                        "/dev/null: is no regular file\n"
                        "/: is no regular file\n");
}

TEST(problems_are_sorted_by_file_line_and_column)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    static const struct problem places[] = {
        {.file = "b", .line = 9, .column = 2, .field = "x"},
        {.file = "a", .line = 1},
        {.file = "b", .line = 9, .column = 1, .is_warning = true},
        {.file = "b"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        problems_add(problems, &places[i], "number %zu", i);
    assert_string_equal(problems_write(problems, arena), "b: number 3\nb:9:1: warning: number 2\n"
                                                         "b:9:2: x: number 0\na:1: number 1\n");
    assert_int_equal(problems_count_errors(problems), 3);
    assert_int_equal(problems_count_warnings(problems), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_becomes_nodes_that_know_their_place),
        cmocka_unit_test(an_empty_file_is_a_mapping_without_fields),
        cmocka_unit_test(anchors_aliases_merge_keys_and_tags_are_refused_each_with_its_line),
        cmocka_unit_test(a_key_given_twice_is_refused_and_the_first_counts),
        cmocka_unit_test(what_is_no_yaml_or_no_setting_is_named_with_line_and_column),
        cmocka_unit_test(control_characters_written_as_escapes_are_refused),
        cmocka_unit_test(nesting_and_size_meet_their_limits),
        cmocka_unit_test(a_bomb_of_aliases_is_refused_with_its_lines),
        cmocka_unit_test(files_are_merged_lists_one_after_the_other),
        cmocka_unit_test(a_single_monitor_is_one_of_the_monitors),
        cmocka_unit_test(a_file_that_others_may_write_is_not_trusted),
        cmocka_unit_test(what_is_no_file_is_a_problem),
        cmocka_unit_test(problems_are_sorted_by_file_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
