/* tocsin maintenance list|show|schedule|start|extend|move|verify|complete|cancel */
#include "gateway/cli/incident_show.h"

#include "gateway/base/moment.h"
#include "gateway/base/when.h"

#include <string.h>
#include <sysexits.h>

/* A moment as people write it, in the page's zone; `base`: what a time alone comes after, 0 none. */
static bool read_moment(struct arena *arena, const struct page *page, const char *option,
                        const char *words, int64_t base, int64_t *at, GError **error)
{
    const struct when_frame frame = {page->time_zone, moment_now(), base};
    const struct when when = when_read(arena, text_of(words), &frame);

    *at = when.at;
    if (when.outcome == WHEN_MOMENT)
        return true;
    return error_set(error, TOCSIN_ERROR_INPUT, "--%s %s: %s", option, words,
                     when.outcome == WHEN_SPAN ? "is a span: write a time such as 2026-12-01 02:00"
                                               : when.trouble);
}

static bool read_span(struct arena *arena, const struct page *page, const char *words,
                      int64_t *span_ms, GError **error)
{
    const struct when_frame frame = {page->time_zone, moment_now(), 0};
    const struct when when = when_read(arena, text_of(words), &frame);

    *span_ms = when.span_ms;
    return when.outcome == WHEN_SPAN ||
           error_set(error, TOCSIN_ERROR_INPUT, "--duration %s: no span: write one such as 2h",
                     words);
}

static bool read_schedule(struct arena *arena, const struct change_target *target,
                          const struct change_wish *wish, struct schedule *schedule, GError **error)
{
    const struct maintenance *before =
        target->incident != NULL ? target->incident->maintenance : NULL;
    int64_t base = before != NULL ? before->starts_at : 0;

    schedule->has_completes = wish->is_patient;
    if (wish->start != NULL) {
        schedule->has_starts = true;
        if (!read_moment(arena, target->page, "start", wish->start, 0, &schedule->starts_at, error))
            return false;
        base = schedule->starts_at;
    }
    if (wish->end != NULL) {
        schedule->has_ends = true;
        return read_moment(arena, target->page, "end", wish->end, base, &schedule->ends_at, error);
    }
    if (wish->duration == NULL)
        return true;
    schedule->has_extension = true;
    return read_span(arena, target->page, wish->duration, &schedule->extension_ms, error);
}

static int schedule_new(struct invocation *invocation, const struct config *config,
                        const struct change_wish *wish, const struct schedule *given)
{
    const struct change_target target = {invocation_page(config, wish->page), NULL};
    int status = EX_USAGE;
    OWN(store) store = target.page != NULL ? invocation_store(config, &status) : NULL;
    g_autoptr(GError) error = NULL;
    struct schedule schedule = *given;

    if (store == NULL)
        return status;
    if (wish->title == NULL)
        return invocation_usage(invocation);
    if (!read_schedule(invocation->arena, &target, wish, &schedule, &error))
        return invocation_reject(error);
    return change_make(invocation, config, store, wish, &target,
                       &(struct command){.kind = COMMAND_MAINTAIN, .schedule = &schedule});
}

static int change_schedule(struct invocation *invocation, const struct config *config,
                           const struct change_wish *wish, const struct schedule *given)
{
    int status = EX_OK;
    OWN(store) store = invocation_store(config, &status);
    g_autoptr(GError) error = NULL;
    struct schedule schedule = *given;
    struct change_target target;

    if (store == NULL)
        return status;
    if (!change_find_incident(invocation, config, store, wish, &target, &error))
        return invocation_fail(error);
    if (!read_schedule(invocation->arena, &target, wish, &schedule, &error))
        return invocation_reject(error);
    return change_make(invocation, config, store, wish, &target,
                       &(struct command){.kind = COMMAND_UPDATE, .schedule = &schedule});
}

static int list(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish, const struct schedule *given)
{
    (void)given;
    return show_list(invocation, config, wish->page, true);
}

static int show(struct invocation *invocation, const struct config *config,
                const struct change_wish *wish, const struct schedule *given)
{
    (void)given;
    return show_one(invocation, config, wish);
}

#define BECOMES(STATE)                                                                             \
    {                                                                                              \
        .has_state = true, .state = (STATE)                                                        \
    }

static const struct action {
    const char *name;
    size_t words; /* this one included */
    int (*run)(struct invocation *, const struct config *, const struct change_wish *,
               const struct schedule *);
    struct schedule schedule;
} actions[] = {
    {"list", 1, list, {0}},
    {"show", 2, show, {0}},
    {"schedule", 1, schedule_new, {0}},
    {"start", 2, change_schedule, BECOMES(MAINTENANCE_IN_PROGRESS)},
    {"extend", 2, change_schedule, {0}},
    {"move", 2, change_schedule, {0}},
    {"update", 2, change_schedule, {0}},
    {"verify", 2, change_schedule, BECOMES(MAINTENANCE_VERIFYING)},
    {"complete", 2, change_schedule, BECOMES(MAINTENANCE_COMPLETED)},
    {"cancel", 2, change_schedule, BECOMES(MAINTENANCE_CANCELLED)},
};

static const struct action *find_action(const struct invocation *invocation)
{
    const char *name = invocation_word(invocation, 0);

    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].words == invocation_count(invocation) ? &actions[i] : NULL;
    return NULL;
}

static int run_maintenance(struct invocation *invocation)
{
    struct change_wish wish = {NULL};
    const struct action *action;
    const struct config *config;
    int status = EX_CONFIG;

    if (!change_take_options(invocation, &wish))
        return EX_USAGE;
    action = find_action(invocation);
    if (action == NULL)
        status = invocation_usage(invocation);
    else if ((config = invocation_config(invocation)) != NULL)
        status = action->run(invocation, config, &wish, &action->schedule);
    change_free_wish(&wish);
    return status;
}

const struct verb verb_maintenance = {
    "maintenance",
    "list | show ID | schedule --title T --start WHEN --end WHEN|--duration SPAN [--component ID]… "
    "[--message TEXT|-] | start ID | extend ID --duration SPAN | move ID --start WHEN [--end WHEN] "
    "| "
    "verify ID | complete ID | cancel ID [--message TEXT] | update ID --message TEXT",
    "announce, move, begin and end scheduled maintenance",
    false,
    run_maintenance,
};
