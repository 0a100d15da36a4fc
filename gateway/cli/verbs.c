#include "gateway/cli/verbs.h"

#include "gateway/cli/invocation.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define ARENA_BYTES ((size_t)1 << 30)

static const struct verb *const verbs[] = {
    &verb_serve,      &verb_milter, &verb_sender,        &verb_clock,
    &verb_inject,     &verb_check,  &verb_incident,      &verb_maintenance,
    &verb_subscriber, &verb_queue,  &verb_grammar,       &verb_template,
    &verb_backup,     &verb_doctor, &verb_intake_worker, &verb_sender_worker,
};

static void print_usage(FILE *stream)
{
    (void)fprintf(
        stream, "tocsin %s: incidents by mail\n\nusage: tocsin [--config FILE] [--json] VERB …\n\n",
        TOCSIN_VERSION);
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (!verbs[i]->is_hidden)
            (void)fprintf(stream, "  %-11s %s\n", verbs[i]->name, verbs[i]->help);
}

/* --config and --json may stand before or after the verb. */
static char **take_common(struct invocation *invocation, int argc, char **argv)
{
    char **words = ARENA_ARRAY(invocation->arena, char *, (size_t)argc + 1);
    size_t count = 0;
    bool is_over = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0 || (count == 1 && strcmp(words[0], "inject") == 0))
            is_over = true; /* behind `inject` stand strangers' words: it reads them itself */
        if (!is_over && strcmp(argv[i], "--json") == 0)
            invocation->is_json = true;
        else if (!is_over && strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            invocation->config_file = argv[++i];
        else if (!is_over && g_str_has_prefix(argv[i], "--config="))
            invocation->config_file = argv[i] + strlen("--config=");
        else
            words[count++] = argv[i];
    }
    return words;
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

int verbs_run(int argc, char **argv)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct invocation invocation = {.arena = arena, .program = argc > 0 ? argv[0] : "tocsin"};
    char **words = take_common(&invocation, argc, argv);

    if (words[0] == NULL) {
        print_usage(stderr);
        return EX_USAGE;
    }
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "help") == 0) {
        print_usage(stdout);
        return EX_OK;
    }
    if (strcmp(words[0], "--version") == 0) {
        (void)printf("tocsin %s\n", TOCSIN_VERSION);
        return EX_OK;
    }
    invocation.verb = find_verb(words[0]);
    if (invocation.verb == NULL) {
        (void)fprintf(stderr, "tocsin: %s: no such verb; `tocsin --help` lists them\n", words[0]);
        return EX_USAGE;
    }
    invocation.config_file = config_path(invocation.config_file);
    invocation.words = words + 1;
    return invocation.verb->run(&invocation);
}
