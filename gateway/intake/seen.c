#include "gateway/intake/seen.h"

#include "gateway/store/intakes.h"

/* False where the mail has no Date: then it says too little. */
static bool digest_content(const struct taking *taking, uint8_t digest[INTAKES_DIGEST_SIZE])
{
    const struct mail *mail = taking->mail;
    const struct mail_field *date = mail_find_field(mail, "Date", 0);
    struct text texts[] = {
        TEXT("content"), text_of(""), text_of(""), text_of(mail->subject), text_of(mail->raw_text),
    };

    if (date == NULL || mail->from == NULL)
        return false;
    texts[1] = text_of(mail->from->whole);
    texts[2] = date->value;
    secret_digest(texts, G_N_ELEMENTS(texts), digest);
    return true;
}

bool seen_has_mail(struct taking *taking, bool *was_seen, GError **error)
{
    return intakes_was_seen(taking->intake->store, taking->page, SEEN_MAIL, taking->digest,
                            was_seen, error);
}

static bool has_digest(struct taking *taking, const uint8_t digest[INTAKES_DIGEST_SIZE],
                       bool *was_seen, GError **error)
{
    return intakes_was_seen(taking->intake->store, taking->page, SEEN_SIGNATURE, digest, was_seen,
                            error);
}

bool seen_has_proof(struct taking *taking, bool *was_seen, GError **error)
{
    uint8_t digest[INTAKES_DIGEST_SIZE];

    *was_seen = false;
    if (taking->trust.signature_count == 0)
        return true;
    for (size_t i = 0; i < taking->trust.signature_count && !*was_seen; i++) {
        secret_digest(&taking->trust.signatures[i], 1, digest);
        if (!has_digest(taking, digest, was_seen, error))
            return false;
    }
    return *was_seen || !digest_content(taking, digest) ||
           has_digest(taking, digest, was_seen, error);
}

static bool note(struct taking *taking, enum seen_kind kind,
                 const uint8_t digest[INTAKES_DIGEST_SIZE], bool *is_new, GError **error)
{
    return intakes_see(taking->intake->store, taking->page, kind, digest, taking->mail->message_id,
                       taking->now, is_new, error);
}

bool seen_note(struct taking *taking, bool *is_new, GError **error)
{
    uint8_t digest[INTAKES_DIGEST_SIZE];
    bool is_first = false;
    bool is_new_proof;

    if (!note(taking, SEEN_MAIL, taking->digest, &is_first, error))
        return false;
    for (size_t i = 0; i < taking->trust.signature_count; i++) {
        secret_digest(&taking->trust.signatures[i], 1, digest);
        if (!note(taking, SEEN_SIGNATURE, digest, &is_new_proof, error))
            return false;
        is_first = is_first && is_new_proof;
    }
    if (digest_content(taking, digest) &&
        !note(taking, SEEN_SIGNATURE, digest, &is_new_proof, error))
        return false;
    *is_new = is_first;
    return true;
}
