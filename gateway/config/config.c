#include "gateway/config/config.h"

#include "gateway/config/settings.h"
#include "gateway/config/sources.h"

#include <stdlib.h>
#include <string.h>

#define PATH_STANDARD "/etc/tocsin/tocsin.yaml"

/* What the sender would refuse when it starts, and no check here has found. */
static bool check_spool(const struct config *config, const struct yaml_node *root,
                        struct problems *problems)
{
    const struct yaml_node *relays = yaml_find(root, "relays");
    g_autoptr(GError) error = NULL;

    if (spool_settings_check(&config->spool, &error))
        return true;
    yaml_problem(problems, relays != NULL ? relays : root, "%s", error->message);
    return false;
}

const struct config *config_load(struct arena *arena, const char *file, struct problems *problems)
{
    struct yaml_node *root = sources_load(arena, file, problems);

    return root == NULL ? NULL : config_read(arena, file, root, problems);
}

const struct config *config_read(struct arena *arena, const char *file,
                                 const struct yaml_node *root, struct problems *problems)
{
    const struct reader reader = {arena, problems, NULL};
    struct settings settings;

    settings_read(&reader, root, &settings);
    settings_check(&reader, &settings);
    if (problems_count_errors(problems) > 0)
        return NULL;
    const struct config *config = settings_build(arena, file, &settings);
    return check_spool(config, root, problems) ? config : NULL;
}

bool config_check(struct arena *arena, const struct config *config, struct problems *problems)
{
    const struct installation installation = {
        config->state,
        config->intake.grammar,
        config->compose,
        config->words,
    };

    installation_check(arena, &installation, problems);
    return problems_count_errors(problems) == 0;
}

bool config_check_file(struct arena *arena, const char *file, struct problems *problems)
{
    const struct reader reader = {arena, problems, NULL};
    struct yaml_node *root = sources_load(arena, file, problems);
    struct settings settings;

    if (root == NULL)
        return false;
    settings_read(&reader, root, &settings);
    settings_check(&reader, &settings);
    const struct installation installation = settings_installation(arena, &settings);
    installation_check(arena, &installation, problems);
    return problems_count_errors(problems) == 0;
}

const char *config_path(const char *given)
{
    const char *named = getenv("TOCSIN_CONFIG");

    if (given != NULL)
        return given;
    return named != NULL && *named != '\0' ? named : PATH_STANDARD;
}

const struct page *config_find_page(const struct config *config, const char *id)
{
    if (id == NULL)
        return config->page_count == 1 ? config->pages[0] : NULL;
    for (size_t i = 0; i < config->page_count; i++)
        if (strcmp(config->pages[i]->id, id) == 0)
            return config->pages[i];
    return NULL;
}
