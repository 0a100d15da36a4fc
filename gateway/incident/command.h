/* gateway/incident/command.h: what somebody wants done, whatever the door it came through. */
#pragma once

#include "gateway/incident/incident.h"

/* The closed set that a grammar may name (DESIGN section 7). */
enum command_kind {
    COMMAND_OPEN,
    COMMAND_UPDATE,
    COMMAND_ALERT,
    COMMAND_CLEAR,
    COMMAND_MAINTAIN,
    COMMAND_POSTMORTEM,
    COMMAND_SUBSCRIBE,
    COMMAND_UNSUBSCRIBE,
    COMMAND_CONFIRM,
    COMMAND_PREFERENCES,
    COMMAND_HELP,
    COMMAND_IGNORE,
    COMMAND_ACKNOWLEDGE, /* of an alert: somebody has seen it */
};
#define COMMAND_KIND_COUNT 13

enum actor_role { ACTOR_OPERATOR, ACTOR_MONITOR, ACTOR_SHELL, ACTOR_SYSTEM };

struct actor {
    enum actor_role role;
    const char *by;     /* recorded with the update: address, "cli:USER", "monitor:NAME" */
    const char *proofs; /* "sasl", "dkim,reply_key"; "" from a shell */
    const char *client; /* IP address, "" when none */
    const char *message_id;
    const struct operator* operator; /* NULL unless role is ACTOR_OPERATOR */
    const struct monitor
        *monitor; /* NULL unless role is ACTOR_MONITOR, and then its policy alone has
                                        made the command (alert.h) */
};

enum component_action { COMPONENT_ADD, COMPONENT_REMOVE };

struct component_change {
    enum component_action action;
    const char *component_id; /* one of the page's: who makes a command has resolved it */
    bool has_state;
    enum component_state state;
};

struct command {
    enum command_kind kind;
    const char *page_id;
    struct actor actor;
    int64_t incident_id; /* which; 0 with COMMAND_OPEN */
    const char *title;   /* NULL: not said */
    bool has_status;
    enum incident_status status;
    bool has_severity;
    enum incident_severity severity;
    bool replaces_components; /* the list is all there is to be, rather than changes to it */
    const struct component_change *components;
    size_t component_count;
    const char *message; /* public text; "" when none */
    const char *note;    /* private text; "" when none */
    const struct schedule
        *schedule;   /* NULL: says nothing of a maintenance. With COMMAND_MAINTAIN a new
                                        one */
    bool is_silent;  /* Notify: no */
    bool is_preview; /* answer with what would be sent, change nothing */
};

/* "open", "update" …, as grammars write them. */
const char *command_kind_name(enum command_kind kind);
bool command_kind_parse(struct text name, enum command_kind *kind);
