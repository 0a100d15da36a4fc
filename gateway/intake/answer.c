#include "gateway/intake/answer.h"

#include "gateway/base/moment.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/facts.h"
#include "gateway/store/intakes.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static struct letter letter_to_author(const struct taking *taking, enum letter_kind kind)
{
    const struct operator* operator= taking->operator;

    return (struct letter){
        .page_id = taking->page->id,
        .kind = kind,
        .address = operator->address,
        .is_operator = true,
        .language = operator->language,
        .time_zone = operator->time_zone,
        .created_at = taking->now,
        .due_at = taking->now,
    };
}

/* The last one says that silence follows: who writes on must not take it for consent. */
static bool add_limited(struct taking *taking, struct letter *letter, struct fact_list *facts,
                        GError **error)
{
    enum courtesy courtesy = COURTESY_OVER;

    if (!courtesy_ask(taking, letter->address, &courtesy, error))
        return false;
    if (courtesy == COURTESY_LAST)
        facts_add(facts, "last", "yes");
    return courtesy == COURTESY_OVER || facts_add_letter(taking, letter, facts, error);
}

static bool add_limited_words(struct taking *taking, struct letter *letter, struct fact_list *facts,
                              GError **error)
{
    bool may = false;

    if (!courtesy_ask_same(taking, &may, error))
        return false;
    return !may || add_limited(taking, letter, facts, error);
}

static const char *const change_labels[] = {
    [CHANGE_OPENED] = "Opened",     [CHANGE_TITLE] = "Title",         [CHANGE_STATUS] = "Status",
    [CHANGE_SEVERITY] = "Severity", [CHANGE_COMPONENT] = "Component", [CHANGE_MESSAGE] = "Text",
    [CHANGE_NOTE] = "Private note", [CHANGE_STARTS] = "Starts",       [CHANGE_ENDS] = "Ends",
    [CHANGE_REMINDED] = "Reminded",
};
static_assert(G_N_ELEMENTS(change_labels) == CHANGE_FIELD_COUNT, "a change has no label");

/* A moment in UTC, in the page's zone and in the author's, each once. */
static const char *write_moment(const struct taking *taking, const char *iso)
{
    const char *zones[] = {"Etc/UTC", taking->page->time_zone,
                           taking->operator!= NULL ? taking->operator->time_zone : "" };
    g_autoptr(GString) written = g_string_new(NULL);
    int64_t at = 0;

    if (!moment_parse_iso(text_of(iso), &at))
        return iso;
    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        const char *one = moment_write_local(taking->arena, at, zones[i]);

        if (zones[i][0] != '\0' && strstr(written->str, one) == NULL)
            g_string_append_printf(written, "%s%s", written->len > 0 ? " = " : "", one);
    }
    return arena_copy(taking->arena, written->str, written->len);
}

static const char *write_value(const struct taking *taking, const struct change *change,
                               const char *value)
{
    return change->field == CHANGE_STARTS || change->field == CHANGE_ENDS
               ? write_moment(taking, value)
               : text_clean_line(taking->arena, text_of(value), 100);
}

static void add_changes(const struct taking *taking, struct fact_list *facts,
                        const struct decision *decision)
{
    for (size_t i = 0; i < decision->change_count; i++) {
        const struct change *change = &decision->changes[i];
        const char *to = write_value(taking, change, change->to);

        if (change->field == CHANGE_MESSAGE || change->field == CHANGE_NOTE)
            continue; /* "text" and "private" tell them whole */
        if (change->from[0] == '\0')
            facts_add(facts, "change",
                      arena_format(facts->arena, "%s: %s", change_labels[change->field], to));
        else
            facts_add(facts, "change",
                      arena_format(facts->arena, "%s: %s → %s", change_labels[change->field],
                                   write_value(taking, change, change->from), to));
    }
}

/* The incident as the command leaves it, and the words that were told. */
static void add_outcome(struct fact_list *facts, const struct page *page,
                        const struct decision *decision)
{
    const struct incident *incident = decision->incident;

    facts_add(facts, "title", incident->title);
    facts_add(facts, "status",
              incident->maintenance != NULL ? maintenance_state_name(incident->maintenance->state)
                                            : incident_status_name(incident->status));
    if (incident->maintenance == NULL)
        facts_add(facts, "severity", incident_severity_name(incident->severity));
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *affected = &incident->affected[i];
        const struct component *component = page_find_component(page, affected->component_id);

        if (affected->is_current)
            facts_add(facts, "component",
                      component != NULL ? component->name : affected->component_id);
    }
    if (decision->update != NULL && decision->update->message[0] != '\0')
        facts_add(facts, "text", decision->update->message);
    if (decision->note != NULL)
        facts_add(facts, "private", decision->note->message);
}

static struct fact_list gather(struct taking *taking, const struct mail *mail,
                               const struct reading *reading, const struct decision *decision)
{
    struct fact_list facts = {.arena = taking->arena};

    facts_add_thread(&facts, mail);
    facts_add(&facts, "grammar", reading->grammar);
    if (reading->rule[0] != '\0')
        facts_add(&facts, "rule", reading->rule);
    add_changes(taking, &facts, decision);
    add_outcome(&facts, taking->page, decision);
    if (decision->notification == NOTIFICATION_NONE)
        facts_add(&facts, "silent", "yes");
    return facts;
}

static void set_change(struct letter *letter, const struct decision *decision)
{
    letter->incident_id = decision->incident->id;
    letter->notification_id = decision->notification_id;
    if (decision->update != NULL)
        letter->update_id = decision->update->id;
    else if (decision->note != NULL)
        letter->update_id = decision->note->id;
}

bool answer_change(struct taking *taking, const struct mail *mail, const struct reading *reading,
                   const struct decision *decision, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_ANSWER);
    const struct fact_list facts = gather(taking, mail, reading, decision);

    set_change(&letter, decision);
    return facts_add_letter(taking, &letter, &facts, error);
}

/* What was said of the alert that weighs most, as the template knows it. */
static void add_heard(struct fact_list *facts, const struct monitored *monitored,
                      const struct reporting_outcome *outcome)
{
    static const char *const actions[] = {
        [ALERT_DO_NOTHING] = "nothing",   [ALERT_DO_CHANGE] = "change",     [ALERT_DO_ASK] = "ask",
        [ALERT_DO_WITHDRAW] = "withdraw", [ALERT_DO_OVERFLOW] = "overflow",
    };
    const struct alerts_effect *effect = &outcome->effects[outcome->main];
    const struct monitored_alert *one = &monitored->alerts[outcome->main];

    facts_add(facts, "monitor", one->monitor->name);
    if (strcmp(outcome->keys[outcome->main], one->monitor->name) != 0)
        facts_add(facts, "alert_key", outcome->keys[outcome->main]);
    facts_add(facts, "alert_outcome", alert_outcome_name(effect->outcome));
    facts_add(facts, "alert_action", actions[effect->action]);
    if (monitored->reading->rule[0] == '\0')
        facts_add(facts, "rule", command_kind_name(one->alert->kind));
}

/* Nothing became different: somebody may say the same all day. */
static bool is_news(const struct monitored *monitored, const struct reporting_outcome *outcome)
{
    for (size_t i = 0; i < monitored->alert_count; i++)
        if (outcome->effects[i].decision != NULL || outcome->effects[i].outcome == ALERT_OPENED ||
            outcome->effects[i].outcome == ALERT_CLOSED)
            return true;
    return false;
}

bool answer_heard(struct taking *taking, const struct mail *mail, const struct monitored *monitored,
                  const struct reporting_outcome *outcome, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_ANSWER);
    struct fact_list facts = {.arena = taking->arena};

    if (outcome->decision != NULL) {
        facts = gather(taking, mail, monitored->reading, outcome->decision);
        set_change(&letter, outcome->decision);
    } else {
        facts_add_thread(&facts, mail);
        facts_add(&facts, "grammar", monitored->reading->grammar);
        if (monitored->reading->rule[0] != '\0')
            facts_add(&facts, "rule", monitored->reading->rule);
    }
    add_heard(&facts, monitored, outcome);
    return is_news(monitored, outcome) ? facts_add_letter(taking, &letter, &facts, error)
                                       : add_limited_words(taking, &letter, &facts, error);
}

bool answer_preview(struct taking *taking, const struct mail *mail, const struct reading *reading,
                    const struct decision *decision, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_PREVIEW);
    const struct fact_list facts = gather(taking, mail, reading, decision);

    letter.incident_id = decision->incident->id;
    return facts_add_letter(taking, &letter, &facts, error); /* a word of its own asked for it */
}

bool answer_question(struct taking *taking, const struct question *question, int64_t incident_id,
                     GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_QUESTION);
    struct fact_list facts = {.arena = taking->arena};

    facts_add_thread(&facts, taking->mail);
    if (question->quoted[0] != '\0')
        facts_add(&facts, "quoted", question->quoted);
    facts_add(&facts, "problem", question->problem);
    for (size_t i = 0; i < question->suggestion_count; i++)
        facts_add(&facts, "suggestion", question->suggestions[i]);
    for (size_t i = 0; i < question->candidate_count; i++)
        facts_add(&facts, "candidate",
                  arena_format(taking->arena, "#%" PRId64 " %s", question->candidates[i]->number,
                               question->candidates[i]->title));
    letter.incident_id = incident_id;
    return add_limited_words(taking, &letter, &facts, error);
}

bool answer_problem(struct taking *taking, const char *problem, const char *suggestion,
                    int64_t incident_id, GError **error)
{
    const struct question question = {
        .quoted = "",
        .problem = problem,
        .suggestions = &suggestion,
        .suggestion_count = suggestion != NULL ? 1 : 0,
    };

    return answer_question(taking, &question, incident_id, error);
}

bool answer_help(struct taking *taking, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_HELP);
    struct fact_list facts = {.arena = taking->arena};

    facts_add_thread(&facts, taking->mail);
    for (size_t i = 0; i < taking->page->component_count; i++)
        facts_add(&facts, "component",
                  arena_format(taking->arena, "%s (%s)", taking->page->components[i].name,
                               taking->page->components[i].id));
    return add_limited_words(taking, &letter, &facts, error);
}

bool answer_held(struct taking *taking, const struct held *held, bool *was_asked, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_HELD);
    struct fact_list facts = {.arena = taking->arena};
    enum courtesy courtesy = COURTESY_OVER;

    if (!courtesy_ask(taking, letter.address, &courtesy, error))
        return false;
    *was_asked = courtesy != COURTESY_OVER;
    if (!*was_asked)
        return true;
    facts_add_thread(&facts, taking->mail);
    facts_add(&facts, "problem", held->reason);
    facts_add(&facts, "text", taking->mail->text);
    letter.held_id = held->id;
    letter.incident_id = held->incident_id;
    return facts_add_letter(taking, &letter, &facts, error);
}

bool answer_key_spent(struct taking *taking, const struct operator* owner, const char *reason,
                      GError **error)
{
    struct letter letter = letter_to_author(
        &(const struct taking){.page = taking->page, .operator= owner, .now = taking->now},
        LETTER_KEY_SPENT);
    struct fact_list facts = {.arena = taking->arena};

    facts_add(&facts, "problem", reason);
    letter.incident_id = taking->key->incident_id;
    return add_limited(taking, &letter, &facts, error);
}
