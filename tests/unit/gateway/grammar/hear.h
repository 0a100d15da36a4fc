/* tests/unit/gateway/grammar/hear.h: mails made by hand, and what was understood as one line. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/grammar/grammar.h"
#include "tests/unit/unit.h"

#define HEAR_NOW INT64_C(1795514400000) /* 2026-11-24 10:00 UTC, a Tuesday */
#define SHIPPED  TOCSIN_SOURCE_DIR "/gateway/grammar"

static const struct component hear_components[] = {
    {"comp_api", "API", "Core"},
    {"comp_web", "Website", "Core"},
    {"comp_db", "Database", ""},
    {"comp_eu_west", "EU West", "Regions"},
    {"comp_eu_east", "EU East", "Regions"},
    {"comp_mail", "Mail, incoming", ""},
};

static const struct page hear_page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .time_zone = "Europe/Berlin",
    .language = "en",
    .components = hear_components,
    .component_count = G_N_ELEMENTS(hear_components),
};

static const struct incident hear_42 = {
    .id = 7,
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API elevated error rates",
    .first_title = "API elevated error rates",
};
static const struct incident hear_43 = {
    .id = 8,
    .number = 43,
    .page_id = "sp_abc123",
    .title = "Mail is slow everywhere",
    .first_title = "Mail is slow",
};
static const struct incident hear_44 = {
    .id = 9,
    .number = 44,
    .page_id = "sp_abc123",
    .title = "Monitoring: dashboards down",
    .first_title = "Monitoring: dashboards down",
};
static const struct incident *const hear_incidents[] = {&hear_42, &hear_43, &hear_44};

static inline struct grammars *hear_open(struct arena *arena)
{
    const struct grammar_settings settings = {.shipped_directory = SHIPPED};
    struct problems *problems = problems_new(arena);
    struct grammars *grammars = grammars_open(&settings, problems);

    if (grammars == NULL)
        fail_msg("%s", problems_write(problems, arena));
    return grammars;
}

static void hear_components_of(GString *out, const struct command *command)
{
    g_string_append(out, command->replaces_components ? "; components=" : "; components:");
    for (size_t i = 0; i < command->component_count; i++) {
        const struct component_change *change = &command->components[i];
        const char *sign = change->action == COMPONENT_REMOVE ? "-" : "+";
        g_string_append_printf(out, "%s%s%s", i > 0 ? "," : "",
                               command->replaces_components ? "" : sign, change->component_id + 5);
        if (change->has_state)
            g_string_append_printf(out, "=%s", component_state_name(change->state));
    }
}

static void hear_schedule_of(GString *out, const struct schedule *schedule)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);

    if (schedule == NULL)
        return;
    if (schedule->has_starts)
        g_string_append_printf(out, "; start=%.16s", moment_write_iso(arena, schedule->starts_at));
    if (schedule->has_ends)
        g_string_append_printf(out, "; end=%.16s", moment_write_iso(arena, schedule->ends_at));
    if (schedule->has_extension)
        g_string_append_printf(out, "; longer=%d", (int)(schedule->extension_ms / 60000));
    if (schedule->has_state)
        g_string_append_printf(out, "; step=%s", maintenance_state_name(schedule->state));
    if (schedule->has_completes)
        g_string_append_printf(out, "; completes=%s", schedule->completes_by_time ? "yes" : "no");
}

/* "open; title=...; status=...; severity=...; components=api; text=...; note=...; silent; preview", only
 * what was said. */
static void hear_command(GString *out, const struct reading *reading)
{
    const struct command *command = reading->command;

    g_string_append(out, command_kind_name(command->kind));
    if (reading->incident != NULL)
        g_string_append_printf(out, " #%d", (int)reading->incident->number);
    if (command->title != NULL)
        g_string_append_printf(out, "; title=%s", command->title);
    if (command->has_status)
        g_string_append_printf(out, "; status=%s", incident_status_name(command->status));
    if (command->has_severity)
        g_string_append_printf(out, "; severity=%s", incident_severity_name(command->severity));
    hear_schedule_of(out, command->schedule);
    if (command->component_count > 0)
        hear_components_of(out, command);
    if (*command->message != '\0')
        g_string_append_printf(out, "; text=%s", command->message);
    if (*command->note != '\0')
        g_string_append_printf(out, "; note=%s", command->note);
    g_string_append(out, command->is_silent ? "; silent" : "");
    g_string_append(out, command->is_preview ? "; preview" : "");
}

static inline char *hear_describe(struct arena *arena, const struct reading *reading)
{
    g_autoptr(GString) out = g_string_new(NULL);

    switch (reading->kind) {
    case READING_COMMAND:
        hear_command(out, reading);
        break;
    case READING_QUESTION:
        g_string_append_printf(out, "? %s", question_kind_name(reading->question->kind));
        break;
    case READING_NOTHING:
        g_string_append(out, "nothing");
        break;
    }
    return arena_copy(arena, out->str, out->len);
}

/* What intake does with the store: here the store are hear_incidents, all open. */
struct hear_facts {
    const struct incident *numbered[GRAMMAR_NUMBERS];
    const struct incident *titled[1];
    struct thread_facts thread;
};

static void hear_look_up(const struct grammars *grammars, struct arena *arena,
                         const struct mail *mail, struct hear_facts *facts)
{
    int64_t numbers[GRAMMAR_NUMBERS];
    const char *titles[GRAMMAR_TITLES];
    const size_t number_count = grammar_find_numbers(grammars, mail, numbers);
    const size_t title_count = grammar_find_titles(grammars, arena, mail, titles);

    for (size_t i = 0; i < number_count; i++)
        for (size_t n = 0; n < G_N_ELEMENTS(hear_incidents); n++)
            if (hear_incidents[n]->number == numbers[i])
                facts->numbered[facts->thread.numbered_count++] = hear_incidents[n];
    for (size_t i = 0; i < title_count && facts->thread.titled_count == 0; i++)
        for (size_t n = 0; n < G_N_ELEMENTS(hear_incidents); n++)
            if (g_ascii_strcasecmp(hear_incidents[n]->title, titles[i]) == 0)
                facts->titled[facts->thread.titled_count++] = hear_incidents[n];
    facts->thread.numbered = facts->numbered;
    facts->thread.titled = facts->titled;
}

static inline const struct reading *hear(struct grammars *grammars, struct arena *arena,
                                         const struct incident *named, const char *subject,
                                         const char *text)
{
    const struct mail mail = {.subject = subject, .text = text, .raw_text = text, .message_id = ""};
    struct hear_facts facts = {.thread = {.named = named}};
    const struct grammar_request request = {.mail = &mail,
                                            .page = &hear_page,
                                            .thread = &facts.thread,
                                            .extension = "",
                                            .now = HEAR_NOW};

    hear_look_up(grammars, arena, &mail, &facts);
    return grammar_read(grammars, arena, &request);
}

struct hear_case {
    const char *subject;
    const char *text;
    const char *want;
};

/* Every case, all failures shown at once. */
static inline void hear_all(const struct incident *named, const struct hear_case *cases,
                            size_t count)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const struct reading *reading =
            hear(grammars, arena, named, cases[i].subject, cases[i].text);
        const char *is = hear_describe(arena, reading);
        if (strcmp(is, cases[i].want) == 0)
            continue;
        wrong++;
        print_error("\nSubject: %s\n%s\n  want: %s\n  is:   %s\n", cases[i].subject, cases[i].text,
                    cases[i].want, is);
        if (reading->kind == READING_QUESTION)
            print_error("        %s\n", reading->question->problem);
    }
    assert_int_equal(wrong, 0);
}
