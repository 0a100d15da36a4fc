#include "gateway/trust/signature.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/trust/alignment.h"

#include <assert.h>
#include <string.h>

enum tag {
    TAG_VERSION,
    TAG_ALGORITHM,
    TAG_B,
    TAG_BODY_HASH,
    TAG_DOMAIN,
    TAG_SELECTOR,
    TAG_HEADERS,
    TAG_LENGTH,
    TAG_SIGNED_AT,
    TAG_EXPIRES_AT,
    TAG_IDENTITY,
    TAG_RECIPIENT,
    TAG_COUNT,
};

static const struct tag_row {
    const char *name;
    bool is_required;
} tags[] = {
    [TAG_VERSION] = {"v", true},    [TAG_ALGORITHM] = {"a", true},
    [TAG_B] = {"b", true},          [TAG_BODY_HASH] = {"bh", true},
    [TAG_DOMAIN] = {"d", true},     [TAG_SELECTOR] = {"s", true},
    [TAG_HEADERS] = {"h", true},    [TAG_LENGTH] = {"l", false},
    [TAG_SIGNED_AT] = {"t", false}, [TAG_EXPIRES_AT] = {"x", false},
    [TAG_IDENTITY] = {"i", false},  [TAG_RECIPIENT] = {"darn", false},
};
static_assert(G_N_ELEMENTS(tags) == TAG_COUNT, "a row for each tag");

struct tag_list {
    struct text values[TAG_COUNT];
    bool is_given[TAG_COUNT];
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_tag_name(struct text name)
{
    for (size_t i = 0; i < name.size; i++)
        if (!g_ascii_isalnum(name.at[i]) && name.at[i] != '_')
            return false;
    return name.size > 0 && g_ascii_isalpha(name.at[0]);
}

static bool keep_tag(struct tag_list *list, struct text name, struct text value)
{
    for (size_t i = 0; i < TAG_COUNT; i++) {
        if (!text_is_equal(name, text_of(tags[i].name)))
            continue;
        if (list->is_given[i])
            return false;
        list->is_given[i] = true;
        list->values[i] = value;
    }
    return true;
}

static bool has_control(struct text value)
{
    for (size_t i = 0; i < value.size; i++)
        if (g_ascii_iscntrl(value.at[i]) && !is_space(value.at[i]))
            return true;
    return false;
}

static bool read_tags(struct text value, struct tag_list *list)
{
    struct text rest = value;
    struct text piece;

    if (has_control(value))
        return false;
    while (text_next_piece(&rest, ';', &piece)) {
        const struct text tag = text_trim(piece);
        const ptrdiff_t equals = text_find_byte(tag, '=');
        struct text name;

        if (tag.size == 0 && text_trim(rest).size == 0)
            break;
        if (equals < 0)
            return false;
        name = text_trim(text_first(tag, (size_t)equals));
        if (!is_tag_name(name) ||
            !keep_tag(list, name, text_trim(text_skip(tag, (size_t)equals + 1))))
            return false;
    }
    for (size_t i = 0; i < TAG_COUNT; i++)
        if (tags[i].is_required && list->values[i].size == 0)
            return false;
    return text_is_equal(list->values[TAG_VERSION], TEXT("1"));
}

/* `size` letters of base64 carry bits that no byte uses, 4 where 2 are left over and 2 where 3 are:
 * they could be changed without changing the signature. */
static bool make_canonical(char *letters, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t over = size % 4;

    for (size_t i = 0; i < size; i++)
        if (strchr(alphabet, letters[i]) == NULL)
            return false;
    if (size == 0 || over == 1)
        return false;
    if (over > 0) {
        const size_t unused = over == 2 ? 0xF : 0x3;
        const size_t last = (size_t)(strchr(alphabet, letters[size - 1]) - alphabet);

        letters[size - 1] = alphabet[last & ~unused];
    }
    return true;
}

/* Without white space and padding. */
static bool read_b(struct arena *arena, struct text value, struct text *b)
{
    char *letters = arena_alloc(arena, value.size + 1);
    size_t size = 0;
    size_t padding = 0;

    for (size_t i = 0; i < value.size; i++)
        if (!is_space(value.at[i]))
            letters[size++] = value.at[i];
    while (size > 0 && padding < 2 && letters[size - 1] == '=') {
        size--;
        padding++;
    }
    letters[size] = '\0';
    if (!make_canonical(letters, size))
        return false;
    *b = text_from(letters, size);
    return true;
}

/* RFC 6376: up to twelve digits, seconds. */
static bool read_time(const struct tag_list *list, enum tag tag, int64_t *at)
{
    int64_t seconds = 0;

    *at = 0;
    if (!list->is_given[tag])
        return true;
    if (!number_parse(list->values[tag], 1, INT64_C(999999999999), &seconds))
        return false;
    *at = seconds * SECOND_MS;
    return true;
}

static bool is_identity_of_domain(const struct tag_list *list)
{
    return !list->is_given[TAG_IDENTITY] ||
           alignment_is_within(alignment_domain(list->values[TAG_IDENTITY]),
                               list->values[TAG_DOMAIN]);
}

const struct signature *signature_parse(struct arena *arena, struct text value)
{
    struct signature *signature = ARENA_NEW(arena, struct signature);
    struct tag_list list = {0};

    if (!read_tags(value, &list) || !is_identity_of_domain(&list) ||
        !read_b(arena, list.values[TAG_B], &signature->b) ||
        !read_time(&list, TAG_SIGNED_AT, &signature->signed_at) ||
        !read_time(&list, TAG_EXPIRES_AT, &signature->expires_at))
        return NULL;
    signature->domain = list.values[TAG_DOMAIN];
    signature->selector = list.values[TAG_SELECTOR];
    signature->algorithm = list.values[TAG_ALGORITHM];
    signature->headers = list.values[TAG_HEADERS];
    signature->recipient = list.values[TAG_RECIPIENT];
    signature->has_length = list.is_given[TAG_LENGTH];
    return signature;
}

size_t signature_count_signed(const struct signature *signature, const char *name)
{
    struct text rest = signature->headers;
    struct text piece;
    size_t count = 0;

    while (text_next_piece(&rest, ':', &piece))
        count += text_is_equal_any_case(text_trim(piece), text_of(name));
    return count;
}
