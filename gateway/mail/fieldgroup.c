#include "gateway/mail/fieldgroup.h"

#include "gateway/mail/prescan.h"

#include <string.h>

#define ADDRESS_CHARACTERS 320
#define HIGHEST_CHARACTER  0x10FFFF

static struct text unfold(struct arena *arena, struct text raw)
{
    char *value = arena_alloc(arena, raw.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < raw.size; i++) {
        if (raw.at[i] != '\r' && raw.at[i] != '\n') {
            value[size++] = raw.at[i];
        }
    }
    return text_trim(text_from(value, size));
}

static bool next_group(struct arena *arena, struct text *rest, struct fieldgroup *group)
{
    struct text name;
    struct text value;

    group->count = 0;
    while (prescan_next_field(rest, &name, &value)) {
        if (name.size > 0 && group->count < FIELDGROUP_FIELDS) {
            group->fields[group->count++] =
                (struct mail_field){text_trim(name), unfold(arena, value)};
        }
    }
    return group->count > 0;
}

bool fieldgroup_next(struct arena *arena, struct text *rest, struct fieldgroup *group)
{
    if (group->fields == NULL) {
        group->fields = ARENA_ARRAY(arena, struct mail_field, FIELDGROUP_FIELDS);
    }
    while (rest->size > 0) {
        if (next_group(arena, rest, group)) {
            return true;
        }
    }
    return false;
}

struct text fieldgroup_find(const struct fieldgroup *group, const char *name)
{
    for (size_t i = 0; i < group->count; i++) {
        if (text_is_equal_any_case(group->fields[i].name, text_of(name))) {
            return group->fields[i].value;
        }
    }
    return TEXT("");
}

/* Where the comment that begins at `at` ends: comments nest, and one without end has no place here. */
static size_t skip_comment(struct text value, size_t at)
{
    size_t level = 0;

    for (size_t i = at; i < value.size; i++) {
        if (value.at[i] == '\\') {
            i++;
        } else if (value.at[i] == '(') {
            level++;
        } else if (value.at[i] == ')' && --level == 0) {
            return i + 1;
        }
    }
    return at + 1;
}

static struct text without_comments(struct arena *arena, struct text value)
{
    char *kept = arena_alloc(arena, value.size + 1);
    size_t size = 0;
    bool is_whole = true; /* an opened comment without end is not looked for again: linear */

    for (size_t i = 0; i < value.size;) {
        size_t end = value.at[i] == '(' && is_whole ? skip_comment(value, i) : i;
        is_whole = is_whole && end != i + 1;
        if (end > i + 1) {
            i = end;
        } else {
            kept[size++] = value.at[i++];
        }
    }
    return text_trim(text_from(kept, size));
}

const char *fieldgroup_word(struct arena *arena, struct text value, size_t most)
{
    return text_clean_line(arena, without_comments(arena, value), most);
}

/* What must stand encoded in xtext, and nothing that may also stand there as it is: "ada+BB@…" is no
 * xtext of a program that encodes what it must. */
static bool is_encoded(struct text text, size_t at, char *byte)
{
    if (at + 2 >= text.size || !g_ascii_isxdigit(text.at[at + 1]) ||
        !g_ascii_isxdigit(text.at[at + 2])) {
        return false;
    }
    int code = g_ascii_xdigit_value(text.at[at + 1]) * 16 + g_ascii_xdigit_value(text.at[at + 2]);
    *byte = (char)code;
    return code > ' ' && code < 0x7f && !g_ascii_isalnum((gchar)code);
}

/* Decoded only if each '+' in it stands before two digits that mean something: many programs give the
 * address as it is. */
static struct text decode_xtext(struct arena *arena, struct text text)
{
    char *decoded = arena_alloc(arena, text.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        char byte = text.at[i];
        if (byte == '+') {
            if (!is_encoded(text, i, &byte)) {
                return text;
            }
            i += 2;
        }
        decoded[size++] = byte;
    }
    return text_from(decoded, size);
}

/* The character of an "\x{E9}" that begins at `at`; *end is behind it. 0: there is none. */
static gunichar read_escape(struct text text, size_t at, size_t *end)
{
    gunichar character = 0;
    size_t i = at + 3;

    if (!text_has_prefix(text_skip(text, at), TEXT("\\x{"))) {
        return 0;
    }
    for (; i < text.size && i < at + 9 && g_ascii_isxdigit(text.at[i]); i++) {
        character = character * 16 + (gunichar)g_ascii_xdigit_value(text.at[i]);
    }
    if (i >= text.size || text.at[i] != '}' || character == 0 || character > HIGHEST_CHARACTER ||
        !g_unichar_validate(character)) {
        return 0;
    }
    *end = i + 1;
    return character;
}

static struct text decode_utf8(struct arena *arena, struct text text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < text.size;) {
        size_t end = i + 1;
        gunichar character = read_escape(text, i, &end);
        if (character != 0) {
            g_string_append_unichar(out, character);
        } else {
            g_string_append_c(out, text.at[i]);
        }
        i = end;
    }
    return text_from(arena_copy(arena, out->str, out->len), out->len);
}

static struct text without_brackets(struct text text)
{
    text = text_trim(text);
    if (text_has_prefix(text, TEXT("<"))) {
        text = text_skip(text, 1);
    }
    return text_has_suffix(text, TEXT(">")) ? text_first(text, text.size - 1) : text;
}

const char *fieldgroup_address(struct arena *arena, struct text value)
{
    struct text bare = without_comments(arena, value);
    ptrdiff_t semicolon = text_find_byte(bare, ';');
    struct text type = semicolon < 0 ? TEXT("") : text_trim(text_first(bare, (size_t)semicolon));
    struct text address =
        semicolon < 0 ? bare : without_brackets(text_skip(bare, (size_t)semicolon + 1));

    if (text_is_equal_any_case(type, TEXT("utf-8"))) {
        address = decode_utf8(arena, address);
    }
    address = decode_xtext(arena, without_brackets(address));
    return text_clean_line(arena, address, ADDRESS_CHARACTERS);
}
