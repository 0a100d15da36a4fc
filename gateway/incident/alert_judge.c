/* alert_judge() of alert.h, and what is like it. */
#include "gateway/incident/alert.h"

#include "gateway/base/moment.h"
#include "gateway/incident/alert_target.h"
#include "gateway/incident/alert_words.h"
#include "gateway/incident/keyed.h"

#include <inttypes.h>
#include <string.h>

/* How often is looked whether a maintenance is over. */
#define MAINTENANCE_LOOK_MS MINUTE_MS
/* Or whether a limit has room again. */
#define LIMIT_LOOK_MS MINUTE_MS

struct judgement {
    struct arena *arena;
    const struct alert_facts *facts;
    const struct alert_policy *policy;
    int64_t now;
};

/* What the words are about. */
static const char *subject_of(const struct alert_facts *facts)
{
    const struct alert_policy *policy = &facts->monitor->policy;
    const struct component *component = NULL;

    if (policy->group == ALERT_GROUP_COMPONENT && policy->component_count > 0)
        component = page_find_component(facts->page, policy->component_ids[0]);
    return component != NULL ? component->name : facts->monitor->name;
}

static const char *words(struct arena *arena, const struct alert_facts *facts, enum alert_text text)
{
    return alert_words(arena, facts->page->language, text, subject_of(facts));
}

static const char *or_words(const struct judgement *judgement, const char *said,
                            enum alert_text text)
{
    if (said != NULL && said[0] != '\0')
        return keyed_redact(judgement->arena, judgement->facts->page, said);
    return words(judgement->arena, judgement->facts, text);
}

/* The earlier of two moments of which 0 is none. */
static int64_t earlier(int64_t one, int64_t other)
{
    if (one == 0 || other == 0)
        return MAX(one, other);
    return MIN(one, other);
}

static struct alert_plan nothing_until(int64_t next_at)
{
    return (struct alert_plan){.action = ALERT_DO_NOTHING, .next_at = next_at};
}

/* When something may be else by time alone. Of a maintenance nobody says when it ends. */
static int64_t next_look(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    const int64_t now = judgement->now;
    const int64_t stable_at = facts->stable_at > now ? facts->stable_at : 0;
    const int64_t ended_at = facts->is_under_maintenance ? now + MAINTENANCE_LOOK_MS : 0;

    return earlier(facts->ripens_at > now ? facts->ripens_at : 0, earlier(stable_at, ended_at));
}

static struct command *make_command(struct arena *arena, const struct alert_facts *facts)
{
    struct command *command = ARENA_NEW(arena, struct command);

    *command = (struct command){
        .kind = facts->incident == NULL ? COMMAND_OPEN : COMMAND_UPDATE,
        .page_id = facts->page->id,
        .actor =
            {
                .role = ACTOR_MONITOR,
                .by = arena_format(arena, "monitor:%s", facts->monitor->name),
                .proofs = "",
                .client = "",
                .message_id = "",
                .monitor = facts->monitor,
            },
        .incident_id = facts->incident != NULL ? facts->incident->id : 0,
        .message = "",
        .note = "",
    };
    return command;
}

static const char *note_of(struct arena *arena, const struct alert_facts *facts,
                           const struct alert *alert)
{
    const char *separator = alert->detail[0] != '\0' ? "\n\n" : "";

    return keyed_redact(arena, facts->page,
                        arena_format(arena, "%s: %s%s%s", facts->monitor->name, alert->key,
                                     separator, alert->detail));
}

static struct alert_plan change(const struct command *command, int64_t next_at)
{
    return (struct alert_plan){.action = ALERT_DO_CHANGE, .command = command, .next_at = next_at};
}

static struct alert_plan note(struct arena *arena, const struct alert_facts *facts,
                              const char *text, int64_t next_at)
{
    struct command *command = make_command(arena, facts);

    command->note = text;
    return change(command, next_at);
}

static void say_opening(const struct judgement *judgement, struct command *command)
{
    const struct alert_facts *facts = judgement->facts;
    const struct alert *lead = facts->lead;
    const bool is_silence = strcmp(lead->key, ALERT_KEY_SILENT) == 0;
    enum alert_text title =
        command->severity == SEVERITY_MINOR ? ALERT_TEXT_IMPAIRED : ALERT_TEXT_DOWN;
    enum alert_text message = ALERT_TEXT_REPORTED;

    if (is_silence) {
        title = ALERT_TEXT_SILENT;
        message = ALERT_TEXT_SILENT_REPORTED;
    }
    if (facts->is_many) { /* the words of one do not fit all */
        command->title = words(judgement->arena, facts, ALERT_TEXT_MANY);
        command->message = words(judgement->arena, facts, ALERT_TEXT_MANY_REPORTED);
    } else {
        command->title = or_words(judgement, lead->title, title);
        command->message = or_words(judgement, lead->update, message);
    }
    command->title =
        text_clean_line(judgement->arena, text_of(command->title), INCIDENT_TITLE_MOST);
}

static struct alert_plan open_incident(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    struct command *command = make_command(judgement->arena, facts);

    command->has_severity = true;
    command->severity = alert_target_severity(judgement->facts);
    alert_target_affect(judgement->arena, facts, command);
    say_opening(judgement, command);
    command->note = note_of(judgement->arena, facts, facts->lead);
    if (!judgement->policy->creates_incident)
        return (struct alert_plan){
            .action = ALERT_DO_ASK, .command = command, .next_at = next_look(judgement)};
    return change(command, next_look(judgement));
}

static bool is_over(const struct alert_limit *limit, int64_t count)
{
    return limit->most > 0 && count >= limit->most;
}

/* A second cluster of many within the span is one that comes and goes: it stays until there is room again,
 * or each return would open another. */
static bool is_held_open(const struct alert_facts *facts)
{
    const struct alert_limit *limit = &facts->monitor->policy.incidents;

    return facts->is_many && limit->most > 0 && facts->incidents > limit->most + 1;
}

static struct alert_plan judge_without(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    const struct alert_policy *policy = judgement->policy;

    if (facts->counting == 0 && facts->is_asked && is_held_open(facts))
        return nothing_until(judgement->now + LIMIT_LOOK_MS);
    if (facts->counting == 0)
        return (struct alert_plan){.action =
                                       facts->is_asked ? ALERT_DO_WITHDRAW : ALERT_DO_NOTHING};
    if (facts->lead == NULL || facts->is_asked || facts->is_declined)
        return nothing_until(next_look(judgement));
    if (facts->is_under_maintenance && policy->is_suppressed_by_maintenance)
        return nothing_until(judgement->now + MAINTENANCE_LOOK_MS);
    if (!facts->is_many && is_over(&policy->incidents, facts->incidents))
        return (struct alert_plan){.action = ALERT_DO_OVERFLOW};
    return open_incident(judgement);
}

/* Where a person has the incident, the monitor tells the operators alone. */
static bool is_quiet(const struct alert_facts *facts)
{
    const struct alert_policy *policy = &facts->monitor->policy;

    return !policy->creates_incident || (policy->is_quiet_after_human && facts->was_human);
}

/* May one more be told, with `kept` left? */
static bool has_room(const struct alert_facts *facts, int64_t kept)
{
    const struct alert_limit *limit = &facts->monitor->policy.updates;

    return limit->most == 0 || facts->told < MAX(limit->most - kept, 1);
}

static int64_t room_at(const struct alert_facts *facts)
{
    return facts->told_first_at + facts->monitor->policy.updates.within_ms;
}

static struct alert_plan resolve(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    struct command *command = make_command(judgement->arena, facts);

    command->has_status = true;
    command->status = INCIDENT_RESOLVED;
    command->message = facts->is_many ? words(judgement->arena, facts, ALERT_TEXT_RESOLVED)
                                      : or_words(judgement, facts->resolved, ALERT_TEXT_RESOLVED);
    return change(command, 0);
}

static struct alert_plan judge_cleared(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    const struct alert_policy *policy = judgement->policy;
    const int64_t clear_at = facts->clear_since + policy->resolve_after_ms;

    /* A clear of the future was heard before our clock stepped back. */
    if (clear_at > judgement->now && facts->clear_since <= judgement->now)
        return nothing_until(clear_at);
    if (is_held_open(facts))
        return nothing_until(judgement->now + LIMIT_LOOK_MS);
    if (is_quiet(facts) || !policy->resolves_on_clear) {
        const enum alert_text text =
            policy->resolves_on_clear ? ALERT_TEXT_NOTE_CLEARED_ASK : ALERT_TEXT_NOTE_CLEARED;
        struct alert_plan plan;

        if (facts->was_noted)
            return nothing_until(0);
        plan = note(judgement->arena, facts, words(judgement->arena, facts, text), 0);
        plan.says_cleared = true;
        return plan;
    }
    if (!has_room(facts, 0))
        return nothing_until(room_at(facts));
    return resolve(judgement);
}

/* The words of what is to be said, one below the other. */
static const char *say_news(const struct judgement *judgement, const struct alert_plan *plan)
{
    const struct alert_facts *facts = judgement->facts;
    const char *worse = "";
    const char *unstable = "";

    if (plan->says_worse && judgement->policy->update != NULL && facts->lead != NULL)
        worse = or_words(judgement, facts->lead->update, ALERT_TEXT_WORSE);
    else if (plan->says_worse)
        worse = words(judgement->arena, facts, ALERT_TEXT_WORSE);
    if (plan->says_unstable)
        unstable = words(judgement->arena, facts, ALERT_TEXT_UNSTABLE);
    return arena_format(judgement->arena, "%s%s%s", worse,
                        plan->says_worse && plan->says_unstable ? "\n\n" : "", unstable);
}

/* For operators: each a line. */
static const char *say_news_privately(const struct judgement *judgement,
                                      const struct alert_plan *plan)
{
    const struct alert_facts *facts = judgement->facts;
    const char *severity = incident_severity_name(alert_target_severity(facts));
    g_autoptr(GString) text = g_string_new(NULL);

    if (plan->says_again)
        g_string_append_printf(text, "%s\n", words(judgement->arena, facts, ALERT_TEXT_NOTE_AGAIN));
    if (plan->says_worse && is_quiet(facts))
        g_string_append_printf(
            text, "%s\n",
            alert_words(judgement->arena, facts->page->language, ALERT_TEXT_NOTE_WORSE, severity));
    if (plan->says_unstable && is_quiet(facts))
        g_string_append_printf(text, "%s\n",
                               words(judgement->arena, facts, ALERT_TEXT_NOTE_UNSTABLE));
    return arena_copy(judgement->arena, text->str, text->len > 0 ? text->len - 1 : 0);
}

/* Held against the highest that it ever had: a person who lowered it is not contradicted. */
static bool is_worse(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;

    return judgement->policy->updates_on_change && facts->lead != NULL &&
           alert_target_severity(judgement->facts) >
               MAX(facts->incident->highest_severity, facts->noted_severity);
}

/* What is said to subscribers; false: there is no room for more now. */
static bool say_going_on(const struct judgement *judgement, bool joins,
                         const struct alert_plan *plan, struct command *command)
{
    const struct alert_facts *facts = judgement->facts;
    const char *news = say_news(judgement, plan);
    const char *joined = "";

    if (!plan->says_unstable && !plan->says_worse && !joins)
        return true;
    if (!has_room(facts, 1))
        return false;
    command->has_severity = plan->says_worse;
    command->severity = alert_target_severity(facts);
    if (joins)
        joined = alert_target_join(judgement->arena, facts, command);
    command->message = arena_format(judgement->arena, "%s%s%s", news,
                                    news[0] != '\0' && joined[0] != '\0' ? "\n\n" : "", joined);
    return true;
}

static struct alert_plan judge_going_on(const struct judgement *judgement)
{
    const struct alert_facts *facts = judgement->facts;
    const bool joins = !is_quiet(facts) && alert_target_joins(facts);
    struct alert_plan plan = {
        .action = ALERT_DO_CHANGE,
        .says_unstable = facts->is_unstable && !facts->was_unstable,
        .says_again = facts->was_noted && facts->lead != NULL,
        .says_worse = is_worse(judgement),
        .next_at = next_look(judgement),
    };
    struct command *command;

    if (!plan.says_unstable && !plan.says_worse && !plan.says_again && !joins)
        return nothing_until(plan.next_at);
    command = make_command(judgement->arena, facts);
    command->note = say_news_privately(judgement, &plan);
    plan.command = command;
    if (is_quiet(facts) || say_going_on(judgement, joins, &plan, command))
        return plan;
    if (!plan.says_again)
        return nothing_until(earlier(plan.next_at, room_at(facts)));
    plan.says_unstable = plan.says_worse = false; /* these wait */
    plan.next_at = earlier(plan.next_at, room_at(facts));
    return plan;
}

struct alert_plan alert_judge(struct arena *arena, const struct alert_facts *facts, int64_t now)
{
    const struct judgement judgement = {arena, facts, &facts->monitor->policy, now};

    if (facts->incident == NULL)
        return judge_without(&judgement);
    if (facts->counting == 0)
        return judge_cleared(&judgement);
    return judge_going_on(&judgement);
}

struct alert_plan alert_acknowledge(struct arena *arena, const struct alert_facts *facts,
                                    const struct alert *alert, const char *who)
{
    const char *language = facts->page->language;
    struct command *command;

    if (facts->incident == NULL)
        return nothing_until(0);
    command = make_command(arena, facts);
    command->note = alert_words(arena, language, ALERT_TEXT_NOTE_SEEN, alert->key);
    if (who[0] != '\0')
        command->note = arena_format(arena, "%s\n%s", command->note,
                                     alert_words(arena, language, ALERT_TEXT_NOTE_SEEN_BY, who));
    command->note = keyed_redact(arena, facts->page, command->note);
    if (facts->monitor->policy.identifies_on_acknowledge && !is_quiet(facts) &&
        has_room(facts, 1) && facts->incident->status == INCIDENT_INVESTIGATING) {
        command->has_status = true;
        command->status = INCIDENT_IDENTIFIED;
        command->message = words(arena, facts, ALERT_TEXT_WORKING);
    }
    return change(command, 0);
}

struct alert_plan alert_summarise(struct arena *arena, const struct alert_facts *facts,
                                  int64_t joined)
{
    const char *language = facts->page->language;

    if (facts->incident == NULL)
        return nothing_until(0);
    return note(arena, facts,
                arena_format(arena, "%s\n%s",
                             alert_words(arena, language, ALERT_TEXT_NOTE_OPEN,
                                         arena_format(arena, "%" PRId64, facts->counting)),
                             alert_words(arena, language, ALERT_TEXT_NOTE_JOINED,
                                         arena_format(arena, "%" PRId64, joined))),
                0);
}
