#include "gateway/cli/grammar_try.h"

#include "gateway/base/moment.h"
#include "gateway/cli/forecast.h"
#include "gateway/cli/mailfile.h"
#include "gateway/cli/try_all.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define MAIL_BYTES ((size_t)256 * 1024 * 1024)

/* A grammar of people needs a page's components, and a forecast policies; one of rules does without any
 * configuration. */
struct trying {
    struct invocation *invocation;
    const char *grammar; /* NULL: all */
    const struct page *page;
    const struct config *config; /* NULL: none is at hand */
    struct forecast *forecast;
    json_t *list; /* NULL: for people */
};

static void load(struct trying *trying, const char *page_id)
{
    struct arena *arena = trying->invocation->arena;
    struct problems *problems = problems_new(arena);
    const struct config *config = config_load(arena, trying->invocation->config_file, problems);

    if (config == NULL)
        return;
    trying->config = config;
    trying->page = page_id != NULL || config->page_count == 0 ? config_find_page(config, page_id)
                                                              : config->pages[0];
    trying->forecast = forecast_open(config);
}

static bool is_nothing(const struct trial *trial)
{
    return trial->reading != NULL && trial->reading->kind == READING_NOTHING &&
           *trial->reading->rule == '\0';
}

static const struct trial *try_file(const struct trying *trying, struct arena *arena,
                                    const struct mail *mail, GError **error)
{
    struct problems *problems = problems_new(arena);
    const struct trial *trial = grammar_try_file(arena, trying->grammar,
                                                 &(const struct grammar_request){
                                                     .role = GRAMMAR_OPERATOR,
                                                     .mail = mail,
                                                     .page = trying->page,
                                                     .extension = "",
                                                     .now = moment_now(),
                                                 },
                                                 problems);

    if (trial == NULL)
        error_set(error, TOCSIN_ERROR_CONFIG, "%s", problems_write(problems, arena));
    return trial;
}

/* A forward's inner mail counts where the outer says nothing, as at the door. */
static bool view(const struct trying *trying, struct arena *arena, const char *file,
                 struct trial_view *made, GError **error)
{
    *made = (struct trial_view){.file = file, .mail = mailfile_read(arena, file, error)};
    if (made->mail == NULL)
        return false;
    made->trial = try_file(trying, arena, made->mail, error);
    if (made->trial == NULL)
        return false;
    const struct forwarded *forwarded =
        is_nothing(made->trial) ? mail_forwarded(arena, made->mail, &mail_limits_default) : NULL;
    if (forwarded != NULL) {
        made->forwarded = forwarded;
        made->trial = try_file(trying, arena, forwarded->mail, error);
    }
    made->forecast = trying->forecast;
    return made->trial != NULL;
}

static bool try_one(const struct trying *trying, const char *file, GError **error)
{
    OWN(arena) arena = arena_open(MAIL_BYTES);
    struct trial_view made;

    if (!view(trying, arena, file, &made, error))
        return false;
    if (trying->list != NULL)
        (void)json_array_append_new(trying->list, trial_view_json(arena, &made));
    else
        trial_view_print(arena, &made);
    return true;
}

static bool try_one_by_all(const struct trying *trying, const char *file, GError **error)
{
    OWN(arena) arena = arena_open(MAIL_BYTES);
    const struct mail *mail = mailfile_read(arena, file, error);

    if (mail == NULL)
        return false;
    const struct try_all all = {
        .config = trying->config,
        .grammars = trying->forecast == NULL ? NULL : forecast_grammars(trying->forecast),
        .file = file,
        .mail = mail,
        .list = trying->list};
    return try_all_run(arena, &all, error);
}

/* NULL: all can be read; else the one that cannot, and errno says why. */
static const char *find_unreadable(const struct invocation *invocation)
{
    for (size_t i = 1; invocation_word(invocation, i) != NULL; i++)
        if (strcmp(invocation_word(invocation, i), "-") != 0 &&
            access(invocation_word(invocation, i), R_OK) != 0)
            return invocation_word(invocation, i);
    return NULL;
}

static bool run(const struct trying *trying, GError **error)
{
    bool is_good = true;

    for (size_t i = trying->grammar != NULL ? 2 : 1;
         is_good && invocation_word(trying->invocation, i) != NULL; i++) {
        const char *file = invocation_word(trying->invocation, i);
        is_good = trying->grammar != NULL ? try_one(trying, file, error)
                                          : try_one_by_all(trying, file, error);
    }
    return is_good;
}

int grammar_try_run(struct invocation *invocation, const struct try_options *options)
{
    struct trying trying = {.invocation = invocation};
    g_autoptr(GError) error = NULL;

    if (invocation_count(invocation) < (options->is_all ? 2 : 3))
        return invocation_usage(invocation);
    const char *unreadable = find_unreadable(invocation);
    if (unreadable != NULL) {
        (void)fprintf(stderr, "tocsin: %s: %s\n", unreadable, g_strerror(errno));
        return EX_NOINPUT;
    }
    trying.grammar = options->is_all ? NULL : invocation_word(invocation, 1);
    trying.list = invocation->is_json ? json_array() : NULL;
    load(&trying, options->page);
    const bool is_good = run(&trying, &error);
    forecast_close(trying.forecast);
    if (trying.list != NULL && is_good)
        print_json(trying.list);
    else
        json_decref(trying.list);
    return is_good ? EX_OK : invocation_fail(error);
}
