#include "gateway/mail/forwarded.h"

#include "gateway/mail/address.h"
#include "gateway/mail/forward_attached.h"
#include "gateway/mail/forward_author.h"
#include "gateway/mail/forward_date.h"
#include "gateway/mail/forward_inline.h"
#include "gateway/mail/forward_list.h"
#include "gateway/mail/newtext.h"

#include <assert.h>

#define DEEPEST            3
#define SUBJECT_CHARACTERS 998
#define RECIPIENTS         100

static const char *const names[] = {
    [FORWARD_ATTACHED] = "attached",
    [FORWARD_INLINE] = "inline",
    [FORWARD_RESENT] = "resent",
    [FORWARD_LISTED] = "listed",
};
static_assert(G_N_ELEMENTS(names) == FORWARD_KIND_COUNT, "a kind of forward has no name");

static const struct {
    enum forward_field field;
    const char *name;
} written[] = {
    {FORWARD_FROM, "From"}, {FORWARD_SUBJECT, "Subject"}, {FORWARD_DATE, "Date"},
    {FORWARD_TO, "To"},     {FORWARD_CC, "Cc"},
};

const char *forward_kind_name(enum forward_kind kind)
{
    assert((size_t)kind < FORWARD_KIND_COUNT);
    return names[kind];
}

static void write_fields(struct arena *arena, const struct forward_block *block, struct mail *mail)
{
    struct mail_field *fields = ARENA_ARRAY(arena, struct mail_field, G_N_ELEMENTS(written));

    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        const char *value = block->values[written[i].field];
        if (value != NULL) {
            fields[mail->field_count++] =
                (struct mail_field){text_of(written[i].name), text_of(value)};
        }
    }
    mail->fields = fields;
}

static void write_author(struct arena *arena, const char *value, struct mail *mail)
{
    g_autoptr(GError) error = NULL;

    mail->from_count = 1;
    mail->from = forward_author_parse(arena, value, &error);
    if (mail->from == NULL) {
        mail->from_trouble = arena_string(arena, error->message);
    }
}

static void write_recipients(struct arena *arena, const struct forward_block *block,
                             struct mail *mail)
{
    struct mail_address *to = ARENA_ARRAY(arena, struct mail_address, RECIPIENTS);

    for (size_t i = FORWARD_TO; i <= FORWARD_CC; i++) {
        if (block->values[i] != NULL) {
            const char *plain = forward_author_plain(arena, block->values[i]);
            mail->to_count += address_parse_list(arena, text_of(plain), to + mail->to_count,
                                                 RECIPIENTS - mail->to_count);
        }
    }
    mail->to = to;
}

/* A mail as far as header lines and a text make one: there are no bytes of it. */
static const struct mail *write_mail(struct arena *arena, const struct forward_inline *found,
                                     bool was_cut)
{
    const struct forward_block *block = &found->block;
    const char *date = block->values[FORWARD_DATE];
    struct mail *mail = ARENA_NEW(arena, struct mail);

    mail->raw = TEXT("");
    mail->message_id = "";
    write_fields(arena, block, mail);
    write_author(arena, block->values[FORWARD_FROM], mail);
    write_recipients(arena, block, mail);
    mail->subject =
        text_clean_line(arena, text_of(block->values[FORWARD_SUBJECT]), SUBJECT_CHARACTERS);
    mail->date_at = date == NULL ? 0 : forward_date_read(date);
    mail->raw_text = found->text;
    mail->text = newtext_cut(arena, found->text);
    mail->was_cut = was_cut;
    return mail;
}

static bool read_attached(struct arena *arena, const struct mail *mail,
                          const struct mail_limits *limits, struct forwarded *forwarded)
{
    const struct mail *inner = forward_attached_parse(arena, mail, limits);

    if (inner == NULL) {
        return false;
    }
    *forwarded = (struct forwarded){FORWARD_ATTACHED, inner, "", mail->text};
    return true;
}

static bool read_inline(struct arena *arena, const struct mail *mail, struct forwarded *forwarded)
{
    struct forward_inline found;

    if (!forward_inline_find(arena, mail->raw_text, mail->subject, &found)) {
        return false;
    }
    *forwarded = (struct forwarded){FORWARD_INLINE, write_mail(arena, &found, mail->was_cut), "",
                                    found.comment};
    return true;
}

static bool read_resent(struct arena *arena, const struct mail *mail, struct forwarded *forwarded)
{
    const struct mail_field *field = mail_find_field(mail, "Resent-From", 0);
    const struct mail_address *by =
        field == NULL ? NULL : address_parse_from(arena, field->value, NULL);

    if (by == NULL) {
        return false;
    }
    *forwarded = (struct forwarded){FORWARD_RESENT, mail, by->whole, ""};
    return true;
}

static bool read_listed(struct arena *arena, const struct mail *mail, struct forwarded *forwarded)
{
    const struct mail_address *author = forward_list_author(arena, mail);

    if (author == NULL) {
        return false;
    }
    struct mail *authored = ARENA_NEW(arena, struct mail);
    *authored = *mail;
    authored->from = author;
    *forwarded = (struct forwarded){FORWARD_LISTED, authored, "", ""};
    return true;
}

/* What a mail carries comes before who sent it on. */
static bool read_once(struct arena *arena, const struct mail *mail,
                      const struct mail_limits *limits, struct forwarded *forwarded)
{
    return read_attached(arena, mail, limits, forwarded) || read_inline(arena, mail, forwarded) ||
           read_resent(arena, mail, forwarded) || read_listed(arena, mail, forwarded);
}

const struct forwarded *mail_forwarded(struct arena *arena, const struct mail *mail,
                                       const struct mail_limits *limits)
{
    struct forwarded *forwarded = ARENA_NEW(arena, struct forwarded);
    struct mail_limits inner_limits = *limits;
    struct forwarded inner;

    if (mail->is_report || !read_once(arena, mail, limits, forwarded)) {
        return NULL;
    }
    enum forward_kind last = forwarded->kind;
    for (int depth = 1; depth < DEEPEST && last != FORWARD_RESENT && last != FORWARD_LISTED;
         depth++) {
        inner_limits.depth -= inner_limits.depth > 1 ? 1 : 0;
        if (forwarded->mail->is_report ||
            !read_once(arena, forwarded->mail, &inner_limits, &inner)) {
            break;
        }
        forwarded->mail = inner.mail;
        last = inner.kind;
    }
    return forwarded;
}
