#include "tests/unit/gateway/config/loading.h"

#include <unistd.h>

#define GOOD                                                                                       \
    "status_pages:\n"                                                                              \
    "  - { id: sp_one, name: One, address: status@status.example.com }\n"                          \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: ada@example.com, proofs: [sasl] }\n"

/* Checks a file that consists of the good one and more, all in the folder: %s stands for it. */
static void check(struct loading *loading, const char *more)
{
    g_autoptr(GString) content = g_string_new(GOOD "state: %s/state\n");

    g_string_append(content, more);
    (void)g_string_replace(content, "%s", loading->folder, 0);
    (void)loading_write(loading, "tocsin.yaml", content->str, 0644);
    loading->problems = problems_new(loading->arena);
    (void)config_check_file(loading->arena, loading->file, loading->problems);
}

static struct loading open_with_state(void)
{
    struct loading loading = loading_open();
    g_autofree char *state = g_build_filename(loading.folder, "state", NULL);

    assert_int_equal(g_mkdir(state, 0700), 0);
    return loading;
}

static void assert_report(struct loading *loading, size_t errors, const char *part)
{
    const char *report = loading_report(loading);

    if (strstr(report, part) == NULL || problems_count_errors(loading->problems) != errors)
        fail_msg("not %zu errors with \"%s\" in:\n%s", errors, part, report);
}

TEST(what_is_shipped_has_no_problem)
{
    struct loading loading = open_with_state();

    check(&loading, "");
    assert_string_equal(loading_report(&loading), "");
    loading_close(&loading);
}

TEST(a_loaded_configuration_can_be_checked_too)
{
    struct loading loading = open_with_state();

    check(&loading, "");
    loading_load(&loading);
    assert_non_null(loading.config);
    assert_true(config_check(loading.arena, loading.config, loading.problems));
    assert_string_equal(loading_report(&loading), "");
    loading_close(&loading);
}

TEST(a_state_directory_that_is_not_there_is_a_warning)
{
    struct loading loading = loading_open();

    check(&loading, "");
    assert_report(&loading, 0, "/state: warning: is not there yet");
    loading_close(&loading);
}

TEST(a_state_directory_that_others_may_write_is_an_error)
{
    struct loading loading = open_with_state();
    g_autofree char *folder = g_build_filename(loading.folder, "state", NULL);

    assert_int_equal(chmod(folder, 0770), 0);
    check(&loading, "");
    assert_report(&loading, 1, "/state: may be written by others");
    assert_int_equal(g_rmdir(folder), 0);
    (void)loading_write(&loading, "state", "", 0600);
    check(&loading, "");
    assert_report(&loading, 1, "/state: is no directory");
    loading_close(&loading);
}

TEST(a_template_that_is_wrong_is_named_with_line_and_column)
{
    struct loading loading = open_with_state();

    (void)loading_write(&loading, "templates/en/answer.txt", "one\n{{#open}}\n", 0644);
    (void)loading_write(&loading, "templates/de/about.txt", "{{>nonexistent}}", 0644);
    check(&loading, "templates: %s/templates\n");
    assert_report(&loading, 2, "/templates/en/answer.txt:2:");
    assert_report(&loading, 2, "/templates/de/about.txt:1:");
    loading_close(&loading);
}

TEST(a_grammar_that_is_wrong_is_named_with_line_and_column)
{
    struct loading loading = open_with_state();

    (void)loading_write(&loading, "grammars/mine.yaml",
                        "grammar: mine\nabout: ours\nrules:\n  - name: one\n"
                        "    subject: '^(x'\n    command: ignore\n",
                        0644);
    check(&loading, "grammars: %s/grammars\n");
    assert_report(&loading, 1, "/grammars/mine.yaml:5:");
    loading_close(&loading);
}

TEST(a_rule_that_breaks_a_limit_is_named)
{
    struct loading loading = open_with_state();

    (void)loading_write(&loading, "grammars/mine.yaml",
                        "grammar: mine\nabout: ours\nrules:\n  - name: slow one\n"
                        "    subject: '^(a+)+$'\n    command: ignore\n",
                        0644);
    check(&loading, "grammars: %s/grammars\n");
    assert_report(&loading, 0, "/grammars/mine.yaml:4: warning: ");
    assert_report(&loading, 0, "slow one");
    loading_close(&loading);
}

TEST(templates_and_grammars_that_others_may_write_are_an_error)
{
    struct loading loading = open_with_state();
    g_autofree char *templates = g_build_filename(loading.folder, "templates", NULL);
    g_autofree char *grammars = g_build_filename(loading.folder, "grammars", NULL);

    assert_int_equal(g_mkdir(templates, 0755), 0);
    assert_int_equal(g_mkdir(grammars, 0755), 0);
    assert_int_equal(chmod(templates, 0777), 0);
    assert_int_equal(chmod(grammars, 0777), 0);
    check(&loading, "templates: %s/templates\ngrammars: %s/grammars\n");
    assert_report(&loading, 2, "/templates: may be written by others");
    assert_report(&loading, 2, "/grammars: may be written by others");
    loading_close(&loading);
}

TEST(errors_of_the_file_and_of_a_grammar_are_said_at_once)
{
    struct loading loading = open_with_state();

    (void)loading_write(&loading, "grammars/mine.yaml", "grammar: [\n", 0644);
    check(&loading, "grammars: %s/grammars\ncolour: red\n");
    assert_report(&loading, 2, "/grammars/mine.yaml:2:");
    assert_report(&loading, 2, "unknown field `colour`");
    loading_close(&loading);
}

/* Security A81. */
TEST(a_password_file_is_for_us_alone)
{
    static const unsigned bad_modes[] = {0644, 0640, 0604, 0660};
    static const char relay[] = "relays:\n"
                                "  - host: mx.example.com\n"
                                "    port: 587\n"
                                "    tls: starttls\n"
                                "    user: gateway\n"
                                "    password_file: %s/password\n";
    struct loading loading = open_with_state();

    for (size_t i = 0; i < G_N_ELEMENTS(bad_modes); i++) {
        (void)loading_write(&loading, "password", "wonderland\n", bad_modes[i]);
        check(&loading, relay);
        assert_report(&loading, 1, "/password: others may read it: chmod 600");
        assert_null(strstr(loading_report(&loading), "wonderland"));
    }
    (void)loading_write(&loading, "password", "", 0600);
    check(&loading, relay);
    assert_report(&loading, 1, "/password: it is empty");
    (void)loading_write(&loading, "password", "wonderland\n", 0600);
    check(&loading, relay);
    assert_string_equal(loading_report(&loading), "");
    loading_close(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shipped_has_no_problem),
        cmocka_unit_test(a_loaded_configuration_can_be_checked_too),
        cmocka_unit_test(a_state_directory_that_is_not_there_is_a_warning),
        cmocka_unit_test(a_state_directory_that_others_may_write_is_an_error),
        cmocka_unit_test(a_template_that_is_wrong_is_named_with_line_and_column),
        cmocka_unit_test(a_grammar_that_is_wrong_is_named_with_line_and_column),
        cmocka_unit_test(a_rule_that_breaks_a_limit_is_named),
        cmocka_unit_test(templates_and_grammars_that_others_may_write_are_an_error),
        cmocka_unit_test(errors_of_the_file_and_of_a_grammar_are_said_at_once),
        cmocka_unit_test(a_password_file_is_for_us_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
