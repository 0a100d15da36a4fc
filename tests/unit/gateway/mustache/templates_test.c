#include "gateway/base/error.h"
#include "gateway/mustache/templates.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

static void put(const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static struct templates *open_both(void)
{
    g_autofree char *site = g_build_filename(folder, "site", NULL);
    g_autofree char *shipped = g_build_filename(folder, "shipped", NULL);
    struct templates *templates = templates_open(site, shipped, NULL);

    assert_non_null(templates);
    return templates;
}

static char *render(struct templates *templates, const char *language, const char *name)
{
    const struct templates_task task = {language, name, "txt", MUSTACHE_PLAIN, 1000};
    g_autoptr(GString) output = g_string_new("");
    g_autoptr(GError) error = NULL;

    if (!templates_render(templates, &task, NULL, output, &error)) {
        assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
        return g_strdup(error->message);
    }
    return g_strdup(output->str);
}

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("tocsin-templates-XXXXXX", NULL);
    put("shipped/en/incident.txt", "shipped en, {{>foot}}");
    put("shipped/en/foot.txt", "shipped foot");
    put("shipped/en/only.txt", "only en, {{>foot}}");
    put("shipped/de/incident.txt", "shipped de, {{>foot}}");
    put("shipped/de-AT/foot.txt", "foot de-AT");
    put("site/de/foot.txt", "site foot de");
    put("site/en/foot.txt", "site foot");
    return folder == NULL;
}

static int remove_folder(void **state)
{
    char *arguments[] = {(char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf", folder, NULL};

    (void)state;
    const bool is_gone = g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                                      NULL, NULL, NULL);
    g_free(folder);
    return is_gone ? 0 : 1;
}

TEST(each_piece_is_the_sites_or_the_shipped_in_the_language_or_in_english)
{
    static const struct {
        const char *language;
        const char *name;
        const char *text;
    } cases[] = {
        {"en", "incident", "shipped en, site foot"},
        {"de", "incident", "shipped de, site foot de"},
        {"de-AT", "incident", "shipped de, foot de-AT"},
        {"fr", "incident", "shipped en, site foot"},
        {"de", "only", "only en, site foot de"},
        {"de", "incident", "shipped de, site foot de"}, /* from what is kept */
        {"de", "nothing", "there is no template nothing.txt in de or en"},
    };
    OWN(templates) templates = open_both();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = render(templates, cases[i].language, cases[i].name);
        assert_string_equal(text, cases[i].text);
    }
}

TEST(names_that_lead_elsewhere_are_refused)
{
    static const char *const names[] = {
        "", "..", "../en", "a/b", "/etc", "a.b", "é", "a b", "012345678901234567890123456789012"};
    OWN(templates) templates = open_both();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(templates_find(templates, names[i], "incident", "txt", &error));
        assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
        assert_null(templates_find(templates, "en", names[i], "txt", NULL));
        assert_null(templates_find(templates, "en", "incident", names[i], NULL));
    }
}

TEST(symbolic_links_and_other_things_are_not_followed)
{
    g_autofree char *link_path = g_build_filename(folder, "site/en/link.txt", NULL);
    g_autofree char *language_path = g_build_filename(folder, "site/xx", NULL);
    g_autofree char *pipe_path = g_build_filename(folder, "site/en/pipe.txt", NULL);
    OWN(templates) templates = open_both();

    assert_int_equal(symlink("/etc/hostname", link_path), 0);
    assert_int_equal(symlink("../shipped/en", language_path), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_null(templates_find(templates, "en", "link", "txt", NULL));
    assert_null(templates_find(templates, "xx", "incident", "txt", NULL));
    assert_null(templates_find(templates, "en", "pipe", "txt", NULL));
    (void)g_unlink(link_path);
    (void)g_unlink(language_path);
    (void)g_unlink(pipe_path);
}

TEST(what_is_wrong_is_told_with_its_file)
{
    g_autoptr(GString) report = g_string_new("");
    OWN(templates) templates = open_both();

    assert_true(templates_check(templates, report));
    put("site/de/wrong.txt", "a\n{{b");
    put("site/de/missing.txt", "{{#x}}{{>nowhere}}{{/x}}");
    g_autofree char *text = render(templates, "de", "wrong");
    assert_true(g_str_has_suffix(text, "/site/de/wrong.txt:2:1: this tag is never closed"));
    assert_false(templates_check(templates, report));
    assert_non_null(strstr(report->str, "/site/de/wrong.txt:2:1: this tag is never closed\n"));
    assert_non_null(strstr(report->str, "/site/de/missing.txt:1:7: there is no template "
                                        "nowhere.txt in de or en\n"));
}

TEST(a_template_that_is_too_large_is_refused)
{
    g_autofree char *large = g_strnfill(MUSTACHE_MOST_SOURCE_BYTES + 1, 'x');
    OWN(templates) templates = open_both();

    put("site/en/large.txt", large);
    g_autofree char *text = render(templates, "en", "large");
    assert_true(g_str_has_suffix(text, "/site/en/large.txt: is larger than 256 KiB"));
}

TEST(a_directory_that_is_not_there_is_named)
{
    g_autoptr(GError) error = NULL;

    assert_null(templates_open(NULL, "/nonexistent", &error));
    assert_string_equal(error->message, "templates /nonexistent: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_piece_is_the_sites_or_the_shipped_in_the_language_or_in_english),
        cmocka_unit_test(names_that_lead_elsewhere_are_refused),
        cmocka_unit_test(symbolic_links_and_other_things_are_not_followed),
        cmocka_unit_test(what_is_wrong_is_told_with_its_file),
        cmocka_unit_test(a_template_that_is_too_large_is_refused),
        cmocka_unit_test(a_directory_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
