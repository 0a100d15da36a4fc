#include "gateway/cli/trial_view.h"

#include "gateway/cli/forecast.h"
#include "gateway/cli/ink.h"

#include <stdio.h>
#include <string.h>

#define RULE_LEAST   12
#define RULE_MOST    40
#define INDENT       "           "
#define COMMENT_MOST 200

static bool is_of_alerts(enum command_kind kind)
{
    return kind == COMMAND_ALERT || kind == COMMAND_CLEAR || kind == COMMAND_ACKNOWLEDGE;
}

const struct grammar_alert *trial_view_alerts(struct arena *arena, const struct reading *reading,
                                              size_t *count)
{
    struct grammar_alert *one = ARENA_NEW(arena, struct grammar_alert);

    *count = 0;
    if (reading == NULL || reading->kind != READING_COMMAND ||
        !is_of_alerts(reading->command->kind))
        return NULL;
    *count = MAX(reading->alert_count, 1);
    if (reading->alert_count > 0)
        return reading->alerts;
    *one = (struct grammar_alert){reading->command->kind, reading->values, reading->value_count,
                                  reading->groups, reading->group_count};
    return one;
}

static void print_label(enum ink ink, const char *label)
{
    ink_print(ink, label, INK_LABEL_WIDTH);
}

static void print_values(const char *label, const struct grammar_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ink_print_row(INK_STRONG, i == 0 ? label : "", values[i].name, values[i].value);
}

static void print_line(enum ink ink, const char *label, const char *text)
{
    print_label(ink, label);
    ink_print(INK_PLAIN, text, 0);
    (void)putchar('\n');
}

static enum ink ink_of(enum trial_outcome outcome)
{
    static const enum ink inks[] = {[TRIAL_MATCHED] = INK_GOOD,
                                    [TRIAL_FAILED] = INK_BAD,
                                    [TRIAL_UNMATCHED] = INK_PLAIN,
                                    [TRIAL_UNREACHED] = INK_FAINT};

    return inks[outcome];
}

static int rule_width(const struct trial *trial)
{
    glong width = RULE_LEAST;

    for (size_t i = 0; i < trial->rule_count; i++)
        width = MAX(width, g_utf8_strlen(trial->rules[i].name, -1));
    return (int)MIN(width, RULE_MOST);
}

static void print_rules(const struct trial *trial)
{
    const int width = rule_width(trial) + 2;

    ink_print(INK_FAINT, "outcome", INK_LABEL_WIDTH);
    ink_print(INK_FAINT, "rule", width);
    ink_print(INK_FAINT, "line", 0);
    (void)putchar('\n');
    for (size_t i = 0; i < trial->rule_count; i++) {
        const struct trial_rule *rule = &trial->rules[i];
        print_label(ink_of(rule->outcome), trial_outcome_name(rule->outcome));
        ink_print(rule->outcome == TRIAL_UNREACHED ? INK_FAINT : INK_PLAIN, rule->name, width);
        (void)printf("%4u\n", rule->line);
        if (*rule->why == '\0')
            continue;
        (void)fputs(INDENT, stdout);
        ink_print(rule->outcome == TRIAL_FAILED ? INK_BAD : INK_FAINT, rule->why, 0);
        (void)putchar('\n');
    }
}

static void print_alert(struct arena *arena, const struct trial_view *view,
                        const struct grammar_alert *alert)
{
    print_values("group", alert->groups, alert->group_count);
    ink_print_row(INK_STRONG, "command", command_kind_name(alert->kind), "");
    print_values("", alert->values, alert->value_count);
    if (view->forecast != NULL)
        forecast_print(arena, view->forecast, view, alert);
}

/* What a grammar's rules made of it; false: it was no rule. */
static bool print_reading(struct arena *arena, const struct trial_view *view)
{
    const struct reading *reading = view->trial->reading;
    size_t count = 0;
    const struct grammar_alert *alerts = trial_view_alerts(arena, reading, &count);

    for (size_t i = 0; i < count; i++) {
        if (count > 1)
            print_line(INK_STRONG, "alert", arena_format(arena, "%zu of %zu", i + 1, count));
        print_alert(arena, view, &alerts[i]);
    }
    if (count > 0)
        return true;
    if (reading->kind == READING_NOTHING && *reading->rule == '\0') {
        print_line(INK_BAD, "nothing", "no rule matched");
        return true;
    }
    if (reading->kind != READING_COMMAND || *reading->rule == '\0')
        return false;
    print_values("group", reading->groups, reading->group_count);
    ink_print_row(INK_STRONG, "command", command_kind_name(reading->command->kind), "");
    print_values("", reading->values, reading->value_count);
    return true;
}

static void print_forward(struct arena *arena, const struct forwarded *forwarded)
{
    const struct mail *inner = forwarded->mail;

    ink_print_row(INK_STRONG, "forward", forward_kind_name(forwarded->kind),
                  *forwarded->forwarder == '\0'
                      ? "the inner mail is read"
                      : arena_format(arena, "by %s; the inner mail is read", forwarded->forwarder));
    ink_print_row(INK_PLAIN, "", "from", inner->from == NULL ? "(nobody)" : inner->from->whole);
    ink_print_row(INK_PLAIN, "", "subject", inner->subject);
    if (*forwarded->comment != '\0')
        ink_print_row(INK_PLAIN, "", "comment",
                      text_clean_line(arena, text_of(forwarded->comment), COMMENT_MOST));
}

void trial_view_print(struct arena *arena, const struct trial_view *view)
{
    const struct trial *trial = view->trial;

    print_line(INK_STRONG, "mail", view->file);
    ink_print_row(INK_PLAIN, "", "from",
                  view->mail->from == NULL ? "(nobody)" : view->mail->from->whole);
    ink_print_row(INK_PLAIN, "", "subject", view->mail->subject);
    if (view->forwarded != NULL)
        print_forward(arena, view->forwarded);
    if (trial->subscribing != NULL || trial->rule_count == 0) { /* a vocabulary */
        (void)printf("%s\n", grammar_write_trial(arena, trial));
        return;
    }
    ink_print_row(INK_STRONG, "grammar", trial->grammar, trial->about);
    print_rules(trial);
    if (!print_reading(arena, view))
        (void)fputs(grammar_write_trial(arena, trial), stdout);
    (void)putchar('\n');
}
