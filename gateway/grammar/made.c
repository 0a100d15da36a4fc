#include "gateway/grammar/made.h"

#include "gateway/grammar/fill.h"

#include <assert.h>

#define MAY(kind) (1U << (kind))

/* What later issues let operators say has its place here then. */
static const unsigned may[] = {
    [GRAMMAR_OPERATOR] =
        MAY(COMMAND_OPEN) | MAY(COMMAND_UPDATE) | MAY(COMMAND_HELP) | MAY(COMMAND_IGNORE),
    [GRAMMAR_MONITOR] =
        MAY(COMMAND_ALERT) | MAY(COMMAND_CLEAR) | MAY(COMMAND_ACKNOWLEDGE) | MAY(COMMAND_IGNORE),
};
static_assert(G_N_ELEMENTS(may) == GRAMMAR_ROLE_COUNT, "a role has no rights");

bool made_may(enum grammar_role role, enum command_kind kind)
{
    assert((size_t)role < GRAMMAR_ROLE_COUNT);
    return (may[role] & MAY(kind)) != 0;
}

bool made_is_plain(enum command_kind kind)
{
    return (may[GRAMMAR_MONITOR] & MAY(kind)) != 0;
}

static const char *value_of(const struct reading *reading, const char *name)
{
    return grammar_value_find(reading->values, reading->value_count, name);
}

static void take_components(struct hearing *hearing, const struct reading *reading)
{
    const char *value = value_of(reading, "components");

    if (value != NULL)
        said_components(&hearing->said, text_of(value), text_of(value));
}

/* Values were judged when they were made: severity and status are of their enums. */
static void take_values(struct hearing *hearing, const struct reading *reading)
{
    struct said *said = &hearing->said;
    const char *title = value_of(reading, "title");
    const char *notify = value_of(reading, "notify");
    const char *preview = value_of(reading, "preview");
    const char *note = value_of(reading, "note");
    const char *message = value_of(reading, "message");

    if (title != NULL)
        said_title(said, text_of(title), text_of(title));
    if (notify != NULL)
        said_notify(said, text_of(notify), text_of(notify));
    if (preview != NULL)
        said_preview(said, text_of(preview), text_of(preview));
    g_string_append(said->note, note != NULL ? note : "");
    g_string_append(said->text, message != NULL ? message : "");
    take_components(hearing, reading);
}

static void take_states(struct command *command, const struct reading *reading)
{
    const char *status = value_of(reading, "status");
    const char *severity = value_of(reading, "severity");

    command->has_status =
        status != NULL && incident_status_parse(text_of(status), &command->status);
    command->has_severity =
        severity != NULL && incident_severity_parse(text_of(severity), &command->severity);
}

void made_read(struct hearing *hearing, enum command_kind kind, struct reading *reading)
{
    struct said *said = &hearing->said;

    said->command.kind = kind;
    take_states(&said->command, reading);
    take_values(hearing, reading);
    if (kind == COMMAND_UPDATE && people_find_incident(hearing)) {
        if (hearing->incident != NULL)
            said->command.incident_id = hearing->incident->id;
        else
            people_ask_which(hearing);
    }
    people_conclude(hearing, reading);
    reading->was_explicit = true;
}

void made_plain(struct arena *arena, const struct grammar_request *request, enum command_kind kind,
                struct reading *reading)
{
    struct command *command = ARENA_NEW(arena, struct command);
    const char *message = value_of(reading, "message");

    *command = (struct command){
        .kind = kind,
        .page_id = request->page != NULL ? request->page->id : "",
        .title = value_of(reading, "title"),
        .message = message != NULL ? message : "",
        .note = "",
    };
    take_states(command, reading);
    reading->kind = READING_COMMAND;
    reading->command = command;
}
