/* tocsin check: everything that is wrong with the configuration, at once. */
#include "gateway/cli/print.h"
#include "gateway/cli/reachable.h"

#include <stdio.h>
#include <sysexits.h>

static json_t *problem_json(const struct problem *problem)
{
    return json_pack("{s:s, s:I, s:I, s:s, s:s, s:s}", "file", problem->file, "line",
                     (json_int_t)problem->line, "column", (json_int_t)problem->column, "field",
                     problem->field, "severity", problem->is_warning ? "warning" : "error",
                     "message", problem->text);
}

static void show_json(struct problems *problems)
{
    json_t *list = json_array();
    size_t count = 0;
    const struct problem *const *all = problems_list(problems, &count);

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, problem_json(all[i]));
    print_json(list);
}

static void show(struct invocation *invocation, struct problems *problems)
{
    const size_t errors = problems_count_errors(problems);
    const size_t warnings = problems_count_warnings(problems);

    (void)fputs(problems_write(problems, invocation->arena), stderr);
    (void)fprintf(stderr, "%s: %zu error%s, %zu warning%s\n", invocation->config_file, errors,
                  errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

/* Only of a configuration that is good. */
static void explain(struct invocation *invocation)
{
    struct problems *problems = problems_new(invocation->arena);
    const struct config *config = config_load(invocation->arena, invocation->config_file, problems);

    if (config != NULL)
        reachable_print(invocation->arena, config);
}

static int run_check(struct invocation *invocation)
{
    const GOptionEntry options[] = {G_OPTION_ENTRY_NULL};
    struct problems *problems = problems_new(invocation->arena);

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    if (invocation_count(invocation) != 0)
        return invocation_usage(invocation);
    const bool is_good = config_check_file(invocation->arena, invocation->config_file, problems);
    if (invocation->is_json)
        show_json(problems);
    else
        show(invocation, problems);
    if (is_good && !invocation->is_json)
        explain(invocation);
    return is_good ? EX_OK : EX_CONFIG;
}

const struct verb verb_check = {
    "check", "",        "find what is wrong with the configuration, grammars and templates",
    false,   run_check,
};
