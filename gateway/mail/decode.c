#include "gateway/mail/decode.h"

#include "gateway/base/moment.h"
#include "gateway/mail/charset.h"

#include <gmime/gmime.h>

#define ID_BYTES     998
#define HEADER_BYTES 65536

void decode_start(void)
{
    static gsize once = 0;

    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
}

const char *decode_header(struct arena *arena, struct text value, size_t most_characters)
{
    g_autoptr(GString) utf8 = g_string_new(NULL);

    decode_start();
    charset_convert(utf8, value, NULL, HEADER_BYTES);
    g_autofree char *decoded = g_mime_utils_header_decode_text(NULL, utf8->str);
    return text_clean_line(arena, text_of(decoded), most_characters);
}

static bool is_id(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] < '!' || text.at[i] > '~' || text.at[i] == '<') {
            return false;
        }
    }
    return text.size > 0 && text.size <= ID_BYTES;
}

const char *decode_next_id(struct arena *arena, struct text *rest)
{
    ptrdiff_t open;

    while ((open = text_find_byte(*rest, '<')) >= 0) {
        struct text inside = text_skip(*rest, (size_t)open + 1);
        ptrdiff_t close = text_find_byte(inside, '>');
        if (close < 0) {
            break;
        }
        struct text id = text_first(inside, (size_t)close);
        *rest = text_skip(inside, (size_t)close + 1);
        if (is_id(id)) {
            return arena_copy(arena, id.at, id.size);
        }
    }
    *rest = text_skip(*rest, rest->size);
    return NULL;
}

int64_t decode_date(struct text value)
{
    g_autofree char *string = g_strndup(value.at, value.size);

    decode_start();
    g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(string);
    return date == NULL ? 0 : g_date_time_to_unix(date) * SECOND_MS;
}
