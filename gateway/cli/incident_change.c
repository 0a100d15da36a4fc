#include "gateway/cli/incident_change.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/store/hint.h"
#include "gateway/store/incidents.h"
#include "gateway/store/letters.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

bool change_take_options(struct invocation *invocation, struct change_wish *wish)
{
    const GOptionEntry options[] = {
        {"page", 0, 0, G_OPTION_ARG_STRING, &wish->page, "the status page", "ID"},
        {"title", 0, 0, G_OPTION_ARG_STRING, &wish->title, "the title", "T"},
        {"status", 0, 0, G_OPTION_ARG_STRING, &wish->status, "investigating … resolved", "S"},
        {"severity", 0, 0, G_OPTION_ARG_STRING, &wish->severity, "minor, major, critical", "S"},
        {"component", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wish->components, "an affected component",
         "ID[=STATE]"},
        {"message", 0, 0, G_OPTION_ARG_STRING, &wish->message, "the text; - reads it", "TEXT|-"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &wish->by, "who is recorded", "ADDRESS"},
        {"start", 0, 0, G_OPTION_ARG_STRING, &wish->start, "when a maintenance starts", "WHEN"},
        {"end", 0, 0, G_OPTION_ARG_STRING, &wish->end, "when it ends", "WHEN"},
        {"duration", 0, 0, G_OPTION_ARG_STRING, &wish->duration, "how long it takes", "SPAN"},
        {"no-auto-complete", 0, 0, G_OPTION_ARG_NONE, &wish->is_patient,
         "its end is not its completion", NULL},
        {"private", 0, 0, G_OPTION_ARG_NONE, &wish->is_private, "the text is a note", NULL},
        {"no-notify", 0, 0, G_OPTION_ARG_NONE, &wish->is_silent, "tell nobody", NULL},
        {"audit", 0, 0, G_OPTION_ARG_NONE, &wish->has_audit, "who did what", NULL},
        G_OPTION_ENTRY_NULL,
    };

    return invocation_options(invocation, options);
}

void change_free_wish(struct change_wish *wish)
{
    g_free(wish->page);
    g_free(wish->title);
    g_free(wish->status);
    g_free(wish->severity);
    g_strfreev(wish->components);
    g_free(wish->message);
    g_free(wish->by);
    g_free(wish->start);
    g_free(wish->end);
    g_free(wish->duration);
}

static bool find_on_page(struct store *store, struct arena *arena, const struct page *page,
                         const char *name, const struct incident **incident, GError **error)
{
    struct text digits = text_of(name);
    int64_t number;

    if (text_has_prefix(digits, TEXT("inc_")) || text_has_prefix(digits, TEXT("mnt_")))
        return incidents_find_public_id(store, arena, page, name, incident, error);
    if (text_has_prefix(digits, TEXT("#")))
        digits = text_skip(digits, 1);
    else if (text_has_prefix_any_case(digits, TEXT("INC-")))
        digits = text_skip(digits, 4);
    if (!number_parse(digits, 1, INT64_MAX, &number))
        return error_set(error, TOCSIN_ERROR_INPUT, "%s: neither inc_… or mnt_… nor a number",
                         name);
    return incidents_find_number(store, arena, page, number, incident, error);
}

bool change_find_incident(struct invocation *invocation, const struct config *config,
                          struct store *store, const struct change_wish *wish,
                          struct change_target *target, GError **error)
{
    const char *name = invocation_word(invocation, 1);

    for (size_t i = 0; i < config->page_count; i++) {
        if (wish->page != NULL && strcmp(config->pages[i]->id, wish->page) != 0)
            continue;
        const struct page *page = config->pages[i];
        const struct incident *incident = NULL;
        if (!find_on_page(store, invocation->arena, page, name, &incident, error))
            return false;
        if (incident == NULL)
            continue;
        *target = (struct change_target){page, incident};
        return true;
    }
    (void)error_set(error, TOCSIN_ERROR_MISSING, "%s: there is no such incident", name);
    return false;
}

static bool read_message(struct arena *arena, const char *given, const char **message,
                         GError **error)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    int byte;

    if (given == NULL || strcmp(given, "-") != 0) {
        *message = text_string(arena, text_of(given), error);
        return *message != NULL;
    }
    while (bytes->len <= (size_t)INCIDENT_TEXT_MOST && (byte = getchar()) != EOF)
        g_string_append_c(bytes, (char)byte);
    *message = text_string(arena, text_trim(text_from(bytes->str, bytes->len)), error);
    if (*message != NULL)
        return true;
    g_prefix_error(error, "--message: ");
    return false;
}

static bool read_component(const struct page *page, const char *word,
                           struct component_change *change, GError **error)
{
    struct text rest = text_of(word);
    struct text name;
    const struct component *component;
    size_t count;

    if (text_has_prefix(rest, TEXT("-")))
        change->action = COMPONENT_REMOVE;
    if (text_has_prefix(rest, TEXT("-")) || text_has_prefix(rest, TEXT("+")))
        rest = text_skip(rest, 1);
    (void)text_next_piece(&rest, '=', &name);
    component = page_read_component(page, name, &count);
    if (component == NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "--component %s: %s", word,
                         count == 0 ? "there is no such component" : "several components begin so");
    change->component_id = component->id;
    if (rest.size == 0)
        return true;
    change->has_state = true;
    if (component_state_parse(rest, &change->state))
        return true;
    return error_set(error, TOCSIN_ERROR_INPUT,
                     "--component %s: a state is one of operational, degraded_performance, "
                     "partial_outage, major_outage, under_maintenance",
                     word);
}

static bool read_components(struct arena *arena, const struct page *page, char **words,
                            struct command *command, GError **error)
{
    const size_t count = words != NULL ? g_strv_length(words) : 0;
    struct component_change *changes = ARENA_ARRAY(arena, struct component_change, count);

    for (size_t i = 0; i < count; i++)
        if (!read_component(page, words[i], &changes[i], error))
            return false;
    command->components = changes;
    command->component_count = count;
    return true;
}

static bool read_words(const struct change_wish *wish, struct command *command, GError **error)
{
    command->has_status |= wish->status != NULL;
    if (wish->status != NULL && !incident_status_parse(text_of(wish->status), &command->status))
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "--status %s: one of investigating, identified, monitoring, resolved",
                         wish->status);
    command->has_severity = wish->severity != NULL;
    if (wish->severity != NULL &&
        !incident_severity_parse(text_of(wish->severity), &command->severity))
        return error_set(error, TOCSIN_ERROR_INPUT, "--severity %s: one of minor, major, critical",
                         wish->severity);
    return true;
}

static const char *who(struct arena *arena, const struct change_wish *wish)
{
    const struct passwd *user = getpwuid(getuid());

    if (wish->by != NULL)
        return text_clean_line(arena, text_of(wish->by), 100);
    return user != NULL ? arena_format(arena, "cli:%s", user->pw_name)
                        : arena_format(arena, "cli:%ld", (long)getuid());
}

static bool make_command(struct arena *arena, const struct page *page,
                         const struct change_wish *wish, struct command *command, GError **error)
{
    const char *message = "";

    *command = (struct command){
        .kind = command->kind,
        .incident_id = command->incident_id,
        .has_status = command->has_status,
        .status = command->status,
        .schedule = command->schedule,
        .page_id = page->id,
        .actor = {ACTOR_SHELL, who(arena, wish), "", "", "", NULL},
        .message = "",
        .note = "",
        .is_silent = wish->is_silent,
    };
    if (wish->title != NULL)
        command->title = text_clean_line(arena, text_of(wish->title), INCIDENT_TITLE_MOST);
    if (!read_message(arena, wish->message, &message, error) || !read_words(wish, command, error) ||
        !read_components(arena, page, wish->components, command, error))
        return false;
    *(wish->is_private ? &command->note : &command->message) = message;
    return true;
}

static bool save(struct invocation *invocation, const struct config *config, struct store *store,
                 const struct page *page, const struct command *command, GError **error)
{
    const struct decision *decision;

    if (!store_begin(store, error))
        return false;
    decision = store_change(store, invocation->arena, page, command, moment_now(), error);
    if (decision == NULL ||
        !letters_add_copies(store, page, config->operators, config->operator_count, decision, "",
                            moment_now(), error) ||
        !store_commit(store, error)) {
        store_rollback(store);
        return false;
    }
    hint_send(config->state);
    (void)printf("%s #%" PRId64 "\n", decision->incident->public_id, decision->incident->number);
    return true;
}

int change_make(struct invocation *invocation, const struct config *config, struct store *store,
                const struct change_wish *wish, const struct change_target *target,
                const struct command *command)
{
    struct command made = *command;
    g_autoptr(GError) error = NULL;

    made.incident_id = target->incident != NULL ? target->incident->id : 0;
    if (!make_command(invocation->arena, target->page, wish, &made, &error))
        return invocation_reject(error);
    return save(invocation, config, store, target->page, &made, &error) ? EX_OK
                                                                        : invocation_fail(error);
}

int change_open(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish)
{
    const struct page *page = invocation_page(config, wish->page);
    const struct command command = {.kind = COMMAND_OPEN};
    int status = EX_USAGE;
    OWN(store) store = page != NULL ? invocation_store(config, &status) : NULL;

    if (store == NULL)
        return status;
    if (wish->title == NULL)
        return invocation_usage(invocation);
    return change_make(invocation, config, store, wish, &(struct change_target){page, NULL},
                       &command);
}

static int change_existing(struct invocation *invocation, const struct config *config,
                           const struct change_wish *wish, const struct command *command)
{
    int status = EX_OK;
    OWN(store) store = invocation_store(config, &status);
    g_autoptr(GError) error = NULL;
    struct change_target target;

    if (store == NULL)
        return status;
    if (!change_find_incident(invocation, config, store, wish, &target, &error))
        return invocation_fail(error);
    return change_make(invocation, config, store, wish, &target, command);
}

int change_update(struct invocation *invocation, const struct config *config,
                  const struct change_wish *wish)
{
    return change_existing(invocation, config, wish, &(struct command){.kind = COMMAND_UPDATE});
}

int change_resolve(struct invocation *invocation, const struct config *config,
                   const struct change_wish *wish)
{
    const struct command resolved = {
        .kind = COMMAND_UPDATE, .has_status = true, .status = INCIDENT_RESOLVED};

    return change_existing(invocation, config, wish, &resolved);
}
