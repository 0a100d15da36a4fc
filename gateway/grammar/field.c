#include "gateway/grammar/field.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = {
    [FIELD_SUBJECT] = "subject",     [FIELD_FROM] = "from",         [FIELD_TO] = "to",
    [FIELD_HEADER] = "header",       [FIELD_BODY] = "body",         [FIELD_RAW_BODY] = "raw_body",
    [FIELD_EXTENSION] = "extension", [FIELD_CALENDAR] = "calendar",
};
static_assert(G_N_ELEMENTS(names) == FIELD_KIND_COUNT, "a field has no name");

const char *field_name(enum field_kind kind)
{
    assert((size_t)kind < FIELD_KIND_COUNT);
    return names[kind];
}

/* RFC 5322 section 3.6.8: printable ASCII but the colon. */
static bool is_header_name(const char *name)
{
    if (*name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if (!g_ascii_isgraph(*name) || *name == ':')
            return false;
    return true;
}

bool field_parse(const char *key, enum field_kind *kind, const char **header)
{
    static const char before[] = "header ";

    if (g_str_has_prefix(key, before)) {
        *kind = FIELD_HEADER;
        *header = key + strlen(before);
        return is_header_name(*header);
    }
    for (size_t i = 0; i < FIELD_KIND_COUNT; i++)
        if (i != FIELD_HEADER && strcmp(key, names[i]) == 0) {
            *kind = (enum field_kind)i;
            *header = NULL;
            return true;
        }
    return false;
}

static struct text join_addresses(struct arena *arena, const struct mail *mail)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < mail->to_count; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "\n" : "", mail->to[i].whole);
    return text_from(arena_copy(arena, out->str, out->len), out->len);
}

static bool join_headers(struct arena *arena, const struct mail *mail, const char *name,
                         struct text *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const struct mail_field *field = NULL;
    size_t n = 0;

    for (; (field = mail_find_field(mail, name, n)) != NULL; n++) {
        if (n > 0)
            g_string_append_c(out, '\n');
        g_string_append_len(out, field->value.at, (gssize)field->value.size);
    }
    if (n == 0)
        return false;
    *text = text_of(text_clean(arena, text_from(out->str, out->len)));
    return true;
}

/* What a mailing list is called, "ops" of `Operators <ops.lists.example.com>` (RFC 2919); empty: it is none. */
static struct text list_name(const struct mail *mail)
{
    const struct mail_field *id = mail_find_field(mail, "List-Id", 0);

    if (id == NULL)
        return TEXT("");
    const ptrdiff_t begin = text_find_byte(id->value, '<');
    const struct text rest = text_skip(id->value, begin < 0 ? 0 : (size_t)begin + 1);
    const ptrdiff_t end = text_find_byte(rest, '.');
    return end < 0 ? TEXT("") : text_first(rest, (size_t)end);
}

/* Without the "[ops] " that the list of that name put before it. */
static struct text own_subject(const struct mail *mail)
{
    const struct text whole = text_of(mail->subject);
    const struct text name = list_name(mail);
    const struct text behind = text_skip(whole, name.size + 1);

    if (name.size > 0 && text_has_prefix(whole, TEXT("[")) &&
        text_has_prefix_any_case(text_skip(whole, 1), name) && text_has_prefix(behind, TEXT("] ")))
        return text_trim(text_skip(behind, 2));
    return whole;
}

bool field_text(struct arena *arena, const struct grammar_request *request, enum field_kind kind,
                const char *header, struct text *text)
{
    const struct mail *mail = request->mail;

    switch (kind) {
    case FIELD_SUBJECT:
        *text = own_subject(mail);
        return true;
    case FIELD_FROM:
        *text = text_of(mail->from != NULL ? mail->from->whole : "");
        return true;
    case FIELD_TO:
        *text = join_addresses(arena, mail);
        return true;
    case FIELD_HEADER:
        return join_headers(arena, mail, header, text);
    case FIELD_BODY:
        *text = text_of(mail->text);
        return true;
    case FIELD_RAW_BODY:
        *text = text_of(mail->raw_text);
        return true;
    case FIELD_EXTENSION:
        *text = text_of(request->extension);
        return true;
    case FIELD_CALENDAR:
        return false;
    }
    return false;
}
