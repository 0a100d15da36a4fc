#include "gateway/incident/command.h"

#include <assert.h>

static const char *const names[] = {
    [COMMAND_OPEN] = "open",
    [COMMAND_UPDATE] = "update",
    [COMMAND_ALERT] = "alert",
    [COMMAND_CLEAR] = "clear",
    [COMMAND_MAINTAIN] = "maintain",
    [COMMAND_POSTMORTEM] = "postmortem",
    [COMMAND_SUBSCRIBE] = "subscribe",
    [COMMAND_UNSUBSCRIBE] = "unsubscribe",
    [COMMAND_CONFIRM] = "confirm",
    [COMMAND_PREFERENCES] = "preferences",
    [COMMAND_HELP] = "help",
    [COMMAND_IGNORE] = "ignore",
    [COMMAND_ACKNOWLEDGE] = "acknowledge",
};
static_assert(G_N_ELEMENTS(names) == COMMAND_KIND_COUNT, "a command has no name");

const char *command_kind_name(enum command_kind kind)
{
    assert((size_t)kind < COMMAND_KIND_COUNT);
    return names[kind];
}

bool command_kind_parse(struct text name, enum command_kind *kind)
{
    for (size_t i = 0; i < COMMAND_KIND_COUNT; i++)
        if (text_is_equal(name, text_of(names[i]))) {
            *kind = (enum command_kind)i;
            return true;
        }
    return false;
}
