#include "gateway/cli/sent.h"

#include "gateway/base/error.h"
#include "gateway/mail/prescan.h"
#include "gateway/trust/signature.h"

#include <string.h>

#define SIGNATURES_MOST 20
#define NAMES_MOST      32

/* Line ends go, and runs of white space become one space. */
static struct text unfold(struct arena *arena, struct text raw)
{
    char *const value = arena_copy(arena, raw.at, raw.size);
    size_t size = 0;

    for (size_t i = 0; i < raw.size; i++) {
        const bool is_space = strchr(" \t\r\n", raw.at[i]) != NULL && raw.at[i] != '\0';

        if (!is_space || (size > 0 && value[size - 1] != ' '))
            value[size++] = is_space ? ' ' : raw.at[i];
    }
    return text_trim(text_from(value, size));
}

static const char *find_domain(struct arena *arena, struct text from)
{
    ptrdiff_t at = -1;
    size_t end;

    for (size_t i = 0; i < from.size; i++)
        if (from.at[i] == '@')
            at = (ptrdiff_t)i;
    if (at < 0)
        return "";
    for (end = (size_t)at + 1; end < from.size; end++)
        if (!g_ascii_isalnum(from.at[end]) && strchr("-.", from.at[end]) == NULL)
            break;
    g_autofree char *lower = g_ascii_strdown(from.at + at + 1, (gssize)end - at - 1);
    return arena_string(arena, lower);
}

struct sent *sent_open(struct arena *arena, struct text bytes, GError **error)
{
    struct sent *sent = g_new0(struct sent, 1);
    struct text rest = bytes;
    struct text name;
    struct text raw;
    struct text from = TEXT("");

    sent->arena = arena;
    sent->fields = g_array_new(FALSE, FALSE, sizeof(struct mail_field));
    while (prescan_next_field(&rest, &name, &raw)) {
        const struct mail_field field = {text_trim(name), unfold(arena, raw)};

        if (field.name.size > 0)
            g_array_append_val(sent->fields, field);
    }
    sent->from_domain = sent_count(sent, "From", &from) == 1 ? find_domain(arena, from) : "";
    if (sent->fields->len >= 2)
        return sent;
    (void)error_set(error, TOCSIN_ERROR_INPUT, "has no header of a mail");
    sent_close(sent);
    return NULL;
}

void sent_close(struct sent *sent)
{
    if (sent == NULL)
        return;
    (void)g_array_free(sent->fields, TRUE);
    g_free(sent);
}

size_t sent_count(const struct sent *sent, const char *name, struct text *last)
{
    size_t count = 0;

    for (guint i = 0; i < sent->fields->len; i++) {
        const struct mail_field *field = &g_array_index(sent->fields, struct mail_field, i);

        if (!text_is_equal_any_case(field->name, text_of(name)))
            continue;
        count++;
        if (last != NULL)
            *last = field->value;
    }
    return count;
}

static bool is_below(struct text domain, struct text parent)
{
    return domain.size > parent.size && domain.at[domain.size - parent.size - 1] == '.' &&
           text_is_equal_any_case(text_skip(domain, domain.size - parent.size), parent);
}

bool sent_is_aligned(const struct sent *sent, struct text domain)
{
    const struct text from = text_of(sent->from_domain);

    if (from.size == 0 || text_find_byte(domain, '.') <= 0)
        return false;
    return text_is_equal_any_case(domain, from) || is_below(domain, from) || is_below(from, domain);
}

/* The names that this signature leaves out; NULL ended. */
static const char *const *find_uncovered(const struct sent *sent, const char *const *names,
                                         const struct signature *signature, size_t *count)
{
    const char **uncovered = ARENA_ARRAY(sent->arena, const char *, NAMES_MOST + 1);

    *count = 0;
    for (size_t i = 0; names[i] != NULL && *count < NAMES_MOST; i++)
        if (sent_count(sent, names[i], NULL) > 0 &&
            signature_count_signed(signature, names[i]) == 0)
            uncovered[(*count)++] = names[i];
    return uncovered;
}

const char *const *sent_uncovered(const struct sent *sent, const char *const *names,
                                  size_t *signature_count, size_t *aligned_count)
{
    const char *const *best = NULL;
    size_t fewest = SIZE_MAX;

    *signature_count = 0;
    *aligned_count = 0;
    for (guint i = 0; i < sent->fields->len && *signature_count < SIGNATURES_MOST; i++) {
        const struct mail_field *field = &g_array_index(sent->fields, struct mail_field, i);
        const struct signature *signature =
            text_is_equal_any_case(field->name, TEXT("DKIM-Signature"))
                ? signature_parse(sent->arena, field->value)
                : NULL;
        size_t count = 0;

        if (signature == NULL)
            continue;
        ++*signature_count;
        if (!sent_is_aligned(sent, signature->domain))
            continue;
        ++*aligned_count;
        const char *const *uncovered = find_uncovered(sent, names, signature, &count);
        best = count < fewest ? uncovered : best;
        fewest = MIN(count, fewest);
    }
    return best;
}

/* Is there `<https:…>` among the addresses (RFC 2369 section 2)? */
static bool has_https(struct text value)
{
    for (ptrdiff_t at = 0; (at = text_find_byte(value, '<')) >= 0;) {
        value = text_skip(value, (size_t)at + 1);
        if (text_has_prefix_any_case(text_trim(value), TEXT("https://")))
            return true;
    }
    return false;
}

enum sent_one_click sent_judge_unsubscribe(const struct sent *sent)
{
    struct text uris = TEXT("");
    struct text post = TEXT("");
    const size_t count = sent_count(sent, "List-Unsubscribe", &uris);
    const size_t posts = sent_count(sent, "List-Unsubscribe-Post", &post);

    if (count == 0)
        return SENT_NO_UNSUBSCRIBE;
    if (posts == 0)
        return has_https(uris) ? SENT_NOT_ONE_CLICK : SENT_MAIL_ONLY;
    if (posts > 1 || !text_is_equal(post, TEXT("List-Unsubscribe=One-Click")))
        return SENT_WRONG_POST;
    return has_https(uris) ? SENT_ONE_CLICK : SENT_NO_HTTPS;
}
