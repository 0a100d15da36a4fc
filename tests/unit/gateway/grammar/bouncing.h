/* tests/unit/gateway/grammar/bouncing.h: mails that came back, read by the table that we ship. */
#pragma once

#include "gateway/grammar/undelivered.h"
#include "tests/unit/unit.h"

#define BOUNCES_BYTES ((size_t)64 << 20)

static inline struct grammars *bounces_open(const char *site)
{
    OWN(arena) arena = arena_open(BOUNCES_BYTES);
    struct problems *problems = problems_new(arena);
    const struct grammar_settings settings = {
        .site_directory = site, .shipped_directory = TOCSIN_SOURCE_DIR "/gateway/grammar"};
    struct grammars *grammars = grammars_open(&settings, problems);

    if (grammars == NULL)
        fail_msg("%s", problems_write(problems, arena));
    return grammars;
}

/* The mail, which the arena then holds, and what it says of addresses. A malformed one (a NUL in it),
 * which intake refuses, says nothing. */
static inline const struct bounce_reading *bounces_read(struct grammars *grammars,
                                                        struct arena *arena, struct text bytes)
{
    const struct text copy = text_from(arena_copy(arena, bytes.at, bytes.size), bytes.size);
    g_autoptr(GError) error = NULL;
    const struct mail *mail = mail_parse(arena, copy, &mail_limits_default, &error);

    if (mail == NULL) {
        print_message("refused: %s\n", error->message);
        return ARENA_NEW(arena, struct bounce_reading);
    }
    return grammar_read_bounce(grammars, arena, mail,
                               mail_read_report(arena, mail, &mail_limits_default));
}
