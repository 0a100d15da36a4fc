#include "gateway/mail/forward_author.h"

#include "gateway/base/error.h"
#include "gateway/mail/address.h"

#include <string.h>

#define NAME_CHARACTERS 200

const char *forward_author_plain(struct arena *arena, const char *value)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    bool is_open = false;

    for (const char *c = value; *c != '\0'; c++) {
        if ((*c == '[' || *c == '<') && g_ascii_strncasecmp(c + 1, "mailto:", 7) == 0) {
            g_string_append_c(plain, '<');
            is_open = *c == '[';
            c += 7;
        } else if (*c == ']' && is_open) {
            g_string_append_c(plain, '>');
            is_open = false;
        } else {
            g_string_append_c(plain, *c);
        }
    }
    return arena_copy(arena, plain->str, plain->len);
}

static size_t count_at_signs(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        count += text.at[i] == '@';
    }
    return count;
}

/* Whether `text`, which may be quoted or starred, is an address equal to `other`: Outlook's own name for
 * who has none. */
static bool is_same(struct text text, struct text other)
{
    while (text.size > 0 && strchr("\"'* ", text.at[0]) != NULL) {
        text = text_skip(text, 1);
    }
    while (text.size > 0 && strchr("\"'* ", text.at[text.size - 1]) != NULL) {
        text.size--;
    }
    return text_is_equal_any_case(text, other);
}

/* `anything <address> anything` without another '@'. */
static const struct mail_address *parse_angle(struct arena *arena, struct text value,
                                              GError **error)
{
    ptrdiff_t open = text_find_byte(value, '<');
    struct text inside = text_skip(value, (size_t)(open + 1));
    ptrdiff_t close = text_find_byte(inside, '>');

    if (open < 0 || close < 0) {
        error_set(error, TOCSIN_ERROR_INPUT, "it holds no address in angle brackets");
        return NULL;
    }
    struct text name = text_first(value, (size_t)open);
    struct text spec = text_trim(text_first(inside, (size_t)close));
    ptrdiff_t again = text_find_byte(spec, '<'); /* ada@example.com<mailto:ada@example.com> */
    spec = again > 0 ? text_first(spec, (size_t)again) : spec;
    struct text behind = text_skip(inside, (size_t)close + 1);
    if ((count_at_signs(name) > 0 && !is_same(name, spec)) || count_at_signs(behind) > 0) {
        error_set(error, TOCSIN_ERROR_INPUT, "it holds more than one address");
        return NULL;
    }
    const struct mail_address *strict = address_parse(arena, spec, error);
    if (strict == NULL) {
        return NULL;
    }
    struct mail_address *address = ARENA_NEW(arena, struct mail_address);
    *address = *strict;
    address->name = text_clean_line(arena, name, NAME_CHARACTERS);
    return address;
}

const struct mail_address *forward_author_parse(struct arena *arena, const char *value,
                                                GError **error)
{
    const char *plain = forward_author_plain(arena, value);
    const struct mail_address *strict = address_parse_from(arena, text_of(plain), NULL);

    return strict != NULL ? strict : parse_angle(arena, text_of(plain), error);
}
