/* Grammars under a single file's view: `tocsin grammar check` and `try`. */
#include "gateway/base/moment.h"
#include "gateway/grammar/books.h"
#include "gateway/grammar/subscribing.h"
#include "gateway/grammar/undelivered.h"

#include <assert.h>
#include <string.h>

static const char *const outcome_names[] = {
    [TRIAL_MATCHED] = "matched",
    [TRIAL_FAILED] = "failed",
    [TRIAL_UNMATCHED] = "unmatched",
    [TRIAL_UNREACHED] = "unreached",
};
static_assert(G_N_ELEMENTS(outcome_names) == TRIAL_OUTCOME_COUNT, "an outcome has no name");

const char *trial_outcome_name(enum trial_outcome outcome)
{
    assert((size_t)outcome < TRIAL_OUTCOME_COUNT);
    return outcome_names[outcome];
}

bool grammar_check_file(const char *path, struct problems *problems)
{
    OWN(grammars) grammars = books_open();
    const struct loader loader = {grammars->arena, problems, grammars->patterns};

    if (!books_add(grammars, path, false, problems))
        return false;
    if (grammars->bouncebook_count > 0)
        bouncebook_stress(&loader, grammars->bouncebooks[0]);
    else
        rulebook_stress(&loader, grammars->books[0]);
    return true;
}

static void try_book(struct grammars *grammars, struct arena *arena,
                     const struct grammar_request *request, struct trial *trial)
{
    const struct rulebook *book = grammars->books[0];
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct trial_rule *rows = ARENA_ARRAY(arena, struct trial_rule, book->rule_count);
    struct books_reading asked = {.grammars = grammars,
                                  .arena = arena,
                                  .request = request,
                                  .reading = reading,
                                  .trial = rows,
                                  .is_trial = true};

    *reading = (struct reading){.kind = READING_NOTHING, .grammar = "", .rule = ""};
    grammars->language = book->language;
    matcher_begin(grammars->matcher);
    if (!books_ask_rules(&asked, book) && book->language != NULL)
        books_ask_language(&asked, book);
    matcher_end(grammars->matcher);
    *trial = (struct trial){arena_string(arena, book->name),
                            arena_string(arena, book->about),
                            rows,
                            book->rule_count,
                            reading,
                            NULL};
}

/* Read as a confirmed subscriber's: whose lines count. */
static void try_subscribing(struct grammars *grammars, struct arena *arena,
                            const struct grammar_request *request, struct trial *trial)
{
    const struct rulebook *book = grammars->books[0];
    const struct subscribing_request asked = {
        .mail = request->mail,
        .page = request->page,
        .extension = request->extension,
        .is_subscriber = true,
        .now = request->mail->date_at,
    };

    grammars->subscribing = book->language;
    if (grammars->book_count > 1)
        grammars->language = grammars->books[1]->language;
    *trial = (struct trial){.grammar = arena_string(arena, book->name),
                            .about = arena_string(arena, book->about)};
    trial->subscribing = grammar_read_subscriber(grammars, arena, &asked);
}

/* Greetings and prefixes of subjects are known to the operators' vocabulary. */
static void add_beside(struct grammars *grammars, struct arena *arena, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *beside = g_build_filename(folder, "operator.yaml", NULL);

    if (g_file_test(beside, G_FILE_TEST_IS_REGULAR))
        (void)books_add(grammars, beside, false, problems_new(arena));
}

static const struct grammar_value *list_findings(struct arena *arena,
                                                 const struct bounce_reading *bounce)
{
    struct grammar_value *values = ARENA_ARRAY(arena, struct grammar_value, bounce->count);

    for (size_t i = 0; i < bounce->count; i++) {
        const struct bounce_finding *one = &bounce->findings[i];
        values[i].name = one->verdict == BOUNCE_PERMANENT ? "permanent" : "temporary";
        values[i].value =
            arena_format(arena, "%s %s (%s)", one->address,
                         *one->status != '\0' ? one->status : "without a code", one->words);
    }
    return values;
}

/* A table of bounces: its rules up to the one that spoke, and the addresses that were found. */
static void try_bounces(struct grammars *grammars, struct arena *arena, const struct mail *mail,
                        struct trial *trial)
{
    const struct bouncebook *book = grammars->bouncebooks[0];
    const struct bounce_reading *bounce = grammar_read_bounce(
        grammars, arena, mail, mail_read_report(arena, mail, &mail_limits_default));
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct trial_rule *rows = ARENA_ARRAY(arena, struct trial_rule, book->rule_count);
    enum trial_outcome outcome =
        strcmp(bounce->rule, "report") == 0 ? TRIAL_UNREACHED : TRIAL_UNMATCHED;

    for (size_t i = 0; i < book->rule_count; i++) {
        const bool is_it =
            outcome == TRIAL_UNMATCHED && strcmp(bounce->rule, book->rules[i].name) == 0;
        rows[i] = (struct trial_rule){.name = arena_string(arena, book->rules[i].name),
                                      .line = book->rules[i].line,
                                      .outcome = is_it ? TRIAL_MATCHED : outcome,
                                      .why = ""};
        outcome = is_it ? TRIAL_UNREACHED : outcome;
    }
    *reading = (struct reading){.kind = READING_NOTHING,
                                .grammar = "",
                                .rule = bounce->rule,
                                .values = list_findings(arena, bounce),
                                .value_count = bounce->count};
    *trial = (struct trial){arena_string(arena, book->name),
                            arena_string(arena, book->about),
                            rows,
                            book->rule_count,
                            reading,
                            NULL};
}

const struct trial *grammar_try_file(struct arena *arena, const char *path,
                                     const struct grammar_request *request,
                                     struct problems *problems)
{
    static const struct page no_page = {.id = "", .name = "", .time_zone = "Etc/UTC"};
    OWN(grammars) grammars = books_open();
    struct grammar_request own = *request;
    struct trial *trial = ARENA_NEW(arena, struct trial);

    if (!books_add(grammars, path, false, problems))
        return NULL;
    if (grammars->bouncebook_count > 0) {
        try_bounces(grammars, arena, request->mail, trial);
        return trial;
    }
    if (own.page == NULL)
        own.page = &no_page;
    const struct language *language = grammars->books[0]->language;
    if (language != NULL && language->kind == LANGUAGE_OF_SUBSCRIBERS) {
        add_beside(grammars, arena, path);
        try_subscribing(grammars, arena, &own, trial);
        return trial;
    }
    try_book(grammars, arena, &own, trial);
    return trial;
}

static void write_subscribing(GString *out, const struct subscribing *said, struct arena *arena)
{
    static const char indent[] = "           ";

    if (said->kind == SUBSCRIBING_QUESTION) {
        g_string_append_printf(out, "question   %s\n%s> %s\n", said->problem, indent, said->quoted);
        for (size_t i = 0; i < said->suggestion_count; i++)
            g_string_append_printf(out, "%s%s\n", indent, said->suggestions[i]);
        return;
    }
    if (said->kind == SUBSCRIBING_NOTHING) {
        g_string_append(out, "nothing    no command\n");
        return;
    }
    g_string_append_printf(out, "command    %s\n", subscribing_kind_name(said->kind));
    struct text rest = text_of(said->wishes != NULL ? wishes_write(arena, said->wishes) : "");
    struct text line;
    while (text_next_line(&rest, &line))
        g_string_append_printf(out, "%s%.*s\n", indent, (int)line.size, line.at);
}

static void write_values(GString *out, const struct grammar_value *values, size_t count,
                         const char *indent)
{
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(out, "%s%-12s ", indent, values[i].name);
        for (const char *at = values[i].value; *at != '\0'; at++)
            if (*at == '\n')
                g_string_append_printf(out, "\n%s%13s", indent, "");
            else
                g_string_append_c(out, *at);
        g_string_append_c(out, '\n');
    }
}

static void write_rule(GString *out, const struct trial_rule *rule)
{
    g_string_append_printf(out, "%-10s %s (line %u)\n", trial_outcome_name(rule->outcome),
                           rule->name, rule->line);
    if (*rule->why != '\0')
        g_string_append_printf(out, "           %s\n", rule->why);
    write_values(out, rule->groups, rule->group_count, "           ");
}

static void write_question(GString *out, const struct question *question)
{
    g_string_append_printf(out, "question   %s: %s\n", question_kind_name(question->kind),
                           question->problem);
    if (*question->quoted != '\0')
        g_string_append_printf(out, "           > %s\n", question->quoted);
    for (size_t i = 0; i < question->suggestion_count; i++)
        g_string_append_printf(out, "           %s\n", question->suggestions[i]);
}

static void write_components(GString *out, const struct command *command)
{
    static const char indent[] = "           ";

    for (size_t i = 0; i < command->component_count; i++) {
        const struct component_change *change = &command->components[i];
        const char *sign = change->action == COMPONENT_REMOVE ? "-" : "+";
        g_string_append_printf(out, "%s%-12s %s%s%s%s\n", indent, "component",
                               command->replaces_components ? "" : sign, change->component_id,
                               change->has_state ? "=" : "",
                               change->has_state ? component_state_name(change->state) : "");
    }
}

/* One below the other, as they stand in the mail. */
static void write_alerts(GString *out, const struct reading *reading)
{
    for (size_t i = 0; i < reading->alert_count; i++) {
        const struct grammar_alert *alert = &reading->alerts[i];
        g_string_append_printf(out, "command    %s\n", command_kind_name(alert->kind));
        write_values(out, alert->values, alert->value_count, "           ");
    }
}

static void write_command(GString *out, const struct reading *reading)
{
    static const char indent[] = "           ";
    const struct command *command = reading->command;
    struct grammar_value values[8];
    size_t count = 0;

    if (reading->alert_count > 1) {
        write_alerts(out, reading);
        return;
    }
    g_string_append_printf(out, "command    %s\n", command_kind_name(command->kind));
    if (reading->value_count > 0) {
        write_values(out, reading->values, reading->value_count, indent);
        return;
    }
    if (command->title != NULL)
        values[count++] = (struct grammar_value){"title", command->title};
    if (command->has_status || command->kind == COMMAND_OPEN)
        values[count++] = (struct grammar_value){"status", incident_status_name(command->status)};
    if (command->has_severity || command->kind == COMMAND_OPEN)
        values[count++] =
            (struct grammar_value){"severity", incident_severity_name(command->severity)};
    if (command->is_silent)
        values[count++] = (struct grammar_value){"notify", "no"};
    if (command->is_preview)
        values[count++] = (struct grammar_value){"preview", "yes"};
    if (*command->message != '\0')
        values[count++] = (struct grammar_value){"message", command->message};
    if (*command->note != '\0')
        values[count++] = (struct grammar_value){"note", command->note};
    write_values(out, values, count, indent);
    write_components(out, command);
}

static void write_schedule(GString *out, const struct schedule *schedule, struct arena *arena)
{
    static const char indent[] = "           ";
    struct grammar_value values[4];
    size_t count = 0;

    if (schedule == NULL)
        return;
    if (schedule->has_starts)
        values[count++] =
            (struct grammar_value){"start", moment_write_iso(arena, schedule->starts_at)};
    if (schedule->has_ends)
        values[count++] = (struct grammar_value){"end", moment_write_iso(arena, schedule->ends_at)};
    if (schedule->has_state)
        values[count++] = (struct grammar_value){"step", maintenance_state_name(schedule->state)};
    if (schedule->has_completes)
        values[count++] =
            (struct grammar_value){"auto-complete", schedule->completes_by_time ? "yes" : "no"};
    write_values(out, values, count, indent);
}

char *grammar_write_trial(struct arena *arena, const struct trial *trial)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const struct reading *reading = trial->reading;

    g_string_append_printf(out, "grammar    %s%s%s\n", trial->grammar,
                           *trial->about != '\0' ? ": " : "", trial->about);
    if (trial->subscribing != NULL) {
        write_subscribing(out, trial->subscribing, arena);
        return arena_copy(arena, out->str, out->len);
    }
    for (size_t i = 0; i < trial->rule_count; i++)
        write_rule(out, &trial->rules[i]);
    switch (reading->kind) {
    case READING_COMMAND:
        write_command(out, reading);
        write_schedule(out, reading->command->schedule, arena);
        break;
    case READING_QUESTION:
        write_question(out, reading->question);
        break;
    case READING_NOTHING:
        if (*reading->rule == '\0')
            g_string_append(out, "nothing    no rule matched\n");
        else
            g_string_append_printf(out, "bounce     %s: %zu\n", reading->rule,
                                   reading->value_count);
        write_values(out, reading->values, reading->value_count, "           ");
        break;
    }
    return arena_copy(arena, out->str, out->len);
}
