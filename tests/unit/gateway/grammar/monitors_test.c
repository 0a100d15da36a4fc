/* The grammars of contrib/monitors read the mails of corpora/alerts: each by its own, by no other, and a
 * problem and its recovery get one key. */
#include "gateway/grammar/grammar.h"
#include "tests/unit/unit.h"

#include <jansson.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define FOLDER      TOCSIN_SOURCE_DIR "/contrib/monitors"

struct tally {
    size_t samples;
    size_t recognised;
    size_t wrong; /* read by another product's grammar */
    size_t pairs;
    size_t keys_equal;
};

static char *corpus(const char *file)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";

    return g_build_filename(corpora, "alerts", file, NULL);
}

static const struct mail *read_mail(struct arena *arena, const char *file)
{
    g_autofree char *path = corpus(file);
    char *bytes = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    const struct text kept = {arena_copy(arena, bytes, size), size};
    g_free(bytes);
    const struct mail *mail = mail_parse(arena, kept, &mail_limits_default, NULL);
    assert_non_null(mail);
    return mail;
}

/* What the grammar of that product makes of it; NULL: nothing. */
static const struct trial *try_with(struct arena *arena, const char *product,
                                    const struct mail *mail)
{
    g_autofree char *path = g_strdup_printf(FOLDER "/%s.yaml", product);
    const struct grammar_request request = {.role = GRAMMAR_MONITOR, .mail = mail, .extension = ""};
    struct problems *problems = problems_new(arena);
    const struct trial *trial = grammar_try_file(arena, path, &request, problems);

    if (trial == NULL)
        fail_msg("%s", problems_write(problems, arena));
    return trial->reading->kind == READING_COMMAND ? trial : NULL;
}

static const char *key_of(const struct trial *trial)
{
    for (size_t i = 0; i < trial->reading->value_count; i++)
        if (strcmp(trial->reading->values[i].name, "key") == 0)
            return trial->reading->values[i].value;
    return "";
}

static const char *said(const json_t *sample, const char *name)
{
    const char *value = json_string_value(json_object_get(sample, name));

    return value != NULL ? value : "";
}

static bool is_right(const struct trial *trial, const json_t *sample)
{
    const char *kind = said(sample, "kind");
    const char *hint = said(sample, "severity_hint");
    const struct command *command = trial != NULL ? trial->reading->command : NULL;

    if (strcmp(kind, "problem") == 0)
        return command != NULL && command->kind == COMMAND_ALERT && *key_of(trial) != '\0' &&
               (strcmp(hint, "none") == 0 ||
                strcmp(hint, incident_severity_name(command->severity)) == 0);
    if (strcmp(kind, "recovery") == 0)
        return command != NULL && command->kind == COMMAND_CLEAR && *key_of(trial) != '\0';
    return command != NULL && command->kind == COMMAND_IGNORE;
}

static void judge_sample(const json_t *sample, GHashTable *keys, struct tally *tally)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const char *file = said(sample, "file");
    const struct mail *mail = read_mail(arena, file);
    const struct trial *trial = try_with(arena, said(sample, "monitor"), mail);
    char *id = g_strconcat(said(sample, "monitor"), " ", said(sample, "key"), NULL);

    tally->samples++;
    if (is_right(trial, sample))
        tally->recognised++;
    else
        print_message("not as expected: %s (%s)\n", file,
                      trial == NULL ? "nothing" : key_of(trial));
    if (trial == NULL || *key_of(trial) == '\0') {
        g_free(id);
        return;
    }
    const char *before = g_hash_table_lookup(keys, id);
    if (before != NULL) {
        tally->pairs++;
        tally->keys_equal += strcmp(before, key_of(trial)) == 0 ? 1 : 0;
    }
    g_hash_table_insert(keys, id, g_strdup(key_of(trial)));
}

static json_t *load_json(const char *file)
{
    g_autofree char *path = corpus(file);

    return json_load_file(path, 0, NULL);
}

static json_t *load_index(void)
{
    json_t *index = load_json("index.json");

    if (index == NULL) {
        print_message("corpora not present: skipped\n");
        skip(); /* jumps: nothing may be held here */
    }
    return index;
}

TEST(each_sample_is_read_by_the_grammar_of_its_product)
{
    json_auto_t *index = load_index();
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct tally tally = {0};
    size_t i = 0;
    json_t *sample = NULL;

    json_array_foreach(index, i, sample) judge_sample(sample, keys, &tally);
    print_message("recognised %zu of %zu, keys equal %zu of %zu\n", tally.recognised, tally.samples,
                  tally.keys_equal, tally.pairs);
    assert_int_equal(tally.recognised, tally.samples);
    assert_int_equal(tally.keys_equal, tally.pairs);
}

TEST(no_sample_is_read_by_the_grammar_of_another_product)
{
    json_auto_t *index = load_index();
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);
    size_t wrong = 0;
    const char *name = NULL;

    assert_non_null(folder);
    while ((name = g_dir_read_name(folder)) != NULL) {
        if (!g_str_has_suffix(name, ".yaml"))
            continue;
        g_autofree char *product = g_strndup(name, strlen(name) - strlen(".yaml"));
        size_t i = 0;
        json_t *sample = NULL;

        json_array_foreach(index, i, sample)
        {
            OWN(arena) arena = arena_open(ARENA_BYTES);

            if (strcmp(product, said(sample, "monitor")) == 0 ||
                try_with(arena, product, read_mail(arena, said(sample, "file"))) == NULL)
                continue;
            print_message("%s reads %s\n", product, said(sample, "file"));
            wrong++;
        }
    }
    print_message("read by another product's grammar: %zu\n", wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_is_read_by_the_grammar_of_its_product),
        cmocka_unit_test(no_sample_is_read_by_the_grammar_of_another_product),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
