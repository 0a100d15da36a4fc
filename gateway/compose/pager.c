#include "gateway/compose/pager.h"

#include "gateway/compose/gsm.h"

#include <string.h>

#define ELLIPSIS    "..."
#define HEAD_MOST   80
#define TAIL_MOST   60
#define SOURCE_MOST 2000 /* characters looked at: the rest cannot be shown */

size_t pager_count_septets(struct text plain)
{
    uint32_t character = 0;
    size_t septets = 0;

    while (text_next_character(&plain, &character))
        septets += gsm_count_septets(character);
    return septets;
}

char *pager_write_plain(struct arena *arena, const char *text)
{
    g_autoptr(GString) output = g_string_new(NULL);
    struct text rest = text_of(text_clean_line(arena, text_of(text), SOURCE_MOST));
    uint32_t character = 0;

    while (text_next_character(&rest, &character))
        gsm_append(output, character);
    return text_clean_line(arena, text_from(output->str, output->len), output->len + 1);
}

/* The longest beginning that costs at most `most` septets. */
static struct text take_septets(struct text plain, size_t most)
{
    struct text rest = plain;
    struct text kept = text_first(plain, 0);
    uint32_t character = 0;
    size_t septets = 0;

    while (text_next_character(&rest, &character)) {
        septets += gsm_count_septets(character);
        if (septets > most)
            break;
        kept = text_first(plain, plain.size - rest.size);
    }
    return kept;
}

/* Cut at a word unless that would lose more than half. */
static char *cut(struct arena *arena, const char *plain, size_t most)
{
    const struct text text = text_of(plain);

    if (pager_count_septets(text) <= most)
        return arena_string(arena, plain);
    if (most <= strlen(ELLIPSIS))
        return arena_string(arena, "");
    const struct text room = take_septets(text, most - strlen(ELLIPSIS));
    struct text kept = room;
    if (room.at[room.size] != ' ') /* room is shorter than text: there is a next character */
        while (kept.size > 0 && kept.at[kept.size - 1] != ' ')
            kept.size--;
    if (kept.size < room.size / 2)
        kept = room;
    kept = text_trim(kept);
    return arena_format(arena, "%.*s" ELLIPSIS, (int)kept.size, kept.at);
}

char *pager_write_line(struct arena *arena, const char *head, const char *body, const char *tail)
{
    const char *first = cut(arena, pager_write_plain(arena, head), HEAD_MOST);
    const char *last = cut(arena, pager_write_plain(arena, tail), TAIL_MOST);
    const size_t used =
        pager_count_septets(text_of(first)) + pager_count_septets(text_of(last)) + 2;
    const char *middle = cut(arena, pager_write_plain(arena, body), PAGER_MOST_SEPTETS - used);
    const char *line = arena_format(arena, "%s %s %s", first, middle, last);

    return text_clean_line(arena, text_of(line), PAGER_MOST_SEPTETS);
}
