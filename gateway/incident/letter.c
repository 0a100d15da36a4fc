#include "gateway/incident/letter.h"

#include <assert.h>

static const char *const names[] = {
    [LETTER_ANSWER] = "answer",       [LETTER_PREVIEW] = "preview",
    [LETTER_QUESTION] = "question",   [LETTER_HELP] = "help",
    [LETTER_HELD] = "held",           [LETTER_UNPUBLISHED] = "unpublished",
    [LETTER_KEY_SPENT] = "key_spent", [LETTER_COPY] = "copy",
    [LETTER_NOTE] = "note",           [LETTER_FAREWELL] = "farewell",
    [LETTER_TROUBLE] = "trouble",
};
static_assert(G_N_ELEMENTS(names) == LETTER_KIND_COUNT, "a letter has no name");

const char *letter_kind_name(enum letter_kind kind)
{
    assert((size_t)kind < LETTER_KIND_COUNT);
    return names[kind];
}
