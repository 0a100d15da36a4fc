/* gateway/grammar/saying.h: what the words of one line say: down, up, or both and which of them is newer. */
#pragma once

#include "gateway/grammar/generic.h"
#include "gateway/incident/incident.h"

enum saying {
    SAYING_NOTHING,
    SAYING_DOWN,
    SAYING_UP,
    SAYING_ACKNOWLEDGED,
    SAYING_UNCLEAR, /* more than one can know */
};

struct said_state {
    enum saying kind;
    bool has_state; /* UNCLEAR: there is a word of a state */
    bool has_severity;
    enum incident_severity severity;
    struct text word; /* that decided */
};

/* `folded` is the line whose words they are. */
struct said_state saying_read(struct text folded, const struct generic_word *words, size_t count);
