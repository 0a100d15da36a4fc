#include "gateway/cli/grammar_samples.h"

#include "gateway/cli/ink.h"
#include "gateway/cli/mailfile.h"
#include "gateway/cli/print.h"
#include "gateway/cli/sample.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define SAMPLE_BYTES  ((size_t)256 * 1024 * 1024)
#define OUTCOME_WIDTH 6

/* One grammar's samples while they are run. */
struct samples {
    const char *grammar; /* its file */
    const char *folder;
    json_t *list; /* NULL: for people */
    size_t count;
    size_t wrong;
};

static void say(struct samples *samples, const char *name, const char *why)
{
    g_autofree char *path = g_strdup_printf("%s/%s", samples->folder, name);

    samples->count++;
    samples->wrong += why != NULL ? 1 : 0;
    if (samples->list != NULL) {
        (void)json_array_append_new(
            samples->list, json_pack("{s:s, s:s, s:s, s:s?}", "grammar", samples->grammar, "sample",
                                     path, "outcome", why == NULL ? "right" : "wrong", "why", why));
        return;
    }
    ink_print(why == NULL ? INK_GOOD : INK_BAD, why == NULL ? "right" : "wrong", OUTCOME_WIDTH);
    ink_print(INK_PLAIN, path, 0);
    (void)putchar('\n');
    struct text rest = text_of(why == NULL ? "" : why);
    struct text line;
    while (text_next_line(&rest, &line))
        (void)printf("%*s%.*s\n", OUTCOME_WIDTH, "", (int)line.size, line.at);
}

/* NULL: as it has to be; else why it is not. Lives in `arena`. */
static const char *judge(struct arena *arena, const struct samples *samples, const char *stem)
{
    const char *mail_path = arena_format(arena, "%s/%s.eml", samples->folder, stem);
    const char *wanted_path = arena_format(arena, "%s/%s.yaml", samples->folder, stem);
    struct problems *problems = problems_new(arena);
    g_autoptr(GError) error = NULL;

    if (access(wanted_path, R_OK) != 0)
        return arena_format(arena, "%s.yaml: %s\n", stem, g_strerror(errno));
    if (access(mail_path, R_OK) != 0)
        return arena_format(arena, "%s.eml: %s\n", stem, g_strerror(errno));
    const struct sample *sample = sample_read(arena, wanted_path, problems);
    if (sample == NULL)
        return problems_write(problems, arena);
    const struct mail *mail = mailfile_read(arena, mail_path, &error);
    if (mail == NULL)
        return arena_format(arena, "%s\n", error->message);
    const struct trial *trial = grammar_try_file(
        arena, samples->grammar,
        &(const struct grammar_request){.role = GRAMMAR_MONITOR, .mail = mail, .extension = ""},
        problems);
    if (trial == NULL)
        return problems_write(problems, arena);
    if (trial->reading == NULL)
        return "is no grammar of monitors\n";
    return sample_judge(arena, sample, trial->reading);
}

static gint compare(gconstpointer one, gconstpointer other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The names in the folder that are a sample's, without their ends, each once, sorted. NULL: there is no
 * such folder. */
static GPtrArray *list_stems(const char *folder)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    GPtrArray *stems = entries == NULL ? NULL : g_ptr_array_new_with_free_func(g_free);

    for (const char *name = NULL; entries != NULL && (name = g_dir_read_name(entries)) != NULL;) {
        const char *end = strrchr(name, '.');
        if (end == NULL || end == name || (strcmp(end, ".eml") != 0 && strcmp(end, ".yaml") != 0))
            continue;
        char *stem = g_strndup(name, (gsize)(end - name));
        if (g_ptr_array_find_with_equal_func(stems, stem, g_str_equal, NULL))
            g_free(stem);
        else
            g_ptr_array_add(stems, stem);
    }
    if (entries != NULL)
        g_dir_close(entries);
    if (stems != NULL)
        g_ptr_array_sort(stems, compare);
    return stems;
}

static int fail(const char *file, const char *why)
{
    (void)fprintf(stderr, "tocsin: %s: %s\n", file, why);
    return EX_NOINPUT;
}

static int run_one(struct samples *samples)
{
    if (access(samples->grammar, R_OK) != 0)
        return fail(samples->grammar, g_strerror(errno));
    g_autoptr(GPtrArray) stems = list_stems(samples->folder);
    if (stems == NULL || stems->len == 0)
        return fail(samples->folder, "holds no samples: a sample is NAME.eml and NAME.yaml");
    for (guint i = 0; i < stems->len; i++) {
        const char *stem = g_ptr_array_index(stems, i);
        OWN(arena) arena = arena_open(SAMPLE_BYTES);
        g_autofree char *name = g_strdup_printf("%s.eml", stem);
        say(samples, name, judge(arena, samples, stem));
    }
    return EX_OK;
}

static const char *folder_of(struct arena *arena, const char *grammar)
{
    const struct text file = text_of(grammar);
    const struct text end = TEXT(".yaml");

    return text_has_suffix(file, end) ? arena_copy(arena, file.at, file.size - end.size) : grammar;
}

int grammar_samples_run(struct invocation *invocation)
{
    json_t *list = invocation->is_json ? json_array() : NULL;
    struct samples all = {0};
    int status = EX_OK;

    if (invocation_count(invocation) < 2)
        return invocation_usage(invocation);
    for (size_t i = 1; invocation_word(invocation, i) != NULL && status == EX_OK; i++) {
        const char *grammar = invocation_word(invocation, i);
        struct samples one = {
            .grammar = grammar, .folder = folder_of(invocation->arena, grammar), .list = list};
        status = run_one(&one);
        all.count += one.count;
        all.wrong += one.wrong;
    }
    if (list != NULL)
        print_json(list);
    else if (status == EX_OK)
        (void)printf("%zu sample%s, %zu wrong\n", all.count, all.count == 1 ? "" : "s", all.wrong);
    if (status != EX_OK)
        return status;
    return all.wrong == 0 ? EX_OK : EX_DATAERR;
}
