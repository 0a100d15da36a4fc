#include "gateway/grammar/fill.h"

#include "gateway/base/error.h"

#include <string.h>

#define PIECES_MOST  64
#define FILLED_BYTES ((size_t)64 * 1024)

static bool is_group_name(struct text name)
{
    if (name.size == 0 || name.size > 32 || g_ascii_isdigit(name.at[0]))
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (!g_ascii_isalnum(name.at[i]) && name.at[i] != '_')
            return false;
    return true;
}

/* Takes the group's name, with its braces, off `rest`, which begins with "{{". */
static const char *take_group(struct arena *arena, struct text *rest, GError **error)
{
    const ptrdiff_t end = text_find(*rest, TEXT("}}"));

    if (end < 0) {
        error_set(error, TOCSIN_ERROR_CONFIG, "`{{` without `}}`");
        return NULL;
    }
    const struct text name = text_trim(text_skip(text_first(*rest, (size_t)end), 2));
    if (!is_group_name(name)) {
        error_set(error, TOCSIN_ERROR_CONFIG, "`{{%.*s}}` is no group's name",
                  (int)MIN(name.size, 40), name.at);
        return NULL;
    }
    *rest = text_skip(*rest, (size_t)end + 2);
    return arena_copy(arena, name.at, name.size);
}

static const char *take_literal(struct arena *arena, struct text *rest)
{
    const ptrdiff_t end = text_find(*rest, TEXT("{{"));
    const struct text literal = end < 0 ? *rest : text_first(*rest, (size_t)end);

    *rest = text_skip(*rest, literal.size);
    return arena_copy(arena, literal.at, literal.size);
}

const struct fill *fill_parse(struct arena *arena, const char *source, GError **error)
{
    struct fill_piece *pieces = ARENA_ARRAY(arena, struct fill_piece, PIECES_MOST);
    struct text rest = text_of(source);
    size_t count = 0;

    while (rest.size > 0) {
        if (count == PIECES_MOST) {
            error_set(error, TOCSIN_ERROR_CONFIG, "has more than %d pieces", PIECES_MOST);
            return NULL;
        }
        struct fill_piece *piece = &pieces[count++];
        if (!text_has_prefix(rest, TEXT("{{"))) {
            piece->literal = take_literal(arena, &rest);
            continue;
        }
        piece->group = take_group(arena, &rest, error);
        if (piece->group == NULL)
            return NULL;
    }
    struct fill *fill = ARENA_NEW(arena, struct fill);
    *fill = (struct fill){pieces, count};
    return fill;
}

const char *grammar_value_find(const struct grammar_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    return NULL;
}

char *fill_write(struct arena *arena, const struct fill *fill, const struct grammar_value *groups,
                 size_t group_count)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < fill->count && out->len < FILLED_BYTES; i++) {
        const struct fill_piece *piece = &fill->pieces[i];
        const char *value = piece->literal != NULL
                                ? piece->literal
                                : grammar_value_find(groups, group_count, piece->group);
        g_string_append(out, value != NULL ? value : "");
    }
    size_t size = MIN(out->len, FILLED_BYTES);
    while (size < out->len && ((unsigned char)out->str[size] & 0xC0) == 0x80)
        size--; /* not inside a character */
    return arena_copy(arena, out->str, size);
}

char *grammar_fill_policy(struct arena *arena, const char *source,
                          const struct grammar_value *values, size_t count)
{
    const struct fill *fill = fill_parse(arena, source, NULL);

    return fill == NULL ? arena_string(arena, source) : fill_write(arena, fill, values, count);
}
