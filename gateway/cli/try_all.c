#include "gateway/cli/try_all.h"

#include "gateway/base/error.h"
#include "gateway/cli/ink.h"
#include "gateway/cli/trial_view.h"
#include "gateway/config/places.h"

#include <stdio.h>
#include <string.h>

#define WORD_WIDTH    10
#define GRAMMAR_WIDTH 20
#define PLACE_WIDTH   9

/* One grammar's answer. */
struct answer {
    const char *grammar;
    const char *place; /* "site", "shipped" */
    const struct reading *reading;
    const char *monitor; /* of the generic words: whose name was read; "" */
};

struct asking {
    struct arena *arena;
    const struct try_all *all;
    const struct mail *mail; /* the inner one of a forward */
    const struct forwarded *forwarded;
    GPtrArray *answers;
    size_t asked;
};

static void keep(struct asking *asking, const struct answer *answer)
{
    struct answer *kept = ARENA_NEW(asking->arena, struct answer);

    *kept = *answer;
    g_ptr_array_add(asking->answers, kept);
}

/* Those of people have no rules: a vocabulary is asked by nobody here. */
static bool ask_file(struct asking *asking, const char *path, const char *place, GError **error)
{
    struct problems *problems = problems_new(asking->arena);
    const struct trial *trial =
        grammar_try_file(asking->arena, path,
                         &(const struct grammar_request){
                             .role = GRAMMAR_MONITOR, .mail = asking->mail, .extension = ""},
                         problems);

    if (trial == NULL)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s", problems_write(problems, asking->arena));
    if (trial->reading == NULL || trial->rule_count == 0)
        return true;
    asking->asked++;
    if (trial->reading->kind == READING_COMMAND)
        keep(asking, &(struct answer){trial->grammar, place, trial->reading, ""});
    return true;
}

static gint compare(gconstpointer one, gconstpointer other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool is_grammar(const char *name)
{
    return *name != '.' && g_str_has_suffix(name, ".yaml") && strcmp(name, "bounces.yaml") != 0 &&
           strcmp(name, "operator.yaml") != 0 && strcmp(name, "subscriber.yaml") != 0;
}

/* A site's file takes the place of ours with its name. */
static bool ask_folder(struct asking *asking, const char *folder, const char *hidden_by,
                       GError **error)
{
    GDir *entries = folder == NULL ? NULL : g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    bool is_good = true;

    for (const char *name = NULL; entries != NULL && (name = g_dir_read_name(entries)) != NULL;) {
        g_autofree char *hiding =
            hidden_by == NULL ? NULL : g_build_filename(hidden_by, name, NULL);
        if (is_grammar(name) && (hiding == NULL || !g_file_test(hiding, G_FILE_TEST_EXISTS)))
            g_ptr_array_add(names, g_strdup(name));
    }
    if (entries != NULL)
        g_dir_close(entries);
    g_ptr_array_sort(names, compare);
    for (guint i = 0; i < names->len && is_good; i++) {
        g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        is_good = ask_file(asking, path, hidden_by == NULL ? "site" : "shipped", error);
    }
    return is_good;
}

/* The words that every installation understands need a name to look for. */
static void ask_generic(struct asking *asking)
{
    const struct try_all *all = asking->all;

    for (size_t i = 0; all->grammars != NULL && i < all->config->monitor_count; i++) {
        const char *name = all->config->monitors[i]->name;
        const struct reading *reading =
            grammar_read_generic(all->grammars, asking->arena, asking->mail, name, GENERIC_NAMED);
        if (reading->kind == READING_COMMAND)
            keep(asking, &(struct answer){"generic", "shipped", reading, name});
    }
}

static const char *describe(struct arena *arena, const struct answer *answer)
{
    size_t count = 0;
    const struct grammar_alert *alerts = trial_view_alerts(arena, answer->reading, &count);
    const char *command = command_kind_name(answer->reading->command->kind);
    const char *key = "";

    for (size_t i = 0; count > 0 && i < alerts[0].value_count; i++)
        if (strcmp(alerts[0].values[i].name, "key") == 0)
            key = alerts[0].values[i].value;
    if (count > 1)
        return arena_format(arena, "%zu alerts, the first: %s %s", count, command, key);
    return *key == '\0' ? command : arena_format(arena, "%s %s", command, key);
}

static void print_answer(struct arena *arena, const struct answer *answer, bool is_first)
{
    ink_print(is_first ? INK_GOOD : INK_PLAIN, is_first ? "speaks" : "could", WORD_WIDTH);
    ink_print(INK_PLAIN, answer->grammar, GRAMMAR_WIDTH);
    ink_print(INK_FAINT, answer->place, PLACE_WIDTH);
    ink_print(INK_PLAIN, *answer->monitor != '\0' ? answer->monitor : answer->reading->rule,
              GRAMMAR_WIDTH);
    (void)fputs("  ", stdout);
    ink_print(INK_PLAIN, describe(arena, answer), 0);
    (void)putchar('\n');
}

static void print_all(const struct asking *asking)
{
    const struct forwarded *forwarded = asking->forwarded;

    ink_print(INK_STRONG, "mail", WORD_WIDTH);
    ink_print(INK_PLAIN, asking->all->file, 0);
    (void)putchar('\n');
    if (forwarded != NULL) {
        ink_print(INK_STRONG, "forward", WORD_WIDTH);
        ink_print(
            INK_PLAIN,
            arena_format(asking->arena, "%s: \"%s\" of %s is read",
                         forward_kind_name(forwarded->kind), forwarded->mail->subject,
                         forwarded->mail->from == NULL ? "nobody" : forwarded->mail->from->whole),
            0);
        (void)putchar('\n');
    }
    for (guint i = 0; i < asking->answers->len; i++)
        print_answer(asking->arena, g_ptr_array_index(asking->answers, i), i == 0);
    ink_print(asking->answers->len == 0 ? INK_BAD : INK_FAINT, "asked", WORD_WIDTH);
    (void)printf("%zu grammars%s%s\n\n", asking->asked,
                 asking->answers->len == 0 ? ", none speaks" : "",
                 asking->all->config == NULL ? "; no configuration is at hand" : "");
}

static json_t *answers_json(const struct asking *asking)
{
    json_t *list = json_array();

    for (guint i = 0; i < asking->answers->len; i++) {
        const struct answer *answer = g_ptr_array_index(asking->answers, i);
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s?, s:s, s:b}", "grammar", answer->grammar, "place",
                            answer->place, "rule", answer->reading->rule, "monitor",
                            *answer->monitor == '\0' ? NULL : answer->monitor, "command",
                            command_kind_name(answer->reading->command->kind), "speaks", i == 0));
    }
    return list;
}

static bool ask_all(struct asking *asking, GError **error)
{
    const struct config *config = asking->all->config;
    const char *site =
        config == NULL ? places_site(NULL, PLACES_GRAMMARS) : config->intake.grammar.site_directory;
    const char *shipped = places_shipped(asking->arena, PLACES_MONITORS);

    if (site != NULL && !ask_folder(asking, site, NULL, error))
        return false;
    if (!ask_folder(asking, shipped, site == NULL ? "/nonexistent" : site, error))
        return false;
    ask_generic(asking);
    return true;
}

bool try_all_run(struct arena *arena, const struct try_all *all, GError **error)
{
    struct asking asking = {.arena = arena, .all = all, .mail = all->mail};
    g_autoptr(GPtrArray) answers = g_ptr_array_new();

    asking.answers = answers;
    if (!ask_all(&asking, error))
        return false;
    if (answers->len == 0) {
        asking.forwarded = mail_forwarded(arena, all->mail, &mail_limits_default);
        asking.mail = asking.forwarded == NULL ? NULL : asking.forwarded->mail;
    }
    if (asking.forwarded != NULL) {
        asking.asked = 0;
        if (!ask_all(&asking, error))
            return false;
    }
    if (all->list != NULL)
        (void)json_array_append_new(all->list, json_pack("{s:s, s:I, s:o}", "file", all->file,
                                                         "asked", (json_int_t)asking.asked,
                                                         "answers", answers_json(&asking)));
    else
        print_all(&asking);
    return true;
}
