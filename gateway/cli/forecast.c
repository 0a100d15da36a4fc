#include "gateway/cli/forecast.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/cli/ink.h"
#include "gateway/intake/reporting.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct forecast {
    const struct config *config;
    struct grammars *grammars;
    struct store *store;
    char *made; /* the folder of a store that nothing has happened in; NULL: it is the site's */
    int64_t now;
};

/* What a policy would make of one alert. */
struct decision_view {
    const struct monitor *monitor; /* NULL: none hears it */
    const char *trouble;           /* why it cannot be said; NULL */
    struct alerts_effect effect;
};

static void remove_folder(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);

    for (const char *name = NULL; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        (void)g_unlink(inner);
    }
    if (folder != NULL)
        g_dir_close(folder);
    (void)g_rmdir(path);
}

/* The site's, where there is one that may be opened; else one in which nothing has happened. */
static void open_store(struct forecast *forecast)
{
    const struct config *config = forecast->config;
    g_autofree char *database = g_build_filename(config->state, "tocsin.db", NULL);

    if (access(database, R_OK | W_OK) == 0)
        forecast->store = store_open(&config->store, STORE_FULL, NULL);
    if (forecast->store != NULL)
        return;
    forecast->made = g_dir_make_tmp("tocsin-try-XXXXXX", NULL);
    if (forecast->made != NULL)
        forecast->store =
            store_open(&(const struct store_settings){forecast->made, config->store.busy_ms},
                       STORE_FULL, NULL);
    if (forecast->store != NULL)
        (void)store_mirror(forecast->store, config->pages, config->page_count, forecast->now, NULL);
}

struct forecast *forecast_open(const struct config *config)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    struct grammars *grammars = grammars_open(&config->intake.grammar, problems_new(arena));

    if (grammars == NULL)
        return NULL;
    struct forecast *forecast = g_new0(struct forecast, 1);
    forecast->config = config;
    forecast->grammars = grammars;
    forecast->now = moment_now();
    open_store(forecast);
    return forecast;
}

void forecast_close(struct forecast *forecast)
{
    if (forecast == NULL)
        return;
    grammars_close(forecast->grammars);
    store_close(forecast->store);
    if (forecast->made != NULL)
        remove_folder(forecast->made);
    g_free(forecast->made);
    g_free(forecast);
}

struct grammars *forecast_grammars(const struct forecast *forecast)
{
    return forecast->grammars;
}

static const struct mail *mail_of(const struct trial_view *view)
{
    return view->forwarded != NULL ? view->forwarded->mail : view->mail;
}

static bool holds_name(const struct mail *mail, const char *name)
{
    g_autofree char *wanted = g_utf8_casefold(name, -1);
    g_autofree char *subject = g_utf8_casefold(mail->subject, -1);
    g_autofree char *text = g_utf8_casefold(mail->text, -1);

    return strstr(subject, wanted) != NULL || strstr(text, wanted) != NULL;
}

/* How near a monitor is: its From before a network, that before its mere name. */
enum nearness { BY_FROM, BY_NETWORK, BY_NAME, NEARNESS_COUNT };

static bool is_near(const struct forecast *forecast, size_t monitor, const struct mail *mail,
                    enum nearness nearness)
{
    const struct monitor *one = forecast->config->monitors[monitor];
    const struct identity *identity = forecast->config->monitor_identities[monitor];

    if (*one->address != '\0')
        return nearness == BY_FROM && mail->from != NULL &&
               g_ascii_strcasecmp(one->address, mail->from->whole) == 0;
    if (nearness == BY_NETWORK)
        return ((identity->accepts | identity->requires) & PROOF_NETWORK) != 0;
    return nearness == BY_NAME && holds_name(mail, one->name);
}

/* The first that is near, speaks this grammar and whose match fits. NULL: none. */
static const struct monitor *find_monitor(const struct forecast *forecast,
                                          const struct trial_view *view,
                                          const struct grammar_alert *alert)
{
    const struct mail *mail = mail_of(view);

    for (int nearness = 0; nearness < NEARNESS_COUNT; nearness++)
        for (size_t i = 0; i < forecast->config->monitor_count; i++) {
            const struct monitor *one = forecast->config->monitors[i];
            if ((*one->grammar == '\0' || strcmp(one->grammar, view->trial->grammar) == 0) &&
                is_near(forecast, i, mail, (enum nearness)nearness) &&
                grammar_monitor_fits(forecast->grammars, one, alert))
                return one;
        }
    return NULL;
}

static bool preview(struct arena *arena, const struct forecast *forecast,
                    const struct trial_view *view, const struct grammar_alert *alert,
                    struct decision_view *decision, GError **error)
{
    const struct config *config = forecast->config;
    const struct page *page = config_find_page(config, decision->monitor->policy.page_id);
    const struct taking taking = {.arena = arena, .page = page, .now = forecast->now};
    const struct monitored monitored = {.mail = mail_of(view), .monitor = decision->monitor};
    const struct monitored_alert one = {decision->monitor, alert};
    const struct alert_report report = reporting_make(&taking, &monitored, &one);
    const struct alerts_desk desk = {.store = forecast->store,
                                     .page = page,
                                     .monitors = config->monitors,
                                     .monitor_count = config->monitor_count,
                                     .operators = config->operators,
                                     .operator_count = config->operator_count,
                                     .now = forecast->now};
    const struct alerts_source source = {
        .monitor = decision->monitor, .proofs = "", .client = "", .message_id = "", .by = ""};

    return alerts_preview(&desk, arena, &source, &report, &decision->effect, error);
}

static struct decision_view decide(struct arena *arena, const struct forecast *forecast,
                                   const struct trial_view *view, const struct grammar_alert *alert)
{
    struct decision_view decision = {.monitor = find_monitor(forecast, view, alert)};
    g_autoptr(GError) error = NULL;

    if (decision.monitor == NULL)
        return decision;
    if (forecast->store == NULL)
        decision.trouble = "no store can be opened";
    else if (!preview(arena, forecast, view, alert, &decision, &error))
        decision.trouble = arena_string(arena, error->message);
    return decision;
}

static const char *does_command(const struct command *command)
{
    if (command->kind == COMMAND_OPEN)
        return "opens an incident";
    if (command->has_status && command->status == INCIDENT_RESOLVED)
        return "resolves the incident";
    if (*command->message == '\0' && !command->has_status && !command->has_severity)
        return "adds a private note";
    return "updates the incident";
}

/* A sentence's end that begins with the monitor. */
static const char *does(const struct decision_view *decision)
{
    switch (decision->effect.plan.action) {
    case ALERT_DO_NOTHING:
        break;
    case ALERT_DO_CHANGE:
        return does_command(decision->effect.plan.command);
    case ALERT_DO_ASK:
        return "asks the operators; nothing is published before one of them says so";
    case ALERT_DO_WITHDRAW:
        return "takes its question to the operators back";
    case ALERT_DO_OVERFLOW:
        return "is over its limit of incidents: joins the one for all others";
    }
    return decision->effect.plan.next_at != 0 ? "does nothing yet" : "does nothing";
}

/* What the change says: rows of name and value. */
static size_t list_command(struct arena *arena, const struct alert_plan *plan,
                           struct grammar_value rows[8])
{
    const struct command *command = plan->command;
    g_autoptr(GString) components = g_string_new(NULL);
    size_t count = 0;

    if (command == NULL)
        return 0;
    for (size_t i = 0; i < command->component_count; i++)
        g_string_append_printf(components, "%s%s", i == 0 ? "" : ", ",
                               command->components[i].component_id);
    if (command->title != NULL)
        rows[count++] = (struct grammar_value){"title", command->title};
    if (command->has_status)
        rows[count++] = (struct grammar_value){"status", incident_status_name(command->status)};
    if (command->has_severity)
        rows[count++] =
            (struct grammar_value){"severity", incident_severity_name(command->severity)};
    if (components->len > 0)
        rows[count++] = (struct grammar_value){"components",
                                               arena_copy(arena, components->str, components->len)};
    if (*command->message != '\0')
        rows[count++] = (struct grammar_value){"message", command->message};
    if (command->note != NULL && *command->note != '\0')
        rows[count++] = (struct grammar_value){"private", command->note};
    return count;
}

static void print_decision(struct arena *arena, const struct forecast *forecast,
                           const struct decision_view *decision)
{
    struct grammar_value rows[8];
    const size_t count = list_command(arena, &decision->effect.plan, rows);

    ink_print_row(INK_PLAIN, "", "alert", alert_outcome_name(decision->effect.outcome));
    ink_print_row(INK_PLAIN, "", "policy", does(decision));
    for (size_t i = 0; i < count; i++)
        ink_print_row(INK_PLAIN, "", rows[i].name, rows[i].value);
    if (decision->effect.plan.next_at > forecast->now)
        ink_print_row(
            INK_PLAIN, "", "looks again",
            arena_format(arena, "in %s",
                         moment_write_span(arena, decision->effect.plan.next_at - forecast->now)));
    if (forecast->made != NULL)
        ink_print_row(INK_PLAIN, "", "before", "nothing: as if it were the first mail");
}

void forecast_print(struct arena *arena, const struct forecast *forecast,
                    const struct trial_view *view, const struct grammar_alert *alert)
{
    const struct decision_view decision = decide(arena, forecast, view, alert);

    ink_print(INK_STRONG, "monitor", INK_LABEL_WIDTH);
    ink_print(INK_PLAIN,
              decision.monitor != NULL
                  ? decision.monitor->name
                  : "none of the configuration's fits its From, grammar and groups",
              0);
    (void)putchar('\n');
    if (decision.trouble != NULL)
        ink_print_row(INK_BAD, "", "policy", decision.trouble);
    else if (decision.monitor != NULL)
        print_decision(arena, forecast, &decision);
}

json_t *forecast_json(struct arena *arena, const struct forecast *forecast,
                      const struct trial_view *view, const struct grammar_alert *alert)
{
    const struct decision_view decision = decide(arena, forecast, view, alert);
    struct grammar_value rows[8];

    if (decision.monitor == NULL)
        return json_null();
    if (decision.trouble != NULL)
        return json_pack("{s:s, s:s}", "monitor", decision.monitor->name, "trouble",
                         decision.trouble);
    json_t *object = json_pack("{s:s, s:s, s:s, s:b}", "monitor", decision.monitor->name, "alert",
                               alert_outcome_name(decision.effect.outcome), "policy",
                               does(&decision), "is_first", forecast->made != NULL);
    const size_t count = list_command(arena, &decision.effect.plan, rows);
    for (size_t i = 0; i < count; i++)
        (void)json_object_set_new(object, rows[i].name, json_string(rows[i].value));
    if (decision.effect.plan.next_at > forecast->now)
        (void)json_object_set_new(
            object, "looks_again_at",
            json_string(moment_write_iso(arena, decision.effect.plan.next_at)));
    return object;
}
