/* A monitor's mail, by all grammars of monitors. */
#include "gateway/grammar/books.h"

const struct reading *grammar_read_monitors(struct grammars *grammars, struct arena *arena,
                                            const struct grammar_request *request)
{
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct grammar_request own = *request;
    struct books_reading asked = {
        .grammars = grammars, .arena = arena, .request = &own, .reading = reading};
    struct candidates candidates;

    own.role = GRAMMAR_MONITOR; /* who forwards it may say no more than it says */
    *reading = (struct reading){.kind = READING_NOTHING, .grammar = "", .rule = ""};
    candidates_open(&candidates, arena, &own);
    asked.candidates = &candidates;
    matcher_begin(grammars->matcher);
    for (size_t i = 0; i < grammars->book_count; i++)
        if (grammars->books[i]->is_of_monitors && books_ask_rules(&asked, grammars->books[i]))
            break;
    matcher_end(grammars->matcher);
    return reading;
}
