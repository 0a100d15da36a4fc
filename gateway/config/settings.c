#include "gateway/config/settings.h"

#include "gateway/base/moment.h"
#include "gateway/config/bounce_settings.h"
#include "gateway/config/checks.h"
#include "gateway/config/limit_settings.h"
#include "gateway/config/places.h"
#include "gateway/config/subscription_settings.h"

#include <grp.h>
#include <string.h>

#define MOST_PAGES      1000
#define MOST_OPERATORS  10000
#define MOST_MONITORS   10000
#define MOST_RELAYS     16
#define MOST_WORKERS    64
#define WORD_CHARACTERS 40

#define SOCKET_STANDARD "unix:/run/tocsin/milter.sock"

static bool check_group(const char *value, GError **error)
{
    if (getgrnam(value) != NULL)
        return true;
    return error_set(error, TOCSIN_ERROR_CONFIG,
                     "is no group of this machine: write the mail "
                     "server's, such as postfix");
}

static const struct reader_field milter_fields[] = {
    {.name = "socket",
     .kind = READER_STRING,
     .at = READER_AT(struct milter_setting, socket),
     .standard = SOCKET_STANDARD,
     .check = checks_socket},
    {.name = "group",
     .kind = READER_STRING,
     .at = READER_AT(struct milter_setting, group),
     .check = check_group},
    {.name = "workers",
     .kind = READER_INTEGER,
     .at = READER_AT(struct milter_setting, workers),
     .standard = "4",
     .least = 1,
     .most = MOST_WORKERS},
};
static const struct reader_table milter_table = {
    .fields = milter_fields,
    .count = G_N_ELEMENTS(milter_fields),
    .size = sizeof(struct milter_setting),
};

/* A socket alone, or a mapping of all. */
static void read_milter(const struct reader *reader, const struct yaml_node *node, void *member)
{
    struct milter_setting *milter = member;

    reader_read(reader, node->kind == YAML_SCALAR ? NULL : node, &milter_table, milter);
    if (node->kind == YAML_SCALAR)
        (void)reader_read_value(reader, node, &milter_fields[0], &milter->socket);
}

static const struct reader_field trust_fields[] = {
    {.name = "authserv_id",
     .kind = READER_STRING,
     .at = READER_AT(struct trust_settings, authserv_id),
     .check = checks_authserv_id},
    {.name = "networks",
     .kind = READER_STRINGS,
     .at = READER_AT(struct trust_settings, networks),
     .count_at = READER_AT(struct trust_settings, network_count),
     .check = checks_network},
    {.name = "domains",
     .kind = READER_STRINGS,
     .at = READER_AT(struct trust_settings, domains),
     .count_at = READER_AT(struct trust_settings, domain_count),
     .check = checks_domain},
    {.name = "signature_age",
     .kind = READER_SPAN,
     .at = READER_AT(struct trust_settings, signature_age_ms),
     .standard = "24h",
     .least = MINUTE_MS,
     .most = 30 * DAY_MS},
};
static const struct reader_table trust_table = {
    .fields = trust_fields,
    .count = G_N_ELEMENTS(trust_fields),
    .size = sizeof(struct trust_settings),
};

static const struct reader_field root_fields[] = {
    {.name = "state",
     .kind = READER_STRING,
     .at = READER_AT(struct settings, state),
     .standard = "/var/lib/tocsin",
     .check = checks_path},
    {.name = "milter",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct settings, milter),
     .read = read_milter},
    {.name = "http", .kind = READER_IGNORED}, /* comes with the web */
    {.name = "relays",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, spool.relays.at),
     .count_at = READER_AT(struct settings, spool.relays.count),
     .least = 1,
     .most = MOST_RELAYS,
     .table = &relay_readings_table},
    {.name = "trust",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, trust),
     .table = &trust_table},
    {.name = "status_pages",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, pages.at),
     .count_at = READER_AT(struct settings, pages.count),
     .is_required = true,
     .least = 1,
     .most = MOST_PAGES,
     .table = &page_settings_table,
     .help = "a list, each with `id`, `name` and `address`"},
    {.name = "operators",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, operators.at),
     .count_at = READER_AT(struct settings, operators.count),
     .is_required = true,
     .least = 1,
     .most = MOST_OPERATORS,
     .table = &operator_settings_table,
     .help = "a list, each with `name`, `address` and `proofs`"},
    {.name = "monitors",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, monitors.at),
     .count_at = READER_AT(struct settings, monitors.count),
     .least = 0,
     .most = MOST_MONITORS,
     .table = &monitor_settings_table},
    {.name = "templates",
     .kind = READER_STRING,
     .at = READER_AT(struct settings, templates),
     .check = checks_path},
    {.name = "grammars",
     .kind = READER_STRING,
     .at = READER_AT(struct settings, grammars),
     .check = checks_path},
    {.name = "limits",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, limits),
     .table = &limit_settings_table},
    {.name = "bounces",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, bounces),
     .table = &bounce_settings_table},
    {.name = "subscriptions",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, subscriptions),
     .table = &subscription_settings_table},
    {.name = "retry",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, spool.retry),
     .table = &retry_table},
    {.name = "relay_retry",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, spool.relay_retry),
     .table = &relay_retry_table},
    {.name = "timeouts",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, spool.timeouts),
     .table = &relay_timeouts_table},
    {.name = "watch",
     .kind = READER_MAPPING,
     .at = READER_AT(struct settings, spool.watch),
     .table = &watch_table},
    {.name = "dropped_words",
     .kind = READER_STRINGS,
     .at = READER_AT(struct settings, dropped_words),
     .count_at = READER_AT(struct settings, dropped_word_count),
     .least = 1,
     .most = WORD_CHARACTERS},
    {.name = "hostname",
     .kind = READER_STRING,
     .at = READER_AT(struct settings, spool.hostname),
     .check = checks_host_name},
};
static const struct reader_table root_table = {
    .fields = root_fields,
    .count = G_N_ELEMENTS(root_fields),
    .size = sizeof(struct settings),
    .node_at = READER_AT(struct settings, node),
};

void settings_read(const struct reader *reader, const struct yaml_node *root,
                   struct settings *settings)
{
    reader_read(reader, root, &root_table, settings);
    if (settings->milter.workers == 0) /* not given: `read` was not called */
        reader_read(reader, NULL, &milter_table, &settings->milter);
    settings->spool.refusals = settings->limits.refusals;
}

static void check_networks(const struct reader *reader, const struct settings *settings)
{
    const struct trust_settings *trust = &settings->trust;

    if (network_has(trust->networks, trust->network_count, "127.0.0.1") ||
        network_has(trust->networks, trust->network_count, "::1"))
        yaml_warning(reader->problems, yaml_find(yaml_find(settings->node, "trust"), "networks"),
                     "holds this machine itself, from where mail of any local user comes, and all "
                     "that a filter hands back: list the monitors' addresses alone");
}

/* Whoever connects there says who has logged in. */
static void check_milter(const struct reader *reader, const struct settings *settings)
{
    const char *socket = settings->milter.socket;
    const char *at = socket == NULL ? NULL : strrchr(socket, '@');

    if (at == NULL || !g_str_has_prefix(socket, "inet"))
        return;
    if (strcmp(at + 1, "localhost") == 0 || g_str_has_prefix(at + 1, "127.") ||
        strcmp(at + 1, "::1") == 0 || strcmp(at + 1, "[::1]") == 0)
        return;
    yaml_warning(reader->problems, yaml_find(settings->node, "milter"),
                 "can be reached from other machines, and whoever connects says who has logged in: "
                 "write 127.0.0.1, or let a firewall admit the mail server alone");
}

static void check_languages(const struct reader *reader, const struct settings *settings)
{
    const struct page_settings *pages = &settings->pages;
    const struct operator_settings *operators = &settings->operators;

    for (size_t i = 0; i < pages->count; i++)
        places_check_language(reader, pages->at[i].node, settings->templates,
                              pages->at[i].language);
    for (size_t i = 0; i < operators->count; i++)
        places_check_language(reader, operators->at[i].node, settings->templates,
                              operators->at[i].language);
}

void settings_check(const struct reader *reader, const struct settings *settings)
{
    page_settings_check(reader, &settings->pages);
    operator_settings_check(reader, &settings->operators, &settings->pages, &settings->trust);
    relay_readings_check(reader, settings->node, &settings->spool);
    limit_settings_check(reader, settings->node, &settings->limits);
    monitor_settings_check(reader, &settings->monitors, &settings->pages, &settings->trust);
    check_networks(reader, settings);
    check_milter(reader, settings);
    places_check(reader, settings->node);
    check_languages(reader, settings);
}

struct installation settings_installation(struct arena *arena, const struct settings *settings)
{
    return (struct installation){
        .state = settings->state,
        .grammar =
            {
                .site_directory = places_site(settings->grammars, PLACES_GRAMMARS),
                .monitors_directory = places_shipped(arena, PLACES_MONITORS),
                .shipped_directory = places_shipped(arena, PLACES_GRAMMARS),
                .dropped_words = settings->dropped_words,
                .dropped_word_count = settings->dropped_word_count,
            },
        .compose = {places_site(settings->templates, PLACES_TEMPLATES),
                    places_shipped(arena, PLACES_TEMPLATES)},
        .words = monitor_words_list(arena, &settings->monitors, &settings->operators),
    };
}

static struct intake_settings build_intake(const struct config *config,
                                           const struct settings *settings,
                                           const struct installation *installation)
{
    return (struct intake_settings){
        .store = config->store,
        .trust = settings->trust,
        .mail = limit_settings_build(&settings->limits),
        .grammar = installation->grammar,
        .pages = config->pages,
        .page_count = config->page_count,
        .operators = config->operators,
        .identities = config->identities,
        .operator_count = config->operator_count,
        .speakers = config->speakers,
        .monitors = config->monitors,
        .monitor_identities = config->monitor_identities,
        .monitor_count = config->monitor_count,
        .wall_ms = settings->limits.wall_ms,
        .cpu_ms = settings->limits.cpu_ms,
        .question_limit = settings->limits.questions,
        .miss_limit = settings->limits.misses,
        .held_ms = settings->limits.held_ms,
        .bounces = &config->bounces,
        .joins = subscription_settings_build(&settings->subscriptions),
        .contact_limit = settings->subscriptions.contact,
    };
}

const struct config *settings_build(struct arena *arena, const char *file,
                                    const struct settings *settings)
{
    const struct built_operators built =
        operator_settings_build(arena, &settings->operators, &settings->pages);
    const struct built_monitors monitors =
        monitor_settings_build(arena, &settings->monitors, &settings->pages);
    const struct installation installation = settings_installation(arena, settings);
    struct config *config = ARENA_NEW(arena, struct config);

    *config = (struct config){
        .file = arena_string(arena, file),
        .state = settings->state,
        .store = {settings->state, settings->limits.busy_ms},
        .milter = {settings->milter.socket,
                   settings->milter.group == NULL ? "" : settings->milter.group,
                   (size_t)settings->milter.workers},
        .compose = installation.compose,
        .spool = relay_readings_build(arena, &settings->spool),
        .bounces = settings->bounces,
        .pages = page_settings_build(arena, &settings->pages),
        .page_count = settings->pages.count,
        .operators = built.operators,
        .identities = built.identities,
        .operator_count = settings->operators.count,
        .speakers = built.speakers,
        .monitors = monitors.monitors,
        .monitor_identities = monitors.identities,
        .monitor_count = settings->monitors.count,
        .words = installation.words,
    };
    config->intake = build_intake(config, settings, &installation);
    if (config->intake.trust.authserv_id == NULL)
        config->intake.trust.authserv_id = "";
    config->intake.grammar.monitors = config->monitors;
    config->intake.grammar.monitor_count = config->monitor_count;
    return config;
}
