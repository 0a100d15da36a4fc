/* tests/unit/gateway/store/commands.h: commands as Ada gives them, and their way into the store. */
#pragma once

#include "tests/unit/gateway/store/scene.h"

static const struct component_change commands_api[] = {{COMPONENT_ADD, "comp_api", false, 0}};

static inline struct command open_command(const char *title)
{
    return (struct command){
        .kind = COMMAND_OPEN,
        .page_id = "sp_abc123",
        .actor = {ACTOR_OPERATOR, "ada@example.com", "sasl", "192.0.2.1", "<m@x>", &scene_ada},
        .title = title,
        .has_severity = true,
        .severity = SEVERITY_MAJOR,
        .components = commands_api,
        .component_count = 1,
        .message = "We are looking.",
        .note = "",
    };
}

static inline struct command update_command(int64_t incident_id, const char *message)
{
    struct command command = open_command(NULL);

    command.kind = COMMAND_UPDATE;
    command.incident_id = incident_id;
    command.has_severity = false;
    command.component_count = 0;
    command.message = message;
    return command;
}

static inline const struct decision *change(struct scene *scene, const struct command *command,
                                            int64_t now)
{
    g_autoptr(GError) error = NULL;
    const struct decision *const decision =
        store_change(scene->store, scene->arena, &scene_page, command, now, &error);

    scene_fail_on(error);
    assert_non_null(decision);
    return decision;
}
