#include "gateway/base/error.h"
#include "gateway/mustache/mustache.h"
#include "tests/unit/unit.h"

#include <stdio.h>

#define ARENA_BYTES (64 * 1024 * 1024)

/* Partials from a JSON object of sources, parsed when they are asked for. */
struct shelf {
    struct arena *arena;
    const json_t *sources;
};

static const struct mustache_template *find_on_shelf(void *context, const char *name,
                                                     GError **error)
{
    const struct shelf *shelf = context;
    const json_t *source = json_object_get(shelf->sources, name);

    if (source == NULL)
        return NULL;
    return mustache_parse(shelf->arena, name,
                          text_from(json_string_value(source), json_string_length(source)), error);
}

struct given {
    const char *template;
    const json_t *values;
    const json_t *partials;
    enum mustache_escape escape;
    size_t most_bytes;
};

/* The text made, or the error's message, in `arena`. */
static const char *render(struct arena *arena, const struct given *given)
{
    struct shelf shelf = {arena, given->partials};
    const struct mustache_partials partials = {find_on_shelf, &shelf};
    const struct mustache_task task = {given->escape, &partials,
                                       given->most_bytes > 0 ? given->most_bytes : 1 << 20};
    const struct text bytes = unit_bytes(text_of(given->template));
    g_autoptr(GString) output = g_string_new("");
    g_autoptr(GError) error = NULL;
    const struct mustache_template *template = mustache_parse(arena, "main", bytes, &error);

    unit_free(bytes);
    if (template == NULL || !mustache_render(template, given->values, &task, output, &error)) {
        assert_int_equal(output->len, 0);
        return arena_string(arena, error->message);
    }
    return arena_copy(arena, output->str, output->len);
}

static json_t *load_corpus(const char *name)
{
    const char *folder = g_getenv("TOCSIN_CORPORA");
    g_autofree char *beside = g_strdup(TOCSIN_SOURCE_DIR "/../shared/corpora");
    g_autofree char *path =
        g_strdup_printf("%s/mustache/%s.json", folder != NULL ? folder : beside, name);

    return json_load_file(path, 0, NULL);
}

static size_t run_corpus(const char *name)
{
    json_t *corpus = load_corpus(name);
    size_t index = 0;
    const json_t *test = NULL;
    size_t failed = 0;

    if (corpus == NULL)
        skip();
    const json_t *tests = json_object_get(corpus, "tests");
    json_array_foreach((json_t *)(uintptr_t)tests, index, test)
    {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct given given = {
            .template = json_string_value(json_object_get(test, "template")),
            .values = json_object_get(test, "data"),
            .partials = json_object_get(test, "partials"),
            .escape = MUSTACHE_HTML,
        };
        const char *made = render(arena, &given);
        const char *expected = json_string_value(json_object_get(test, "expected"));
        if (strcmp(made, expected) == 0)
            continue;
        (void)fprintf(stderr, "%s %zu %s: \"%s\" and not \"%s\"\n", name, index,
                      json_string_value(json_object_get(test, "name")), made, expected);
        failed++;
    }
    const size_t count = json_array_size(tests);
    json_decref(corpus);
    assert_int_equal(failed, 0);
    return count;
}

TEST(the_specification_comments)
{
    assert_int_equal(run_corpus("comments"), 12);
}

TEST(the_specification_delimiters)
{
    assert_int_equal(run_corpus("delimiters"), 14);
}

TEST(the_specification_interpolation)
{
    assert_int_equal(run_corpus("interpolation"), 42);
}

TEST(the_specification_inverted)
{
    assert_int_equal(run_corpus("inverted"), 22);
}

TEST(the_specification_partials)
{
    assert_int_equal(run_corpus("partials"), 12);
}

TEST(the_specification_sections)
{
    assert_int_equal(run_corpus("sections"), 34);
}

TEST(the_specification_inheritance)
{
    assert_int_equal(run_corpus("~inheritance"), 27);
}

struct example {
    const char *template;
    const char *values;   /* JSON, ' for " */
    const char *partials; /* the same, or NULL */
    const char *expected;
};

static json_t *load_json(const char *source)
{
    g_autofree char *json = g_strdelimit(g_strdup(source), "'", '"');

    return json_loads(json, JSON_DECODE_ANY, NULL);
}

static void assert_examples(const struct example *examples, size_t count,
                            enum mustache_escape escape)
{
    for (size_t i = 0; i < count; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        json_t *values = load_json(examples[i].values);
        json_t *partials = load_json(examples[i].partials != NULL ? examples[i].partials : "{}");
        const struct given given = {
            .template = examples[i].template,
            .values = values,
            .partials = partials,
            .escape = escape,
        };
        assert_non_null(values);
        assert_string_equal(render(arena, &given), examples[i].expected);
        json_decref(values);
        json_decref(partials);
    }
}

TEST(values_appear_as_they_are_and_are_never_read_as_templates)
{
    static const struct example examples[] = {
        {"{{a}}", "{'a': '{{#b}}{{{c}}}{{>p}}{{=<% %>=}}'}", "{'p': 'bad'}",
         "{{#b}}{{{c}}}{{>p}}{{=<% %>=}}"},
        {"{{#a}}{{.}}{{/a}}", "{'a': ['{{b}}', '<b>'], 'b': 1}", NULL, "{{b}}<b>"},
        {"{{{a}}}{{b}}", "{'a': '{{', 'b': 'b}}'}", NULL, "{{b}}"},
        {"{{>p}}", "{'a': '{{>p}}'}", "{'p': '{{a}}'}", "{{>p}}"},
    };

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
}

TEST(numbers_and_words_are_written_plainly)
{
    static const struct example examples[] = {
        {"{{a}} {{b}} {{c}}", "{'a': 42, 'b': -9007199254740993, 'c': 0}", NULL,
         "42 -9007199254740993 0"},
        {"{{a}} {{b}} {{c}}", "{'a': 1.5, 'b': 0.1, 'c': 1e300}", NULL, "1.5 0.1 1e+300"},
        {"{{a}}{{b}}{{c}}", "{'a': true, 'b': false, 'c': null}", NULL, "truefalse"},
        {"[{{a}}{{b}}{{nothing}}{{a.b.c}}]", "{'a': {'x': 1}, 'b': [1]}", NULL, "[]"},
    };

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
}

TEST(an_empty_string_is_false)
{
    static const struct example examples[] = {
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{'a': ''}", NULL, "no"},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{'a': 0}", NULL, "yes"},
        {"{{#a}}<{{.}}>{{/a}}", "{'a': 'x'}", NULL, "<x>"},
    };

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
}

TEST(escaping_follows_the_medium)
{
    static const struct example plain[] = {
        {"{{a}} {{{a}}}", "{'a': '<b>&\\\"x'}", NULL, "<b>&\"x <b>&\"x"}};
    static const struct example html[] = {
        {"{{a}} {{&a}}", "{'a': '<b>&\\\"x'}", NULL, "&lt;b&gt;&amp;&quot;x <b>&\"x"}};

    assert_examples(plain, 1, MUSTACHE_PLAIN);
    assert_examples(html, 1, MUSTACHE_HTML);
}

TEST(lists_of_updates_stand_as_in_a_mail)
{
    static const struct example examples[] = {
        {"{{title}}\n\n{{#updates}}\n  {{>update}}\n{{/updates}}\n-- \n",
         "{'title': 'API', 'updates': [{'s': 'A', 't': 'one\\ntwo'}, {'s': 'B', 't': 'x'}]}",
         "{'update': '[{{s}}]\\n\\n{{t}}\\n'}", "API\n\n  [A]\n\n  one\ntwo\n  [B]\n\n  x\n-- \n"},
    };

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
}

TEST(what_is_wrong_with_a_template_is_named_with_line_and_column)
{
    static const struct example examples[] = {
        {"a\n {{b", "{}", NULL, "main:2:2: this tag is never closed"},
        {"é{{#a}}", "{}", NULL, "main:1:2: \"a\" is never closed"},
        {"{{#a}}\n{{/b}}", "{}", NULL, "main:2:1: \"b\" is closed where \"a\" of line 1 is open"},
        {"{{/a}}", "{}", NULL, "main:1:1: \"a\" is closed and was never opened"},
        {"{{}}", "{}", NULL, "main:1:1: a tag without a name, or with one of over 200 bytes"},
        {"{{a b}}", "{}", NULL, "main:1:1: \"a b\" is no name: it holds white space"},
        {"{{a..b}}", "{}", NULL, "main:1:1: \"a..b\" is no name: a part is empty"},
        {"{{a.}}", "{}", NULL, "main:1:1: \"a.\" is no name: it ends with a dot"},
        {"{{>../etc/passwd}}", "{}", NULL,
         "main:1:1: a partial is named by 1 to 32 letters, digits, _ and - (no dynamic names)"},
        {"{{>*name}}", "{}", NULL,
         "main:1:1: a partial is named by 1 to 32 letters, digits, _ and - (no dynamic names)"},
        {"{{=a b c=}}", "{}", NULL,
         "main:1:1: delimiters are two words of at most 8 bytes, without =: {{=<% %>=}}"},
        {"{{=}}", "{}", NULL, "main:1:1: this tag is never closed"},
        {"a\xff", "{}", NULL, "main:1:2: is no valid UTF-8, or holds a NUL"},
        {"x {{>p}}", "{}", "{'p': '\\n{{'}", "main:1:3: p:2:1: this tag is never closed"},
    };

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
}

TEST(nesting_has_an_end)
{
    static const struct example examples[] = {
        {"{{>p}}", "{}", "{'p': '{{>p}}'}", "p:1:1: is nested more than 32 deep"},
        {"{{<p}}{{$a}}{{$a}}{{/a}}{{/a}}{{/p}}", "{}", "{'p': '{{$a}}{{/a}}'}",
         "main:1:13: is nested more than 32 deep"},
        {"{{<p}}{{/p}}", "{}", "{'p': '{{<p}}{{/p}}'}", "p:1:1: is nested more than 32 deep"},
        {"{{#a}}{{>p}}{{/a}}", "{'a': {}}", "{'p': '{{#a}}{{>p}}{{/a}}'}",
         "p:1:1: is nested more than 32 deep"},
        {"{{>p}}", "{}", "{'p': 'x{{>q}}{{>q}}', 'q': '{{^a}}{{>p}}{{>p}}{{/a}}'}",
         "q:1:1: is nested more than 32 deep"},
    };
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) deep = g_string_new("");

    assert_examples(examples, G_N_ELEMENTS(examples), MUSTACHE_PLAIN);
    for (int i = 0; i < 33; i++)
        g_string_append(deep, "{{#a}}");
    const struct given given = {.template = deep->str};
    assert_string_equal(render(arena, &given), "main:1:193: tags are nested more than 32 deep");
}

TEST(output_and_time_have_an_end)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    json_t *values = load_json("{'a': [1,2,3,4,5,6,7,8,9,10], 't': '<<<<<'}");
    const struct given long_text = {
        .template = "{{t}}", .values = values, .escape = MUSTACHE_HTML, .most_bytes = 19};
    const struct given long_time = {
        .template = "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}"
                    "{{/a}}{{/a}}{{/a}}{{/a}}",
        .values = values};
    const struct given fits = {
        .template = "{{t}}", .values = values, .escape = MUSTACHE_HTML, .most_bytes = 20};

    assert_string_equal(render(arena, &long_text), "main:1:1: the text made is too long");
    assert_string_equal(render(arena, &fits), "&lt;&lt;&lt;&lt;&lt;");
    assert_non_null(strstr(render(arena, &long_time), ": takes too long"));
    json_decref(values);
}

TEST(a_failure_leaves_what_was_written_before)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mustache_task task = {MUSTACHE_PLAIN, NULL, 3};
    g_autoptr(GString) output = g_string_new("before ");
    g_autoptr(GError) error = NULL;

    const struct mustache_template *template = mustache_parse(arena, "t", TEXT("ab\ncd"), &error);
    assert_false(mustache_render(template, NULL, &task, output, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_LIMIT));
    assert_string_equal(output->str, "before ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specification_comments),
        cmocka_unit_test(the_specification_delimiters),
        cmocka_unit_test(the_specification_interpolation),
        cmocka_unit_test(the_specification_inverted),
        cmocka_unit_test(the_specification_partials),
        cmocka_unit_test(the_specification_sections),
        cmocka_unit_test(the_specification_inheritance),
        cmocka_unit_test(values_appear_as_they_are_and_are_never_read_as_templates),
        cmocka_unit_test(numbers_and_words_are_written_plainly),
        cmocka_unit_test(an_empty_string_is_false),
        cmocka_unit_test(escaping_follows_the_medium),
        cmocka_unit_test(lists_of_updates_stand_as_in_a_mail),
        cmocka_unit_test(what_is_wrong_with_a_template_is_named_with_line_and_column),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(output_and_time_have_an_end),
        cmocka_unit_test(a_failure_leaves_what_was_written_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
