/* Any bytes as a mail: parsed or refused, and what comes out, and what is passed on in it, holds what
 * mail.h promises. */
#include "gateway/mail/address.h"
#include "gateway/mail/forwarded.h"

#include <assert.h>
#include <string.h>

#define ARENA_BYTES ((size_t)128 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_string(const char *string, size_t most)
{
    assert(string != NULL);
    assert(strlen(string) <= most);
    assert(g_utf8_validate(string, -1, NULL));
}

static void check_address(struct arena *arena, const struct mail_address *address)
{
    const struct mail_address *again = address_parse(arena, text_of(address->whole), NULL);

    assert(again != NULL && strcmp(again->whole, address->whole) == 0);
    assert(strpbrk(address->whole, "<> \r\n") == NULL);
    check_string(address->name, SIZE_MAX);
}

static void check_mail(struct arena *arena, const struct mail *mail, size_t text_bytes)
{
    check_string(mail->text, text_bytes);
    check_string(mail->raw_text, text_bytes);
    check_string(mail->subject, SIZE_MAX);
    check_string(mail->message_id, 998);
    assert(strchr(mail->subject, '\n') == NULL);
    assert((mail->from == NULL) == (mail->from_trouble != NULL));
    assert(mail->from == NULL || mail->from_count == 1);
    assert((mail->automatic == MAIL_BY_PERSON) == (mail->automatic_reason == NULL));
    assert(mail->reference_count <= 100);
    if (mail->from != NULL) {
        check_address(arena, mail->from);
    }
    for (size_t i = 0; i < mail->to_count; i++) {
        check_address(arena, &mail->to[i]);
    }
}

static void check_forwarded(struct arena *arena, const struct mail *mail,
                            const struct mail_limits *limits)
{
    const struct forwarded *forwarded = mail_forwarded(arena, mail, limits);

    if (forwarded == NULL) {
        return;
    }
    check_mail(arena, forwarded->mail, limits->text_bytes + 1);
    check_string(forwarded->comment, limits->text_bytes);
    assert(forwarded->kind != FORWARD_RESENT || *forwarded->forwarder != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = text_from((const char *)data, size);
    struct mail_limits limits = mail_limits_default;
    uint8_t digest[MAIL_DIGEST_SIZE];
    g_autoptr(GError) error = NULL;
    OWN(arena) arena = arena_open(ARENA_BYTES);

    limits.text_bytes = size % 3 == 0 ? 100 : limits.text_bytes;
    const struct mail *mail = mail_parse(arena, bytes, &limits, &error);
    assert((mail == NULL) == (error != NULL));
    if (mail != NULL) {
        check_mail(arena, mail, limits.text_bytes);
        check_forwarded(arena, mail, &limits);
    }
    mail_digest(bytes, digest);
    return 0;
}
