#include "gateway/incident/letter.h"

#include <assert.h>

static const char *const names[] = {
    [LETTER_ANSWER] = "answer",
    [LETTER_PREVIEW] = "preview",
    [LETTER_QUESTION] = "question",
    [LETTER_HELP] = "help",
    [LETTER_HELD] = "held",
    [LETTER_UNPUBLISHED] = "unpublished",
    [LETTER_KEY_SPENT] = "key_spent",
    [LETTER_COPY] = "copy",
    [LETTER_NOTE] = "note",
    [LETTER_FAREWELL] = "farewell",
    [LETTER_TROUBLE] = "trouble",
    [LETTER_CONFIRM] = "confirm",
    [LETTER_LEAVE] = "leave",
    [LETTER_WELCOME] = "welcome",
    [LETTER_PREFERENCES] = "preferences",
    [LETTER_COMMANDS] = "commands",
    [LETTER_FORWARD] = "forward",
    [LETTER_PROBE] = "probe",
    [LETTER_RESTORED] = "restored",
    [LETTER_DIGEST] = "digest",
    [LETTER_DRAFT] = "draft",
};
static_assert(G_N_ELEMENTS(names) == LETTER_KIND_COUNT, "a letter has no name");

const char *letter_kind_name(enum letter_kind kind)
{
    assert((size_t)kind < LETTER_KIND_COUNT);
    return names[kind];
}

bool letter_has_confirm_key(enum letter_kind kind)
{
    return kind == LETTER_CONFIRM || kind == LETTER_LEAVE || kind == LETTER_PREFERENCES;
}
