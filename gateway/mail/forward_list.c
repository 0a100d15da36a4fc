#include "gateway/mail/forward_list.h"

#include "gateway/mail/address.h"

#include <string.h>

static const char *const author_fields[] = {"X-Original-From", "X-Original-Sender", "Reply-To"};

/* "Ada via Ops", as Mailman and Google Groups write it in en and fr, de, es, ja. */
static const char *const via_words[] = {" via ", " über ", " a través de ", " 経由 "};

static const struct mail_address *read_field(struct arena *arena, const struct mail *mail,
                                             const char *name)
{
    const struct mail_field *field = mail_find_field(mail, name, 0);

    return field == NULL ? NULL : address_parse_from(arena, field->value, NULL);
}

static bool has_field(const struct mail *mail, const char *name)
{
    return mail_find_field(mail, name, 0) != NULL;
}

/* What stands in the first '<' '>' of that field. */
static struct text read_angle(const struct mail *mail, const char *name)
{
    const struct mail_field *field = mail_find_field(mail, name, 0);

    if (field == NULL) {
        return TEXT("");
    }
    struct text inside = text_skip(field->value, (size_t)(text_find_byte(field->value, '<') + 1));
    ptrdiff_t end = text_find_byte(inside, '>');
    return end < 0 ? TEXT("") : text_first(inside, (size_t)end);
}

/* List-Post: <mailto:ops@lists.example.com>; List-Id: Ops <ops.lists.example.com>, whose first dot may be
 * the '@' (RFC 2919 says nothing about it; the programs do so). */
static bool is_of_list(const struct mail *mail, const struct mail_address *address)
{
    struct text post = read_angle(mail, "List-Post");
    struct text id = read_angle(mail, "List-Id");
    size_t local_size = strlen(address->local);

    if (text_has_prefix_any_case(post, TEXT("mailto:"))) {
        post = text_skip(post, strlen("mailto:"));
        ptrdiff_t question = text_find_byte(post, '?');
        post = question < 0 ? post : text_first(post, (size_t)question);
        if (text_is_equal_any_case(post, text_of(address->whole))) {
            return true;
        }
    }
    return id.size > local_size && id.at[local_size] == '.' &&
           text_is_equal_any_case(text_first(id, local_size), text_of(address->local)) &&
           text_is_equal_any_case(text_skip(id, local_size + 1), text_of(address->domain));
}

static bool has_via(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(via_words); i++) {
        if (strstr(name, via_words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

const struct mail_address *forward_list_author(struct arena *arena, const struct mail *mail)
{
    if (mail->from == NULL || (!has_field(mail, "List-Id") && !has_field(mail, "List-Post"))) {
        return NULL;
    }
    if (!has_field(mail, "X-Original-From") && !is_of_list(mail, mail->from) &&
        !has_via(mail->from->name)) {
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(author_fields); i++) {
        const struct mail_address *author = read_field(arena, mail, author_fields[i]);
        if (author != NULL && !address_is_equal(author, mail->from) && !is_of_list(mail, author)) {
            return author;
        }
    }
    return NULL;
}
