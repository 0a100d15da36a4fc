/* A monitor's mail, by all grammars of monitors. */
#include "gateway/grammar/books.h"

#include <string.h>

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

static bool book_has_group(const struct rulebook *book, const char *name)
{
    for (size_t i = 0; i < book->rule_count; i++)
        if (rule_has_group(&book->rules[i], name))
            return true;
    return false;
}

bool grammars_have_group(const struct grammars *grammars, const char *grammar, const char *name)
{
    bool was_asked = false;

    for (size_t i = 0; i < grammars->book_count; i++) {
        const struct rulebook *book = grammars->books[i];
        if (*grammar == '\0' ? !book->is_of_monitors : strcmp(book->name, grammar) != 0)
            continue;
        if (book_has_group(book, name))
            return true;
        was_asked = true;
    }
    return !was_asked;
}

bool grammars_have_place(const struct grammars *grammars, const char *grammar, const char *name)
{
    static const char *const ours[] = {"monitor", "component",  "severity", "key", "title",
                                       "message", "components", "url",      "at",  "who"};

    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        if (strcmp(ours[i], name) == 0)
            return true;
    return grammars_have_group(grammars, grammar, name);
}
