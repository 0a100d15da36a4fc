#include "gateway/mail/mail.h"

#include "gateway/base/error.h"
#include "gateway/mail/address.h"
#include "gateway/mail/automatic.h"
#include "gateway/mail/bodytext.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/newtext.h"
#include "gateway/mail/prescan.h"

#define SUBJECT_CHARACTERS 998
#define RECIPIENTS         100
#define REFERENCES         100

const struct mail_limits mail_limits_default = {
    .message_bytes = 1 << 20,
    .header_bytes = 128 << 10,
    .field_bytes = 16 << 10,
    .fields = 1000,
    .parameters = 64,
    .parameter_bytes = 1 << 10,
    .depth = 16,
    .parts = 200,
    .text_bytes = 64 << 10,
};

const struct mail_field *mail_find_field(const struct mail *mail, const char *name, size_t n)
{
    for (size_t i = 0; i < mail->field_count; i++) {
        if (text_is_equal_any_case(mail->fields[i].name, text_of(name)) && n-- == 0) {
            return &mail->fields[i];
        }
    }
    return NULL;
}

static struct text find_value(const struct mail *mail, const char *name)
{
    const struct mail_field *field = mail_find_field(mail, name, 0);

    return field == NULL ? text_of("") : field->value;
}

static void read_from(struct arena *arena, struct mail *mail)
{
    g_autoptr(GError) error = NULL;

    if (mail->from_count != 1) {
        mail->from_trouble =
            mail->from_count == 0 ? "there is no From" : "there are two From fields";
        return;
    }
    mail->from = address_parse_from(arena, find_value(mail, "From"), &error);
    if (mail->from == NULL) {
        mail->from_trouble = arena_string(arena, error->message);
    }
}

static void read_recipients(struct arena *arena, struct mail *mail)
{
    static const char *const names[] = {"To", "Cc"};
    struct mail_address *to = ARENA_ARRAY(arena, struct mail_address, RECIPIENTS);
    const struct mail_field *field;

    for (size_t k = 0; k < G_N_ELEMENTS(names); k++) {
        for (size_t n = 0; (field = mail_find_field(mail, names[k], n)) != NULL; n++) {
            mail->to_count += address_parse_list(arena, field->value, to + mail->to_count,
                                                 RECIPIENTS - mail->to_count);
        }
    }
    mail->to = to;
}

/* In-Reply-To names what is answered, References its ancestors, the nearest last. */
static void read_references(struct arena *arena, struct mail *mail)
{
    const char **ids = ARENA_ARRAY(arena, const char *, REFERENCES);
    struct text rest = find_value(mail, "In-Reply-To");
    size_t count = 0;
    const char *id;

    while (count < REFERENCES && (id = decode_next_id(arena, &rest)) != NULL) {
        ids[count++] = id;
    }
    g_autoptr(GArray) ancestors = g_array_new(FALSE, FALSE, sizeof id);
    rest = find_value(mail, "References");
    while ((id = decode_next_id(arena, &rest)) != NULL) {
        g_array_append_val(ancestors, id);
    }
    for (guint i = ancestors->len; i > 0 && count < REFERENCES; i--) {
        ids[count++] = g_array_index(ancestors, const char *, i - 1);
    }
    mail->references = ids;
    mail->reference_count = count;
}

static void read_header(struct arena *arena, struct mail *mail)
{
    struct text id = find_value(mail, "Message-ID");
    const char *message_id = decode_next_id(arena, &id);

    read_from(arena, mail);
    read_recipients(arena, mail);
    read_references(arena, mail);
    mail->subject = decode_header(arena, find_value(mail, "Subject"), SUBJECT_CHARACTERS);
    mail->message_id = message_id == NULL ? "" : message_id;
    mail->date_at = decode_date(find_value(mail, "Date"));
}

const struct mail *mail_parse(struct arena *arena, struct text bytes,
                              const struct mail_limits *limits, GError **error)
{
    struct prescan prescan;
    struct body body = {.text = ""};

    if (!prescan_run(arena, bytes, limits, &prescan, error) ||
        !bodytext_read(arena, &prescan, limits, &body, error)) {
        return NULL;
    }
    struct mail *mail = ARENA_NEW(arena, struct mail);
    mail->raw = bytes;
    mail->fields = prescan.fields;
    mail->field_count = prescan.field_count;
    mail->from_count = prescan.from_count;
    read_header(arena, mail);
    mail->raw_text = body.text;
    mail->was_cut = body.was_cut;
    mail->attachments = body.attachments;
    mail->attachment_count = body.attachment_count;
    mail->text = newtext_cut(arena, body.text);
    mail->is_report = body.is_report || automatic_is_report(mail);
    mail->automatic = automatic_decide(mail, &mail->automatic_reason);
    return mail;
}
