#include "gateway/base/moment.h"
#include "tests/unit/gateway/config/loading.h"

#include <time.h>
#include <unistd.h>

#define PAGES                                                                                      \
    "status_pages:\n"                                                                              \
    "  - { id: sp_abc123, name: One, address: status@status.example.com,\n"                        \
    "      components: [{ id: comp_api, name: API }] }\n"
#define OPERATORS                                                                                  \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: ada@example.com, proofs: [sasl] }\n"

static void assert_report(struct loading *loading, const char *part)
{
    const char *report = loading_report(loading);

    if (strstr(report, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, report);
}

TEST(files_of_conf_d_are_joined_in_the_order_of_their_names)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS "trust: { authserv_id: mx }\n",
                        0644);
    (void)loading_write(&loading, "conf.d/20-bob.yaml",
                        "operators: [{ name: Bob, address: bob@example.com, proofs: [sasl] }]\n",
                        0640);
    (void)loading_write(&loading, "conf.d/10-cleo.yaml",
                        "operators:\n  - { name: Cleo, address: cleo@example.com, proofs: [spf] }\n"
                        "trust: { signature_age: 2h }\nstate: /srv/tocsin\n",
                        0600);
    loading_load(&loading);
    assert_string_equal(loading_report(&loading), "");
    const struct config *config = loading.config;
    assert_int_equal(config->operator_count, 3);
    assert_string_equal(config->operators[0]->name, "Ada Byron");
    assert_string_equal(config->operators[1]->name, "Cleo");
    assert_string_equal(config->operators[2]->name, "Bob");
    assert_int_equal(config->identities[1]->accepts, PROOF_SPF);
    assert_int_equal(config->intake.trust.signature_age_ms, 2 * HOUR_MS);
    assert_string_equal(config->intake.trust.authserv_id, "mx");
    assert_string_equal(config->state, "/srv/tocsin");
    loading_close(&loading);
}

TEST(a_scalar_given_in_two_files_is_an_error_that_names_both)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", "state: /srv/one\n" PAGES OPERATORS, 0644);
    (void)loading_write(&loading, "conf.d/a.yaml", "\nstate: /srv/two\n", 0644);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/a.yaml:2:8: state: is given already in ");
    assert_report(&loading, "/tocsin.yaml:1");
    loading_close(&loading);
}

TEST(a_name_given_twice_is_found_across_files)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, 0644);
    (void)loading_write(&loading, "conf.d/a.yaml",
                        "operators:\n  - { name: A, address: Ada@example.com, proofs: [sasl] }\n",
                        0644);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/a.yaml:2:25: operators[0].address: \"Ada@example.com\" is "
                            "given already in ");
    loading_close(&loading);
}

/* As monitoring products write them. */
TEST(a_file_may_hold_a_single_monitor)
{
    static const char monitor[] = "monitor:\n"
                                  "  name: \"Production API\"\n"
                                  "  alert_policy:\n"
                                  "    create_status_page_incident: true\n"
                                  "    status_page_id: \"sp_abc123\"\n"
                                  "    affected_component: \"comp_api\"\n"
                                  "    incident_severity: \"major\"\n";
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS "monitors: [{ name: First }]\n",
                        0644);
    (void)loading_write(&loading, "conf.d/api.yaml", monitor, 0644);
    (void)loading_write(&loading, "conf.d/web.yaml", "monitor: { name: Web }\n", 0644);
    loading_load(&loading);
    assert_string_equal(loading_report(&loading), "");
    assert_non_null(loading.config);
    (void)loading_write(&loading, "conf.d/zzz.yaml", monitor, 0644);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/zzz.yaml:2:9: monitors[0].name: \"Production API\" is given");
    loading_close(&loading);
}

TEST(other_files_of_conf_d_are_passed_over)
{
    static const char *const names[] = {"a.yaml~", ".a.yaml", ".a.yaml.swp", "a.yaml.dpkg-new",
                                        "README"};
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, 0644);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_build_filename("conf.d", names[i], NULL);
        (void)loading_write(&loading, name, "half: [written", 0666);
    }
    loading_load(&loading);
    assert_string_equal(loading_report(&loading), "");
    (void)loading_write(&loading, "conf.d/b.yml", "state: /srv/x\n", 0644);
    loading_load(&loading);
    assert_non_null(loading.config);
    assert_report(&loading, "/conf.d/b.yml: warning: is not read: files here are named NAME.yaml");
    loading_close(&loading);
}

TEST(a_file_or_folder_that_others_may_write_is_an_error)
{
    static const unsigned modes[] = {0664, 0646, 0666};
    struct loading loading = loading_open();

    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        const char *file = loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, modes[i]);
        loading_load(&loading);
        assert_null(loading.config);
        assert_report(&loading, "/tocsin.yaml: may be written by others");
        assert_int_equal(chmod(file, 0644), 0);
    }
    loading.problems = problems_new(loading.arena);
    const char *more = loading_write(&loading, "conf.d/a.yaml", "state: /srv/x\n", 0664);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/a.yaml: may be written by others");
    assert_int_equal(chmod(more, 0644), 0);
    loading.problems = problems_new(loading.arena);
    g_autofree char *folder = g_path_get_dirname(more);
    assert_int_equal(chmod(folder, 0775), 0);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d: may be written by others");
    loading_close(&loading);
}

TEST(a_file_of_somebody_else_is_an_error)
{
    if (geteuid() != 0) /* only root can give a file away */
        skip();
    struct loading loading = loading_open();
    const char *file = loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, 0644);
    assert_int_equal(chown(file, 65534, 65534), 0);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/tocsin.yaml: belongs to somebody else");
    loading_close(&loading);
}

TEST(a_file_that_is_not_there_is_an_error)
{
    struct loading loading = loading_open();

    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/tocsin.yaml: No such file or directory");
    loading_close(&loading);
}

TEST(a_file_with_an_error_does_not_hide_those_of_the_others)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES "state: srv\n" OPERATORS, 0644);
    (void)loading_write(&loading, "conf.d/a.yaml", "operators: [", 0644);
    (void)loading_write(&loading, "conf.d/b.yaml", "milter: here\n", 0644);
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/tocsin.yaml:4:8: state: ");
    assert_report(&loading, "/conf.d/a.yaml:");
    assert_report(&loading, "/conf.d/b.yaml:1:9: milter: ");
    loading_close(&loading);
}

/* Security A64. */
TEST(a_bomb_of_aliases_is_refused_with_its_line_and_at_once)
{
    g_autoptr(GString) bomb = g_string_new("monitors: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    struct loading loading = loading_open();

    for (int i = 1; i < 30; i++)
        g_string_append_printf(bomb, "k%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                               i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, 0644);
    (void)loading_write(&loading, "conf.d/bomb.yaml", bomb->str, 0644);
    const clock_t began = clock(); /* of the processor: others may have it */
    loading_load(&loading);
    assert_true(clock() - began < CLOCKS_PER_SEC / 2);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/bomb.yaml:1:");
    loading_close(&loading);
}

TEST(too_many_files_are_refused)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", PAGES OPERATORS, 0644);
    for (int i = 0; i < 257; i++) {
        g_autofree char *name = g_strdup_printf("conf.d/%03d.yaml", i);
        (void)loading_write(&loading, name, "", 0644);
    }
    loading_load(&loading);
    assert_null(loading.config);
    assert_report(&loading, "/conf.d/256.yaml: is not read: ");
    loading_close(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_conf_d_are_joined_in_the_order_of_their_names),
        cmocka_unit_test(a_scalar_given_in_two_files_is_an_error_that_names_both),
        cmocka_unit_test(a_name_given_twice_is_found_across_files),
        cmocka_unit_test(a_file_may_hold_a_single_monitor),
        cmocka_unit_test(other_files_of_conf_d_are_passed_over),
        cmocka_unit_test(a_file_or_folder_that_others_may_write_is_an_error),
        cmocka_unit_test(a_file_of_somebody_else_is_an_error),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
        cmocka_unit_test(a_file_with_an_error_does_not_hide_those_of_the_others),
        cmocka_unit_test(a_bomb_of_aliases_is_refused_with_its_line_and_at_once),
        cmocka_unit_test(too_many_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
