/* trial_view_json() of trial_view.h. */
#include "gateway/cli/trial_view.h"

#include "gateway/cli/forecast.h"
#include "gateway/grammar/subscribing.h"

static json_t *values_json(const struct grammar_value *values, size_t count)
{
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++)
        (void)json_object_set_new(object, values[i].name, json_string(values[i].value));
    return object;
}

static json_t *rules_json(const struct trial *trial)
{
    json_t *list = json_array();

    for (size_t i = 0; i < trial->rule_count; i++) {
        const struct trial_rule *rule = &trial->rules[i];
        (void)json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:s, s:o}", "rule", rule->name,
                                                    "line", (json_int_t)rule->line, "outcome",
                                                    trial_outcome_name(rule->outcome), "why",
                                                    rule->why, "groups",
                                                    values_json(rule->groups, rule->group_count)));
    }
    return list;
}

static json_t *alerts_json(struct arena *arena, const struct trial_view *view)
{
    json_t *list = json_array();
    size_t count = 0;
    const struct grammar_alert *alerts = trial_view_alerts(arena, view->trial->reading, &count);

    for (size_t i = 0; i < count; i++) {
        json_t *forecast = view->forecast == NULL
                               ? json_null()
                               : forecast_json(arena, view->forecast, view, &alerts[i]);
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o, s:o}", "command", command_kind_name(alerts[i].kind),
                      "values", values_json(alerts[i].values, alerts[i].value_count), "groups",
                      values_json(alerts[i].groups, alerts[i].group_count), "forecast", forecast));
    }
    return list;
}

static json_t *mail_json(const struct mail *mail)
{
    return json_pack("{s:s?, s:s}", "from", mail->from == NULL ? NULL : mail->from->whole,
                     "subject", mail->subject);
}

static json_t *forward_json(const struct forwarded *forwarded)
{
    if (forwarded == NULL)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:o}", "kind", forward_kind_name(forwarded->kind), "by",
                     forwarded->forwarder, "comment", forwarded->comment, "mail",
                     mail_json(forwarded->mail));
}

/* NULL: nothing. */
static const char *command_of(const struct trial *trial)
{
    const struct reading *reading = trial->reading;

    if (trial->subscribing != NULL)
        return subscribing_kind_name(trial->subscribing->kind);
    return reading->kind == READING_COMMAND ? command_kind_name(reading->command->kind) : NULL;
}

json_t *trial_view_json(struct arena *arena, const struct trial_view *view)
{
    const struct trial *trial = view->trial;
    const struct reading *reading = trial->reading;
    const bool is_question = reading != NULL && reading->kind == READING_QUESTION;

    return json_pack(
        "{s:s, s:o, s:o, s:s, s:s, s:o, s:s?, s:s?, s:s?, s:o, s:o}", "file", view->file, "mail",
        mail_json(view->mail), "forward", forward_json(view->forwarded), "grammar", trial->grammar,
        "about", trial->about, "rules", rules_json(trial), "rule",
        reading == NULL || *reading->rule == '\0' ? NULL : reading->rule, "command",
        command_of(trial), "question", is_question ? reading->question->problem : NULL, "values",
        reading == NULL ? json_object() : values_json(reading->values, reading->value_count),
        "alerts", alerts_json(arena, view));
}
