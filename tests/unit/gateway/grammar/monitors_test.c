/* The grammars of contrib/monitors read mails of the products that they are for: those of corpora/alerts, which
 * nobody here wrote, and the samples beside the grammars. Each mail is asked of all grammars: its own reads it as it
 * should, no other makes anything of it, and a problem, its acknowledgement and its recovery have one key. */
#include "gateway/grammar/grammar.h"
#include "gateway/yaml/yaml.h"
#include "tests/unit/unit.h"

#include <jansson.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define FOLDER      TOCSIN_SOURCE_DIR "/contrib/monitors"
#define SHIPPED     TOCSIN_SOURCE_DIR "/gateway/grammar"
#define NAMES_MOST  200

struct tally {
    size_t samples;
    size_t recognised;
    size_t asked; /* of another product's grammar */
    size_t wrong; /* read by it */
    size_t pairs;
    size_t keys_equal;
};

static struct arena *arena; /* lives as long as the grammars */
static struct grammars *grammars;
static const char *products[NAMES_MOST];
static size_t product_count;

static int open_grammars(void **state __attribute__((unused)))
{
    const struct grammar_settings settings = {.shipped_directory = SHIPPED,
                                              .monitors_directory = FOLDER};
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
    const char *name = NULL;

    arena = arena_open(ARENA_BYTES);
    struct problems *problems = problems_new(arena);
    grammars = grammars_open(&settings, problems);
    if (grammars == NULL)
        fail_msg("%s", problems_write(problems, arena));
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(name, ".yaml") && product_count < NAMES_MOST)
            products[product_count++] = arena_copy(arena, name, strlen(name) - strlen(".yaml"));
    return product_count > 0 ? 0 : -1;
}

static int close_grammars(void **state __attribute__((unused)))
{
    grammars_close(grammars);
    arena_close(arena);
    return 0;
}

static const struct mail *read_mail(struct arena *own, const char *path)
{
    char *bytes = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    const struct text kept = {arena_copy(own, bytes, size), size};
    g_free(bytes);
    const struct mail *mail = mail_parse(own, kept, &mail_limits_default, NULL);
    assert_non_null(mail);
    return mail;
}

/* What that product's grammar makes of it; NULL: nothing. */
static const struct reading *read_as(struct arena *own, const char *product,
                                     const struct mail *mail)
{
    static const struct page page = {.id = "", .name = "", .time_zone = "Etc/UTC"};
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .grammar = product, .mail = mail, .page = &page, .extension = ""};
    const struct reading *reading = grammar_read(grammars, own, &request);

    for (size_t i = 0; i < reading->failure_count; i++)
        fail_msg("%s: %s %s", product, reading->failures[i].rule, reading->failures[i].reason);
    return reading->kind == READING_COMMAND ? reading : NULL;
}

static const char *find(const struct grammar_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    return "";
}

static const char *key_of(const struct reading *reading)
{
    return find(reading->values, reading->value_count, "key");
}

static void ask_others(const char *product, const char *path, struct tally *tally)
{
    OWN(arena) own = arena_open(ARENA_BYTES);
    const struct mail *mail = read_mail(own, path);

    for (size_t i = 0; i < product_count; i++) {
        if (strcmp(products[i], product) == 0)
            continue;
        tally->asked++;
        const struct reading *reading = read_as(own, products[i], mail);
        if (reading == NULL)
            continue;
        print_message("%s reads %s (%s)\n", products[i], path, reading->rule);
        tally->wrong++;
    }
}

static void conclude(const char *whose, const struct tally *tally)
{
    print_message("%s: recognised %zu of %zu; read by a wrong grammar %zu of %zu; keys equal "
                  "%zu of %zu\n",
                  whose, tally->recognised, tally->samples, tally->wrong, tally->asked,
                  tally->keys_equal, tally->pairs);
    assert_int_equal(tally->recognised, tally->samples);
    assert_int_equal(tally->wrong, 0);
    assert_int_equal(tally->keys_equal, tally->pairs);
}

/* ---- the corpora ---- */

static char *corpus(const char *file)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";

    return g_build_filename(corpora, "alerts", file, NULL);
}

static json_t *load_index(void)
{
    g_autofree char *path = corpus("index.json");
    json_t *index = json_load_file(path, 0, NULL);

    return index;
}

static const char *said(const json_t *sample, const char *name)
{
    const char *value = json_string_value(json_object_get(sample, name));

    return value != NULL ? value : "";
}

/* Zabbix does not say in its mail which problem was acknowledged. */
static bool is_right_acknowledgement(const struct reading *reading, const json_t *sample)
{
    if (reading == NULL)
        return false;
    if (reading->command->kind == COMMAND_IGNORE)
        return strcmp(said(sample, "monitor"), "zabbix") == 0;
    return reading->command->kind == COMMAND_ACKNOWLEDGE && *key_of(reading) != '\0';
}

static bool is_right(const struct reading *reading, const json_t *sample)
{
    const char *kind = said(sample, "kind");
    const char *hint = said(sample, "severity_hint");
    const struct command *command = reading != NULL ? reading->command : NULL;

    if (strcmp(kind, "ack") == 0)
        return is_right_acknowledgement(reading, sample);
    if (strcmp(kind, "problem") == 0)
        return command != NULL && command->kind == COMMAND_ALERT && *key_of(reading) != '\0' &&
               (strcmp(hint, "none") == 0 ||
                strcmp(hint, incident_severity_name(command->severity)) == 0);
    if (strcmp(kind, "recovery") == 0)
        return command != NULL && command->kind == COMMAND_CLEAR && *key_of(reading) != '\0';
    return command != NULL && command->kind == COMMAND_IGNORE;
}

static void judge_sample(const json_t *sample, GHashTable *keys, struct tally *tally)
{
    OWN(arena) own = arena_open(ARENA_BYTES);
    g_autofree char *path = corpus(said(sample, "file"));
    const struct mail *mail = read_mail(own, path);
    const struct reading *reading = read_as(own, said(sample, "monitor"), mail);

    tally->samples++;
    if (is_right(reading, sample))
        tally->recognised++;
    else
        print_message("not as expected: %s (%s)\n", path,
                      reading == NULL ? "nothing" : key_of(reading));
    ask_others(said(sample, "monitor"), path, tally);
    if (reading == NULL || *key_of(reading) == '\0')
        return;
    char *id = g_strconcat(said(sample, "monitor"), " ", said(sample, "key"), NULL);
    const char *before = g_hash_table_lookup(keys, id);
    if (before != NULL) {
        tally->pairs++;
        tally->keys_equal += strcmp(before, key_of(reading)) == 0 ? 1 : 0;
    }
    g_hash_table_insert(keys, id, g_strdup(key_of(reading)));
}

TEST(each_mail_of_the_corpora_is_read_by_the_grammar_of_its_product_and_by_no_other)
{
    struct tally tally = {0};
    size_t i = 0;
    json_t *sample = NULL;
    json_t *index = load_index();

    if (index == NULL) {
        print_message("SKIPPED: the corpora are not here\n");
        skip(); /* jumps: nothing may be held here */
    }
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    json_array_foreach(index, i, sample) judge_sample(sample, keys, &tally);
    json_decref(index);
    conclude("alerts of the corpora", &tally);
}

/* ---- the samples beside the grammars ---- */

static const char *wanted(const struct yaml_node *node, const char *name)
{
    const struct yaml_node *value = yaml_find(node, name);

    return value != NULL ? value->value : NULL;
}

/* One alert, or the whole reading where it has none. */
static bool is_as_wanted(const struct yaml_node *node, enum command_kind kind,
                         const struct grammar_value *values, size_t count, const char *rule)
{
    static const char *const fields[] = {"key",     "title", "severity", "components",
                                         "message", "url",   "at",       "who"};
    const char *name = wanted(node, "rule");
    const char *command = wanted(node, "command");

    if (command == NULL || strcmp(command, command_kind_name(kind)) != 0 ||
        (name != NULL && strcmp(name, rule) != 0))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *value = wanted(node, fields[i]);
        if (value != NULL && strcmp(value, find(values, count, fields[i])) != 0) {
            print_message("%s is \"%s\"\n", fields[i], find(values, count, fields[i]));
            return false;
        }
    }
    return true;
}

static bool is_as_listed(const struct yaml_node *list, const struct reading *reading)
{
    const struct yaml_node *one = list->first;

    if (list->count != reading->alert_count)
        return false;
    for (size_t i = 0; i < reading->alert_count; i++, one = one->next) {
        const struct grammar_alert *alert = &reading->alerts[i];
        if (!is_as_wanted(one, alert->kind, alert->values, alert->value_count, reading->rule))
            return false;
    }
    return true;
}

static bool is_as_said(const struct yaml_node *expected, const struct reading *reading)
{
    const struct yaml_node *list = yaml_find(expected, "alerts");
    const char *command = wanted(expected, "command");

    if (command != NULL && strcmp(command, "nothing") == 0)
        return reading == NULL;
    if (reading == NULL)
        return false;
    if (list != NULL)
        return is_as_listed(list, reading);
    return reading->alert_count <= 1 &&
           is_as_wanted(expected, reading->command->kind, reading->values, reading->value_count,
                        reading->rule);
}

static void judge_own(const char *product, const char *mail_path, struct tally *tally)
{
    OWN(arena) own = arena_open(ARENA_BYTES);
    g_autofree char *stem = g_strndup(mail_path, strlen(mail_path) - strlen(".eml"));
    g_autofree char *path = g_strconcat(stem, ".yaml", NULL);
    struct problems *problems = problems_new(own);
    const struct yaml_node *expected = yaml_load_file(own, path, false, problems);

    if (expected == NULL)
        fail_msg("%s", problems_write(problems, own));
    const struct reading *reading = read_as(own, product, read_mail(own, mail_path));
    tally->samples++;
    if (is_as_said(expected, reading))
        tally->recognised++;
    else
        print_message("not as expected: %s (%s, %s)\n", mail_path,
                      reading == NULL ? "nothing" : reading->rule,
                      reading == NULL ? "" : key_of(reading));
    if (wanted(expected, "key") != NULL) {
        tally->pairs++;
        tally->keys_equal +=
            reading != NULL && strcmp(wanted(expected, "key"), key_of(reading)) == 0 ? 1 : 0;
    }
    ask_others(product, mail_path, tally);
}

TEST(each_sample_beside_a_grammar_is_read_as_it_says_and_by_no_other)
{
    struct tally tally = {0};

    for (size_t i = 0; i < product_count; i++) {
        g_autofree char *folder = g_build_filename(FOLDER, products[i], NULL);
        g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
        const char *name = NULL;
        if (files == NULL)
            fail_msg("%s has no samples", products[i]);
        while ((name = g_dir_read_name(files)) != NULL) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            if (g_str_has_suffix(name, ".eml"))
                judge_own(products[i], path, &tally);
        }
    }
    conclude("alerts of our own", &tally);
}

TEST(the_readme_lists_each_product)
{
    char *bytes = NULL;

    assert_true(g_file_get_contents(FOLDER "/README.md", &bytes, NULL, NULL));
    for (size_t i = 0; i < product_count; i++) {
        g_autofree char *row = g_strdup_printf("\n| `%s` | ", products[i]);
        if (strstr(bytes, row) == NULL)
            fail_msg("%s is not listed", products[i]);
    }
    g_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_mail_of_the_corpora_is_read_by_the_grammar_of_its_product_and_by_no_other),
        cmocka_unit_test(each_sample_beside_a_grammar_is_read_as_it_says_and_by_no_other),
        cmocka_unit_test(the_readme_lists_each_product),
    };

    return cmocka_run_group_tests(tests, open_grammars, close_grammars);
}
