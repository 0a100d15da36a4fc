/* tests/unit/gateway/grammar/ask.h: mails of subscribers made by hand, and what was understood as one line:
 * "subscribe; components: api; severity: major", "? " and the problem. */
#pragma once

#include "gateway/grammar/subscribing.h"
#include "tests/unit/gateway/grammar/hear.h"

#define ASK_NOW INT64_C(1795514400000) /* 2026-11-24 10:00 UTC */

struct ask_case {
    const char *subject;
    const char *text;
    const char *want;
};

static inline const struct subscribing *ask(struct grammars *grammars, struct arena *arena,
                                            const struct subscribing_request *like,
                                            const struct ask_case *one)
{
    const struct mail mail = {.subject = one->subject, .text = one->text, .raw_text = one->text};
    struct subscribing_request request = *like;

    request.mail = &mail;
    request.page = &hear_page;
    request.now = ASK_NOW;
    return grammar_read_subscriber(grammars, arena, &request);
}

static inline const char *ask_describe(struct arena *arena, const struct subscribing *said)
{
    g_autoptr(GString) out = g_string_new(subscribing_kind_name(said->kind));

    if (said->kind == SUBSCRIBING_QUESTION) {
        g_string_assign(out, "?");
        for (size_t i = 0; i < said->suggestion_count && i < 2; i++)
            g_string_append_printf(out, " <%s>", said->suggestions[i]);
    }
    if (said->wishes != NULL) {
        struct text rest = text_of(wishes_write(arena, said->wishes));
        struct text line;
        while (text_next_line(&rest, &line))
            g_string_append_printf(out, "; %.*s", (int)line.size, line.at);
    }
    return arena_string(arena, out->str);
}

/* Every case, all failures shown at once. */
static inline void ask_all(const struct subscribing_request *like, const struct ask_case *cases,
                           size_t count)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const struct subscribing *said = ask(grammars, arena, like, &cases[i]);
        const char *is = ask_describe(arena, said);
        if (strcmp(is, cases[i].want) == 0)
            continue;
        wrong++;
        print_error("\nSubject: %s\n%s\n  want: %s\n  is:   %s\n        %s\n", cases[i].subject,
                    cases[i].text, cases[i].want, is, said->problem);
    }
    assert_int_equal(wrong, 0);
}
